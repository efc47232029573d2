/**
 * Quantiles of latencies in little memory: buckets whose borders grow by a factor, as in DDSketch
 * (C. Masson, J. E. Rim and H. K. Lee, PVLDB 12 (2019)). A quantile is off by at most 0.5 %.
 */

const ERROR = 0.005;
const GROWTH = Math.log((1 + ERROR) / (1 - ERROR));
/** Shorter is taken as this, in seconds, longer as the last bucket: ten thousand seconds. */
const SHORTEST = 1e-6;
const FIRST = Math.floor(Math.log(SHORTEST) / GROWTH);
const BUCKETS = Math.ceil(Math.log(1e4) / GROWTH) - FIRST + 1;

/** Latencies in seconds, counted. */
export class Latencies {
  readonly #counts = new Uint32Array(BUCKETS);
  #count = 0;
  #least = Number.POSITIVE_INFINITY;
  #most = 0;

  add(seconds: number): void {
    const bucket = Math.ceil(Math.log(seconds) / GROWTH) - FIRST;
    const place = bucket > 0 ? (bucket < BUCKETS ? bucket : BUCKETS - 1) : 0;
    this.#counts[place] = (this.#counts[place] as number) + 1;
    this.#count += 1;
    if (seconds < this.#least) this.#least = seconds;
    if (seconds > this.#most) this.#most = seconds;
  }

  /** Adds what others have counted. */
  merge(other: Latencies): void {
    for (let place = 0; place < BUCKETS; place += 1) {
      this.#counts[place] = (this.#counts[place] as number) + (other.#counts[place] as number);
    }
    this.#count += other.#count;
    this.#least = Math.min(this.#least, other.#least);
    this.#most = Math.max(this.#most, other.#most);
  }

  /** In seconds; not a number where nothing was counted. */
  quantile(share: number): number {
    if (this.#count === 0) return Number.NaN;
    let left = Math.max(1, Math.ceil(share * this.#count));
    let place = -1;
    while (left > 0) {
      place += 1;
      left -= this.#counts[place] as number;
    }
    const middle = (2 * Math.exp((place + FIRST) * GROWTH)) / (1 + Math.exp(GROWTH));
    return Math.min(this.#most, Math.max(this.#least, middle));
  }
}
