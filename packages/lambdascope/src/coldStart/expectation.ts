/** Estimates of what AWS takes, from what this machine took. */
import { BASE_MILLIS, CORE_MEGABYTES, LOAD_FACTOR, type Range } from './awsBase.ts';
import type { Calibration } from './calibration.ts';

/** What makes AWS' milliseconds of local ones. */
export interface InitModel {
  /** Init of a function that loads nothing: from its median to its 90th percentile. */
  readonly baseMillis: Range;
  /** Milliseconds in AWS for each of module load here. */
  readonly loadFactor: Range;
}

/** The model of a function: calibrated, at the memory nearest to its own, or the published one. */
export function initModelOf(
  { architecture, memorySize }: { readonly architecture: string; readonly memorySize: number },
  calibration: Calibration | undefined,
): InitModel {
  const distance = (size: number) => Math.abs(Math.log(size / memorySize));
  const [nearest] = (calibration?.sizes ?? []).toSorted(
    (a, b) => distance(a.memorySize) - distance(b.memorySize),
  );
  if (nearest === undefined) {
    const baseMillis = architecture === 'arm64' ? BASE_MILLIS.arm64 : BASE_MILLIS.x86_64;
    return { baseMillis, loadFactor: LOAD_FACTOR };
  }
  const { loadFactor, baseMillis } = nearest;
  return { baseMillis, loadFactor: { low: loadFactor, high: loadFactor } };
}

/** Init Duration to expect: from its median to its 90th percentile. */
export function expectedInit({ baseMillis, loadFactor }: InitModel, loadMillis: number): Range {
  return {
    low: baseMillis.low + loadFactor.low * loadMillis,
    high: baseMillis.high + loadFactor.high * loadMillis,
  };
}

/** What was measured of a piece of work. */
export interface Work {
  readonly millis: number;
  /** Time of the cores, of all threads. */
  readonly cpuMillis: number;
}

/** Duration to expect of work in the handler: its CPU time at AWS' speed and the memory's share of a core. */
export function expectedDuration({ loadFactor }: InitModel, memorySize: number, work: Work): Range {
  return {
    low: durationAt(memorySize, work, loadFactor.low),
    high: durationAt(memorySize, work, loadFactor.high),
  };
}

/** What waits takes as long as here; what computes has `memorySize / 1769` cores. */
function durationAt(memorySize: number, { millis, cpuMillis }: Work, factor: number): number {
  const waits = Math.max(0, millis - cpuMillis);
  const computed = (cpuMillis * factor * CORE_MEGABYTES) / memorySize;
  // More than one core helps only what ran on more than one here.
  return waits + Math.max(computed, Math.min(millis, cpuMillis) * factor);
}
