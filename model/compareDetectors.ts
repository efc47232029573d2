/** Compares out-of-distribution scores: false alarms on real rows, and odd rows found. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Dataset, Row } from './dataset.ts';
import { type Detector, detectors, threshold } from './detectors.ts';
import { drawRows, pick, stratifiedFolds } from './folds.ts';

/** Odd rows made of each kind, in each fold. */
const ODD_ROWS = 500;

/** How a detector did at the rate of false alarms that it was set to. */
export interface DetectorResult {
  readonly name: string;
  /** Share of held-out rows flagged. */
  readonly falseAlarms: number;
  /** Share of odd rows flagged, by kind. */
  readonly found: Readonly<Record<string, number>>;
}

/** Rows that the contest is held on, at most: a score by neighbours looks at every pair of them. */
export const CONTEST_ROWS = 1000;

/** Least and greatest value of a feature. */
type Range = readonly [least: number, greatest: number];

/** Makes an odd row out of real ones, whose ranges are given too. */
type OddRow = (
  rows: readonly Row[],
  generator: RandomGenerator,
  ranges: readonly Range[],
) => number[];

const oddRows: Readonly<Record<string, OddRow>> = {
  'one value ten times too large': (rows, generator) => {
    const row = [...oneOf(rows, generator)];
    const i = uniformInt(generator, 0, row.length - 1);
    row[i] = (row[i] as number) * 10;
    return row;
  },
  'two values swapped': (rows, generator) => {
    const row = [...oneOf(rows, generator)];
    const i = uniformInt(generator, 0, row.length - 1);
    const j = (i + uniformInt(generator, 1, Math.max(1, row.length - 1))) % row.length;
    [row[i], row[j]] = [row[j] as number, row[i] as number];
    return row;
  },
  'each value from another row': (rows, generator) =>
    Array.from(rows[0] ?? [], (_, i) => oneOf(rows, generator)[i] as number),
  'anywhere within the ranges': (_rows, generator, ranges) =>
    ranges.map(([least, greatest]) => least + uniformFloat64(generator) * (greatest - least)),
};

/**
 * Cross-validates every detector, each set to the same rate of false alarms by the rows that it
 * learns from; on `CONTEST_ROWS` of them, drawn by the seed, where there are more.
 */
export function compareDetectors(
  { rows, labels }: Dataset,
  rate: number,
  seed: number,
): DetectorResult[] {
  const drawn = drawRows(rows.length, CONTEST_ROWS, xoroshiro128plus(seed));
  const [some, labelsOfSome] = [pick(rows, drawn), pick(labels, drawn)];
  return detectors.map((detector) => evaluate(detector, some, labelsOfSome, rate, seed));
}

function evaluate(
  detector: Detector,
  rows: readonly Row[],
  labels: readonly number[],
  rate: number,
  seed: number,
): DetectorResult {
  const folds = stratifiedFolds(labels, seed);
  const generator = xoroshiro128plus(seed);
  const found = Object.fromEntries(Object.keys(oddRows).map((kind) => [kind, 0]));
  let falseAlarms = 0;
  for (const { train, heldOut } of folds) {
    const known = pick(rows, train);
    const knownLabels = pick(labels, train);
    const score = detector.fit(known, knownLabels, seed);
    const limit = threshold(detector, known, knownLabels, rate, seed);
    const flagged = (some: readonly Row[]): number =>
      score(some).filter((value) => value > limit).length;
    falseAlarms += flagged(pick(rows, heldOut)) / rows.length;
    const ranges = rangesOf(known);
    for (const [kind, make] of Object.entries(oddRows)) {
      const odd = Array.from({ length: ODD_ROWS }, () => make(known, generator, ranges));
      found[kind] = (found[kind] ?? 0) + flagged(odd) / ODD_ROWS / folds.length;
    }
  }
  return { name: detector.name, falseAlarms, found };
}

function rangesOf(rows: readonly Row[]): Range[] {
  return Array.from(rows[0] ?? [], (_, i) => {
    const values = rows.map((row) => row[i] as number).sort((a, b) => a - b);
    return [values[0] as number, values.at(-1) as number];
  });
}

function oneOf(rows: readonly Row[], generator: RandomGenerator): Row {
  return rows[uniformInt(generator, 0, rows.length - 1)] as Row;
}
