/** What was measured on this machine: durations, and cold starts. */
import { readFileSync } from 'node:fs';
import type { Range } from '../coldStart/awsBase.ts';
import { parsePrometheusText } from '../prometheusText.ts';

/** Samples that stand for a histogram. */
const QUANTILES = 1000;

/** What was measured cannot be read. */
export class MeasuredError extends Error {
  override readonly name = 'MeasuredError';
  readonly code = 'measured';
}

/**
 * How long warm requests of a function took, in seconds, from a running emulator's `/metrics`: 1,000
 * quantiles, even between two borders of its histogram.
 *
 * @throws MeasuredError where there are none
 */
export async function durationsAt(url: string, name: string): Promise<number[]> {
  const answer = await fetch(url).catch((cause: unknown) => {
    throw new MeasuredError(`Nothing answers at ${url}.`, { cause });
  });
  const buckets = parsePrometheusText(await answer.text())
    .filter(
      (sample) =>
        sample.name === 'api_request_latency_seconds_bucket' &&
        sample.labels.get('function') === name &&
        sample.labels.get('cold_start') === 'false',
    )
    .reduce((sums, { labels, value }) => {
      const border = Number(labels.get('le')?.replace('+Inf', 'Infinity'));
      return sums.set(border, (sums.get(border) ?? 0) + value);
    }, new Map<number, number>());
  const borders = [...buckets].sort(([a], [b]) => a - b);
  const count = borders.at(-1)?.[1] ?? 0;
  if (count === 0) throw new MeasuredError(`${url} has no warm requests of ${name} yet.`);
  return Array.from({ length: QUANTILES }, (_, i) => {
    const rank = ((i + 0.5) / QUANTILES) * count;
    const place = borders.findIndex(([, below]) => below >= rank);
    const [high, upTo] = borders[place] as [number, number];
    const [low, before] = borders[place - 1] ?? [0, 0];
    return Number.isFinite(high) ? low + ((high - low) * (rank - before)) / (upTo - before) : low;
  });
}

/** Samples in milliseconds, one a line; gives seconds. */
export function samplesIn(file: string): number[] {
  const words = readFileSync(file, 'utf8').split(/[\s,]+/);
  const samples = words.filter((word) => word !== '').map((word) => Number(word) / 1000);
  if (samples.length === 0 || !samples.every((sample) => sample >= 0)) {
    throw new MeasuredError(`${file} is no list of milliseconds.`);
  }
  return samples;
}

/**
 * What a function's cold start is expected to take in AWS, from what `lambdascope coldstart --json` has
 * printed into a file.
 *
 * @throws MeasuredError where it says nothing of the function
 */
export function coldStartIn(file: string, name: string): Range {
  const { functions } = JSON.parse(readFileSync(file, 'utf8')) as {
    functions?: Readonly<Record<string, { readonly expectedAwsMillis?: Range }>>;
  };
  const range = functions?.[name]?.expectedAwsMillis;
  if (range === undefined) throw new MeasuredError(`${file} says nothing of ${name}.`);
  return range;
}
