/** Ratios as people read them. */

/** A ratio in percent, free of binary rounding: `0.995` is `99.5 %`. */
export function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(6))} %`;
}
