/** Fits a beta calibration: a logistic regression on two logarithms of a vote share. */
import { Matrix, solve } from 'ml-matrix';
import { type Calibration, shareLogarithms } from '../lib/calibration.ts';

/** Newton's steps at most, and the change at which it has arrived. */
const STEPS = 100;
const ARRIVED = 1e-10;
/** Keeps what no row tells apart, as where all shares are equal, from having no solution. */
const RIDGE = 1e-9;

/** A row with its vote share, and whether the prediction was right. */
export interface SharedRow {
  readonly confidence: number;
  readonly right: boolean;
}

/**
 * The calibration that is likeliest for some rows. As its authors do, a weight that would be below 0 is
 * left out. As J. Platt does (Probabilistic outputs for support vector machines, 1999), right counts a
 * little less than 1 and wrong a little more than 0: a table without any mistake proves no certainty.
 */
export function fitBeta(rows: readonly SharedRow[], trees: number): Calibration {
  const right = rows.filter((row) => row.right).length;
  const targetOf = (row: SharedRow) =>
    row.right ? (right + 1) / (right + 2) : 1 / (rows.length - right + 2);
  const targets = rows.map(targetOf);
  const logarithms = rows.map(({ confidence }) => shareLogarithms(confidence, trees));
  const fit = (columns: readonly (0 | 1)[]) =>
    logisticRegression(
      logarithms.map((pair) => [...columns.map((column) => pair[column]), 1]),
      targets,
    );
  const [a = 0, b = 0, c = 0] = fit([0, 1]);
  if (a >= 0 && b >= 0) return { a, b, c };
  const [kept = 0, level = 0] = fit([a < 0 ? 1 : 0]);
  if (kept < 0) return { a: 0, b: 0, c: fit([])[0] ?? 0 };
  return a < 0 ? { a: 0, b: kept, c: level } : { a: kept, b: 0, c: level };
}

/**
 * Weights of a logistic regression, by Newton's method.
 *
 * @param rows what each row is weighed by
 * @param targets probability that each has, 0 to 1
 */
function logisticRegression(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
): number[] {
  const width = rows[0]?.length ?? 0;
  let weights = Matrix.zeros(width, 1);
  for (let step = 0; step < STEPS; step += 1) {
    const slope = weights.clone().mul(-RIDGE);
    const curve = Matrix.eye(width, width, RIDGE);
    for (const [index, row] of rows.entries()) {
      const sum = row.reduce((all, value, at) => all + value * weights.get(at, 0), 0);
      const probability = 1 / (1 + Math.exp(-sum));
      const error = (targets[index] as number) - probability;
      const spread = probability * (1 - probability);
      for (let i = 0; i < width; i += 1) {
        slope.set(i, 0, slope.get(i, 0) + error * (row[i] as number));
        for (let j = 0; j < width; j += 1) {
          curve.set(i, j, curve.get(i, j) + spread * (row[i] as number) * (row[j] as number));
        }
      }
    }
    const change = solve(curve, slope);
    weights = Matrix.add(weights, change);
    if (change.to1DArray().every((one) => Math.abs(one) < ARRIVED)) break;
  }
  return weights.to1DArray();
}
