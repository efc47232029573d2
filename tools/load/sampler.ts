/**
 * Draws rows to send, from what the served model knows of its training data; so the traffic fits
 * any model that training has made, not Iris alone.
 */
import type { Feature, Model } from '../../lib/model.ts';
import { distances } from '../../lib/outOfDistribution.ts';
import type { Random } from './random.ts';

/** Feature values in the model's order. */
export type Row = readonly number[];

/** Draws at most until one is far enough; for Iris more than every other one is. */
const TRIES = 100;

/** Draws rows of each kind. */
export type Sampler = ReturnType<typeof createSampler>;

/** A sampler for a model. */
export function createSampler(model: Model, random: Random) {
  const { features, classes, outOfDistribution } = model;
  const scales = features.map(scaleOf);
  const classIndexes = classes.map((_name, index) => index);

  const rounded = (row: number[]): Row =>
    row.map((value, i) => {
      const scale = scales[i] ?? 1;
      return Math.max(Math.round(value * scale) / scale, features[i]?.minimum ?? -Infinity);
    });

  const labelled = () => {
    const index = random.pick(classIndexes);
    return { row: rounded(drawFromClass(model, index, random)), class: classes[index] ?? '' };
  };
  const real = () => labelled().row;

  const slips: readonly (() => Row)[] = [
    // A slipped decimal point.
    () => {
      const at = Math.floor(random.uniform() * features.length);
      return real().map((value, i) => (i === at ? value * 10 : value));
    },
    // Another unit: millimetres for centimetres.
    () => real().map((value) => value * 10),
    // Each value possible by itself, all together not.
    () => rounded(features.map(({ min, max }) => random.pick([min, max]))),
  ];

  return {
    /** As real ones: a class, then a row with its mean and the covariance within classes. */
    real,
    /** One of those, and the class that it was drawn from. */
    labelled,
    /** Every feature evenly over its training range, widened to whole numbers: 4 to 8 for 4.3 to 7.9. */
    uniform: (): Row =>
      features.map(({ min, max }) => {
        const low = Math.floor(min);
        return Math.round((low + random.uniform() * (Math.ceil(max) - low)) * 100) / 100;
      }),
    /** A real row after a mistake, or an impossible mix, far enough that the model warns. */
    odd(): Row {
      let farthest: Row = [];
      let greatest = -1;
      for (let tries = 0; tries < TRIES && greatest <= outOfDistribution.threshold; tries += 1) {
        const row = random.pick(slips)();
        const [score = 0] = distances(outOfDistribution, Float64Array.from(row));
        if (score > greatest) {
          greatest = score;
          farthest = row;
        }
      }
      return farthest;
    },
    /** A real row, moved by `progress` (0 to 1) times a third of each feature's training range. */
    drifted: (progress: number): Row => {
      const row = real();
      return rounded(
        features.map(({ min, max }, i) => (row[i] ?? 0) + (progress * (max - min)) / 3),
      );
    },
  };
}

/**
 * A draw from a class's normal distribution. The whitening matrix is the inverse of the covariance's
 * Cholesky factor, so solving `whitening · x = z` for standard normal `z` gives that covariance back.
 */
function drawFromClass(
  { features, outOfDistribution: { means, whitening } }: Model,
  classIndex: number,
  random: Random,
): number[] {
  const width = features.length;
  const first = classIndex * width;
  const offsets: number[] = [];
  for (let i = 0; i < width; i += 1) {
    const row = i * width;
    let sum = random.normal();
    for (let j = 0; j < i; j += 1) sum -= (whitening[row + j] ?? 0) * (offsets[j] ?? 0);
    offsets.push(sum / (whitening[row + i] ?? 1));
  }
  return offsets.map((offset, i) => (means[first + i] ?? 0) + offset);
}

/** Steps in a unit, as fine as the training data: 10 where its values have one decimal. */
function scaleOf({ min, max, deciles }: Feature): number {
  const decimals = [min, max, ...deciles].map((value) => `${value}`.split('.')[1]?.length ?? 0);
  return 10 ** Math.max(...decimals);
}
