/** How often a prediction is right, by the share of trees that voted for it. */

/**
 * What training found, by beta calibration (M. Kull, T. Silva Filho and P. Flach, Beta calibration, 2017):
 * of a share s, 1 / (1 + exp(-(a ln s - b ln(1 - s) + c))).
 */
export interface Calibration {
  /** At least 0, as is `b`: a higher share is never less often right. */
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** What beta calibration weighs a share by; one of nothing or all, which has no logarithm, as half a vote from there. */
export function shareLogarithms(share: number, trees: number): readonly [number, number] {
  const half = 0.5 / trees;
  const inside = Math.min(Math.max(share, half), 1 - half);
  return [Math.log(inside), -Math.log(1 - inside)];
}

/** How often predictions of a vote share are right. */
export function accuracyAt({ a, b, c }: Calibration, share: number, trees: number): number {
  const [low, high] = shareLogarithms(share, trees);
  return 1 / (1 + Math.exp(-(a * low + b * high + c)));
}

/** The same for each number of votes, from none to every tree's, to be looked up. */
export function accuracyByVotes(calibration: Calibration, trees: number): Float64Array {
  return Float64Array.from({ length: trees + 1 }, (_, votes) =>
    accuracyAt(calibration, votes / trees, trees),
  );
}
