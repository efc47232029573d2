/**
 * Finds the split of a tree's node that ml-cart would find, in n log n steps instead of n²: that one
 * divides all rows anew at each place where they could be divided.
 */
import type { Matrix } from 'ml-matrix';

/** What ml-cart's own search gives; without a place to split, the column and the value are undefined. */
export interface BestSplit {
  /** By how much the split lessens the Gini impurity (Breiman et al., CART, 1984). */
  readonly maxGain: number;
  readonly maxColumn: number | undefined;
  /** Rows below it go to the left. */
  readonly maxValue: number | undefined;
  readonly numberSamples: number | undefined;
}

/**
 * Up to so many rows a share is added up as ml-cart adds it, one row's part after another: of two splits
 * that are equally good, the error of the last digit decides which is taken.
 */
const ADDED_UP = 512;

/** The greatest gain, the first of equal ones, by features in turn and values in ascending order. */
export function bestSplit(columns: Matrix, labels: readonly number[]): BestSplit {
  const count = labels.length;
  const impurity = count <= ADDED_UP ? addedUpImpurity : impurityOf;
  const total = countsOf(labels);
  const whole = impurity(total, count);
  let best: BestSplit = {
    maxGain: Number.NEGATIVE_INFINITY,
    maxColumn: undefined,
    maxValue: undefined,
    numberSamples: undefined,
  };
  for (let column = 0; column < columns.rows; column += 1) {
    const values = columns.getRow(column);
    const order = Uint32Array.from(values.keys()).sort(
      (a, b) => (values[a] as number) - (values[b] as number),
    );
    const left = new Float64Array(total.length);
    const right = Float64Array.from(total);
    let below = 0;
    for (let next = 1; next < count; next += 1) {
      const [before, after] = [order[next - 1] as number, order[next] as number];
      if (labels[before] === labels[after]) continue;
      const value = ((values[before] as number) + (values[after] as number)) / 2;
      // Equal values stay on one side.
      while (below < count && (values[order[below] as number] as number) < value) {
        const label = labels[order[below] as number] as number;
        left[label] = (left[label] as number) + 1;
        right[label] = (right[label] as number) - 1;
        below += 1;
      }
      const above = count - below;
      const parts =
        (impurity(right, above) * above) / count + (impurity(left, below) * below) / count;
      const gain = whole - parts;
      if (gain > best.maxGain) {
        best = { maxGain: gain, maxColumn: column, maxValue: value, numberSamples: count };
      }
    }
  }
  return best;
}

/** Rows of each label. */
function countsOf(labels: readonly number[]): Float64Array {
  const counts = new Float64Array(Math.max(-1, ...new Set(labels)) + 1);
  for (const label of labels) counts[label] = (counts[label] as number) + 1;
  return counts;
}

/** Gini impurity of so many rows. */
function impurityOf(counts: Float64Array, rows: number): number {
  if (rows === 0) return 0;
  let squares = 0;
  for (let label = 0; label < counts.length; label += 1) squares += (counts[label] as number) ** 2;
  return 1 - squares / rows ** 2;
}

/** The same, with the error that ml-cart's additions make. */
function addedUpImpurity(counts: Float64Array, rows: number): number {
  if (rows === 0) return 0;
  const shares = addedUpShares(rows);
  let sum = 0;
  for (let label = 0; label < counts.length; label += 1) {
    const share = shares[counts[label] as number] as number;
    sum += share * share;
  }
  return 1 - sum;
}

const sharesByRows: Float64Array[] = [];

/** The share of 0, 1, 2, … of so many rows. */
function addedUpShares(rows: number): Float64Array {
  let shares = sharesByRows[rows];
  if (shares === undefined) {
    shares = new Float64Array(rows + 1);
    for (let count = 1; count <= rows; count += 1) {
      shares[count] = (shares[count - 1] as number) + 1 / rows;
    }
    sharesByRows[rows] = shares;
  }
  return shares;
}
