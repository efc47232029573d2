/** The largest value of late, by label set; 0 where there was none. */
type Labels = Readonly<Record<string, string>>;

interface Seen {
  readonly at: number;
  readonly value: number;
}

interface Series {
  readonly labels: Labels;
  /** What is or may yet become the largest: each is older and larger than the next. */
  readonly seen: Seen[];
}

/** What a gauge of the largest of late shows. */
export interface RecentMaximum {
  /** Grows when a value that was the largest has become too old. */
  readonly changes: number;
  /** A label set that is known before its first value. */
  zero(labels: Labels): void;
  observe(labels: Labels, value: number): void;
  maxima(): readonly { readonly labels: Labels; readonly value: number }[];
  /** Forgets every value. */
  clear(): void;
}

/** @param seconds how long a value is of late */
export function createRecentMaximum(seconds: number): RecentMaximum {
  const series = new Map<string, Series>();
  let changes = 0;

  function forgetOld(): void {
    const limit = performance.now() - seconds * 1000;
    for (const { seen } of series.values()) {
      while (seen[0] !== undefined && seen[0].at <= limit) {
        seen.shift();
        changes += 1;
      }
    }
  }

  function seenOf(labels: Labels): Seen[] {
    const key = Object.values(labels).join('\n');
    const known = series.get(key);
    if (known !== undefined) return known.seen;
    const seen: Seen[] = [];
    series.set(key, { labels, seen });
    return seen;
  }

  return {
    get changes() {
      forgetOld();
      return changes;
    },
    observe(labels, value) {
      const seen = seenOf(labels);
      for (let last = seen.at(-1); last !== undefined && last.value <= value; last = seen.at(-1)) {
        seen.pop();
      }
      seen.push({ at: performance.now(), value });
    },
    zero: (labels) => void seenOf(labels),
    maxima() {
      forgetOld();
      return [...series.values()].map(({ labels, seen: [largest] }) => ({
        labels,
        value: largest?.value ?? 0,
      }));
    },
    clear() {
      for (const { seen } of series.values()) seen.length = 0;
    },
  };
}
