/**
 * Quantiles of latencies in little memory: buckets whose borders grow by a factor, as in DDSketch
 * (C. Masson, J. E. Rim and H. K. Lee, PVLDB 12 (2019)). A quantile is off by at most 0.5 %, and by much
 * less where latencies are spread evenly over a bucket.
 */

const GROWTH = Math.log(1.005);
/** Shorter is taken as this, in seconds, longer as the last bucket: ten thousand seconds. */
const SHORTEST = 1e-6;
const FIRST = Math.floor(Math.log(SHORTEST) / GROWTH);
const BUCKETS = Math.ceil(Math.log(1e4) / GROWTH) - FIRST + 1;

/** The bucket of a latency. */
function placeOf(seconds: number): number {
  const place = Math.ceil(Math.log(seconds) / GROWTH) - FIRST;
  return place > 0 ? (place < BUCKETS ? place : BUCKETS - 1) : 0;
}

/** Latencies in seconds, counted. */
export class Latencies {
  readonly #counts = new Uint32Array(BUCKETS);
  #count = 0;
  #least = Number.POSITIVE_INFINITY;
  #most = 0;

  add(seconds: number): void {
    const place = placeOf(seconds);
    this.#counts[place] = (this.#counts[place] as number) + 1;
    this.#count += 1;
    if (seconds < this.#least) this.#least = seconds;
    if (seconds > this.#most) this.#most = seconds;
  }

  /** Adds what others have counted. */
  merge(other: Latencies): void {
    if (other.#count === 0) return;
    const last = placeOf(other.#most);
    for (let place = placeOf(other.#least); place <= last; place += 1) {
      this.#counts[place] = (this.#counts[place] as number) + (other.#counts[place] as number);
    }
    this.#count += other.#count;
    this.#least = Math.min(this.#least, other.#least);
    this.#most = Math.max(this.#most, other.#most);
  }

  /** In seconds; not a number where nothing was counted. */
  quantile(share: number): number {
    if (this.#count === 0) return Number.NaN;
    const rank = share * this.#count;
    let place = 0;
    let below = 0;
    while (below + (this.#counts[place] as number) < rank) {
      below += this.#counts[place] as number;
      place += 1;
    }
    const part = (rank - below) / (this.#counts[place] as number);
    const value = Math.exp((place + FIRST - 1 + part) * GROWTH);
    return Math.min(this.#most, Math.max(this.#least, value));
  }
}
