/** Fits what the out-of-distribution check measures with: the class means and the covariance within classes. */
import { CholeskyDecomposition, inverse, Matrix } from 'ml-matrix';
import type { Reference } from '../lib/outOfDistribution.ts';
import type { Row } from './dataset.ts';
import { pick } from './folds.ts';

/** Least variance in any direction, where that of each feature is 1. */
const LEAST_VARIANCE = 1e-6;

/** Class means and the whitening matrix, as `Reference` has them. */
export type Moments = Pick<Reference, 'means' | 'whitening'>;

/** Fits a mean to each class, and one covariance to all differences from them. */
export function fitMoments(rows: readonly Row[], labels: readonly number[]): Moments {
  const groups = Map.groupBy(rows.keys(), (row) => labels[row] as number);
  const means = new Map(
    [...groups]
      .sort(([a], [b]) => a - b)
      .map(([label, members]) => [label, columnMeans(pick(rows, members))]),
  );
  const centred = rows.map((row, r) => subtract(row, means.get(labels[r] as number) as Row));
  const scales = columnScales(rows, centred);
  const scaled = centred.map((row) => row.map((value, i) => value / (scales[i] as number)));
  const factor = new CholeskyDecomposition(shrunkCovariance(scaled)).lowerTriangularMatrix;
  return {
    means: Float64Array.from([...means.values()].flat()),
    // For differences in the features' own units.
    whitening: Float64Array.from(inverse(factor).divRowVector(scales).to1DArray()),
  };
}

/**
 * Covariance of centred rows, shrunk towards a multiple of the identity by as much as the data
 * calls for: O. Ledoit and M. Wolf, "A Well-Conditioned Estimator for Large-Dimensional Covariance
 * Matrices", J. Multivariate Analysis, 2004. So a class may have fewer rows than there are features.
 */
function shrunkCovariance(centred: readonly Row[]): Matrix {
  const rows = new Matrix(centred.map((row) => [...row]));
  const covariance = rows.transpose().mmul(rows).div(rows.rows);
  const identity = Matrix.eye(rows.columns, rows.columns, covariance.trace() / rows.columns);
  const spread = squaredNorm(Matrix.sub(covariance, identity));
  const fourth = centred.reduce((sum, row) => sum + row.reduce((s, v) => s + v * v, 0) ** 2, 0);
  const noise = (fourth / rows.rows - squaredNorm(covariance)) / rows.rows;
  const weight = spread > 0 ? Math.min(1, noise / spread) : 1;
  return covariance
    .mul(1 - weight)
    .add(identity.mul(weight))
    .add(Matrix.eye(rows.columns, rows.columns, LEAST_VARIANCE));
}

function squaredNorm(matrix: Matrix): number {
  return matrix.to1DArray().reduce((sum, value) => sum + value * value, 0);
}

function columnMeans(rows: readonly Row[]): number[] {
  return (rows[0] ?? []).map(
    (_, i) => rows.reduce((sum, row) => sum + (row[i] as number), 0) / rows.length,
  );
}

/**
 * Standard deviations within classes. Where that is 0, the standard deviation over all rows; for a
 * constant column a hundredth of its value, or of 1: nearly any change in it is news.
 */
function columnScales(rows: readonly Row[], centred: readonly Row[]): number[] {
  const means = columnMeans(rows);
  const within = rootMeanSquares(centred);
  const over = rootMeanSquares(rows.map((row) => subtract(row, means)));
  return means.map((mean, i) => within[i] || over[i] || 0.01 * (Math.abs(mean) || 1));
}

function rootMeanSquares(rows: readonly Row[]): number[] {
  return columnMeans(rows.map((row) => row.map((value) => value * value))).map(Math.sqrt);
}

function subtract(row: Row, other: Row): number[] {
  return row.map((value, i) => value - (other[i] as number));
}
