/** Instances in the order of a key: a binary heap that also gives up one from its middle. */

/** Of instances by their small whole numbers. */
export class InstanceHeap {
  #size = 0;
  /** By place in the heap. */
  #keys = new Float64Array(64);
  #ids = new Int32Array(64);
  /** By instance. */
  #places = new Int32Array(64);

  get size(): number {
    return this.#size;
  }

  /** The least key; `Infinity` where there is none. */
  get least(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : (this.#keys[0] as number);
  }

  push(id: number, key: number): void {
    if (this.#size === this.#keys.length) {
      this.#keys = copied(this.#keys, new Float64Array(this.#size * 2));
      this.#ids = copied(this.#ids, new Int32Array(this.#size * 2));
    }
    while (id >= this.#places.length) {
      this.#places = copied(this.#places, new Int32Array(this.#places.length * 2));
    }
    this.#size += 1;
    this.#rise(this.#size - 1, id, key);
  }

  /** Takes the instance with the least key; there must be one. */
  pop(): number {
    const id = this.#ids[0] as number;
    this.remove(id);
    return id;
  }

  /** Takes an instance that is in it. */
  remove(id: number): void {
    const place = this.#places[id] as number;
    this.#size -= 1;
    if (place === this.#size) return;
    const last = this.#ids[this.#size] as number;
    const key = this.#keys[this.#size] as number;
    if (key < (this.#keys[place] as number)) this.#rise(place, last, key);
    else this.#sink(place, last, key);
  }

  #rise(from: number, id: number, key: number): void {
    const keys = this.#keys;
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if ((keys[above] as number) <= key) break;
      this.#put(place, this.#ids[above] as number, keys[above] as number);
      place = above;
    }
    this.#put(place, id, key);
  }

  #sink(from: number, id: number, key: number): void {
    const keys = this.#keys;
    const size = this.#size;
    let place = from;
    for (let below = 2 * place + 1; below < size; below = 2 * place + 1) {
      if (below + 1 < size && (keys[below + 1] as number) < (keys[below] as number)) below += 1;
      if ((keys[below] as number) >= key) break;
      this.#put(place, this.#ids[below] as number, keys[below] as number);
      place = below;
    }
    this.#put(place, id, key);
  }

  #put(place: number, id: number, key: number): void {
    this.#keys[place] = key;
    this.#ids[place] = id;
    this.#places[id] = place;
  }
}

function copied<Numbers extends Float64Array | Int32Array>(from: Numbers, into: Numbers): Numbers {
  into.set(from);
  return into;
}
