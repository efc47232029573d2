/** Fits what AWS takes for an init to the user's own REPORT lines, and says how far off it is. */
import type { Range } from './awsBase.ts';
import { LOAD_FACTOR } from './awsBase.ts';
import { median, quantile } from './quantile.ts';

/** One init in AWS, of a function whose module load was measured here. */
export interface Init {
  readonly memorySize: number;
  readonly initMillis: number;
  readonly loadMillis: number;
}

/** The fit of one memory size. */
export interface CalibratedSize {
  readonly memorySize: number;
  /** Init of a function that loads nothing: its median, and its 90th percentile. */
  readonly baseMillis: Range;
  /** Milliseconds in AWS for each of module load here. */
  readonly loadFactor: number;
  /** Whether the factor is this size's own: it needs two functions whose loads differ. */
  readonly isOwnFactor: boolean;
  readonly lines: number;
  /** Of lines that the fit did not see. */
  readonly heldOut: {
    readonly lines: number;
    /** Distance from the expected median, in milliseconds: of half of the lines, and of nine in ten. */
    readonly medianErrorMillis: number;
    readonly p90ErrorMillis: number;
    /** Share of lines that took no longer than the upper end of what was expected; 0.9 is meant. */
    readonly belowHigh: number;
  };
}

/** What `.lambdascope/calibration.json` holds. */
export interface Calibration {
  readonly sizes: readonly CalibratedSize[];
}

/** Of so many lines one is held out. */
const HOLD_OUT = 5;

/** Lines that a memory size needs, so that two are held out. */
export const LEAST_LINES = 2 * HOLD_OUT;

/** A calibration; sizes of which there are too few lines are left out. */
export function calibrated(inits: readonly Init[]): Calibration {
  const bySize = new Map<number, Init[]>();
  for (const init of inits) {
    bySize.set(init.memorySize, [...(bySize.get(init.memorySize) ?? []), init]);
  }
  const ofAll = factorOf(inits) ?? Math.sqrt(LOAD_FACTOR.low * LOAD_FACTOR.high);
  return {
    sizes: [...bySize]
      .filter(([, ofSize]) => ofSize.length >= LEAST_LINES)
      .toSorted(([a], [b]) => a - b)
      .map(([memorySize, ofSize]) => calibratedSize(memorySize, ofSize, ofAll)),
  };
}

function calibratedSize(
  memorySize: number,
  inits: readonly Init[],
  factorOfAll: number,
): CalibratedSize {
  // Functions may come one after another: of each, every fifth line is held out.
  const inTurn = inits.toSorted((a, b) => a.loadMillis - b.loadMillis);
  const seen = inTurn.filter((_, index) => index % HOLD_OUT !== HOLD_OUT - 1);
  const heldOut = inTurn.filter((_, index) => index % HOLD_OUT === HOLD_OUT - 1);
  const own = factorOf(seen);
  const loadFactor = own ?? factorOfAll;
  const rests = seen.map(restWith(loadFactor));
  const baseMillis = { low: median(rests), high: quantile(rests, 0.9) };
  const unseen = heldOut.map(restWith(loadFactor));
  const errors = unseen.map((rest) => Math.abs(rest - baseMillis.low));
  return {
    memorySize,
    baseMillis,
    loadFactor,
    isOwnFactor: own !== undefined,
    lines: inits.length,
    heldOut: {
      lines: heldOut.length,
      medianErrorMillis: median(errors),
      p90ErrorMillis: quantile(errors, 0.9),
      belowHigh: unseen.filter((rest) => rest <= baseMillis.high).length / unseen.length,
    },
  };
}

/** What an init takes beside the load, by a factor. */
function restWith(factor: number): (init: Init) => number {
  return ({ initMillis, loadMillis }) => initMillis - factor * loadMillis;
}

/**
 * The slope of the line of least absolute deviations (Bloomfield and Steiger, "Least Absolute Deviations",
 * 1983), which a slow init now and then does not bend. For a slope, the best base is the median of what is
 * left; the sum of distances is convex in the slope, so thirds close in on the least.
 *
 * @returns none unless there are two different loads
 */
function factorOf(inits: readonly Init[]): number | undefined {
  const loads = inits.map(({ loadMillis }) => loadMillis);
  const spread = Math.max(...loads) - Math.min(...loads);
  if (!(spread > 0)) return undefined;
  const distance = (factor: number) => {
    const rests = inits.map(restWith(factor));
    const base = median(rests);
    return rests.reduce((sum, rest) => sum + Math.abs(rest - base), 0);
  };
  let low = 0;
  let high = Math.max(...inits.map(({ initMillis }) => initMillis)) / spread;
  while (high - low > 1e-4) {
    const third = (high - low) / 3;
    if (distance(low + third) <= distance(high - third)) high -= third;
    else low += third;
  }
  return (low + high) / 2;
}
