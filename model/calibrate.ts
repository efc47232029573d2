/** Calibrates a forest's vote shares on rows that were held out of it, and tells how well. */
import { accuracyAt, type Calibration } from '../lib/calibration.ts';
import { fitBeta } from './betaCalibration.ts';
import type { HeldOutRow } from './crossValidate.ts';

/** Bins of equal width that confidences are sorted into. */
const BINS = 10;

/** A bin of the reliability curve: where the vote share says as much as the accuracy, a model is calibrated. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** Means over the bin's rows: the vote share, what it is calibrated to, and whether it was right; NaN without any. */
  readonly confidence: number;
  readonly calibrated: number;
  readonly accuracy: number;
}

/** What became of the vote shares. */
export interface CalibrationResult {
  readonly calibration: Calibration;
  readonly reliability: readonly ReliabilityBin[];
  /** Means over all rows, of the vote share and of what it is calibrated to. */
  readonly meanBefore: number;
  readonly meanAfter: number;
  /** Expected calibration error of the vote shares, 0 to 1. */
  readonly errorBefore: number;
  /** And of what they are calibrated to: as all that is said of that, of each row by the rows of the other folds alone. */
  readonly errorAfter: number;
  /** What the latter would be in the mean if what is said were so: of a few rows, chance makes some. */
  readonly errorByChance: number;
}

/**
 * Calibrates over all classes at once, since a small table has few rows of each that are wrong.
 *
 * @param heldOut every row while it was held out
 * @param trees in the forest
 */
export function calibrate(heldOut: readonly HeldOutRow[], trees: number): CalibrationResult {
  const calibration = fitBeta(heldOut, trees);
  const folds = [...new Set(heldOut.map(({ fold }) => fold))];
  const ofOthers = new Map(
    folds.map((fold) => [
      fold,
      fitBeta(
        heldOut.filter((row) => row.fold !== fold),
        trees,
      ),
    ]),
  );
  const rows = heldOut.map(({ confidence, right, fold }) => {
    const calibrated = accuracyAt(ofOthers.get(fold) ?? calibration, confidence, trees);
    return { probability: confidence, calibrated, right };
  });
  const calibrated = rows.map(({ calibrated, right }) => ({ probability: calibrated, right }));
  return {
    calibration,
    reliability: binned(rows).map((bin, index) => ({
      from: index / BINS,
      to: (index + 1) / BINS,
      rows: bin.length,
      confidence: mean(bin.map(probabilityOf)),
      calibrated: mean(bin.map(({ calibrated }) => calibrated)),
      accuracy: accuracyOf(bin),
    })),
    meanBefore: mean(rows.map(probabilityOf)),
    meanAfter: mean(calibrated.map(probabilityOf)),
    errorBefore: expectedCalibrationError(rows),
    errorAfter: expectedCalibrationError(calibrated),
    errorByChance: errorByChance(calibrated),
  };
}

/** A row with a probability that it is right. */
interface ProbableRow {
  readonly probability: number;
  readonly right: boolean;
}

/** Sorts rows into bins of equal width, by their probability. */
function binned<Row extends ProbableRow>(rows: readonly Row[]): Row[][] {
  const bins = Array.from({ length: BINS }, (): Row[] => []);
  for (const row of rows) bins[Math.min(BINS - 1, Math.floor(row.probability * BINS))]?.push(row);
  return bins;
}

/**
 * The mean distance between what is said and what is so, bin by bin (M. Naeini and others, Obtaining
 * well calibrated probabilities using Bayesian binning, 2015).
 */
function expectedCalibrationError(rows: readonly ProbableRow[]): number {
  const filled = binned(rows).filter((bin) => bin.length > 0);
  const sum = filled.reduce(
    (all, bin) => all + bin.length * Math.abs(accuracyOf(bin) - mean(bin.map(probabilityOf))),
    0,
  );
  return sum / rows.length;
}

/** The mean of that error when each row is right as often as is said: by bin that of a normal distribution's distance. */
function errorByChance(rows: readonly ProbableRow[]): number {
  const filled = binned(rows).filter((bin) => bin.length > 0);
  const sum = filled.reduce((all, bin) => {
    const variance = mean(bin.map(({ probability }) => probability * (1 - probability)));
    return all + Math.sqrt((2 / Math.PI) * bin.length * variance);
  }, 0);
  return sum / rows.length;
}

function accuracyOf(rows: readonly ProbableRow[]): number {
  return mean(rows.map(({ right }) => Number(right)));
}

function probabilityOf({ probability }: ProbableRow): number {
  return probability;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
