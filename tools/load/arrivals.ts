/** When requests are due: milliseconds after the start, ascending. */

/** Evenly, `rate` a second, for so many seconds; the first one at once. */
export function* evenly(rate: number, seconds: number): Generator<number> {
  const count = Math.floor(rate * seconds);
  for (let i = 0; i < count; i += 1) yield (i * 1000) / rate;
}

/** So many waves, evenly over the time, each of requests that are due at once and more than before. */
export function* waves(count: number, largest: number, seconds: number): Generator<number> {
  for (let wave = 1; wave <= count; wave += 1) {
    const size = Math.ceil((largest * wave) / count);
    // In the middle of its part, so that there is a calm before and after it.
    const due = ((wave - 0.5) * seconds * 1000) / count;
    for (let i = 0; i < size; i += 1) yield due;
  }
}

/** So many seconds later. */
export function* later(seconds: number, arrivals: Iterable<number>): Generator<number> {
  for (const due of arrivals) yield due + seconds * 1000;
}

/** Two series as one. */
export function* merged(left: Iterable<number>, right: Iterable<number>): Generator<number> {
  const others = right[Symbol.iterator]();
  let other = others.next();
  for (const due of left) {
    for (; !other.done && other.value < due; other = others.next()) yield other.value;
    yield due;
  }
  for (; !other.done; other = others.next()) yield other.value;
}

/** The first so many of a series. */
export function* atMost(count: number, arrivals: Iterable<number>): Generator<number> {
  let left = count;
  if (left <= 0) return;
  for (const due of arrivals) {
    yield due;
    left -= 1;
    if (left <= 0) return;
  }
}
