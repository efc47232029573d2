/** What AWS takes for an init, as published, until `lambdascope calibrate` has the user's own figures. */

/** From a lower to an upper value. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/**
 * Init Duration of a function that does nothing, `nodejs24.x` as a zip, in milliseconds: from
 * maxday/lambda-perf (https://github.com/maxday/lambda-perf), its runs of July to August 2026. The low end
 * is the least p50 (of 128 MB and 1,024 MB: init hardly depends on memory), the high end the largest p90.
 */
export const BASE_MILLIS = {
  arm64: { low: 120, high: 133 },
  x86_64: { low: 131, high: 156 },
} as const satisfies Record<string, Range>;

/**
 * Milliseconds in AWS for each of module load here. Nobody publishes it, as it depends on this machine:
 * an assumption of ours (August 2026), from a core as fast as Lambda's to one three times as fast.
 */
export const LOAD_FACTOR: Range = { low: 1, high: 3 };

/**
 * Memory that buys one core, in MB; less buys its share of one. "Configure Lambda function memory" in
 * Lambda's guide, August 2026.
 */
export const CORE_MEGABYTES = 1769;
