/** How far what functions record is from constants, in PromQL: of metrics that show drift. */
import type { MetricDefinition } from '../metrics.ts';
import type { DriftQueries, DriftWindow } from './driftQueries.ts';
import { duration } from './duration.ts';
import type { RecordingRule } from './recordingRule.ts';
import { shannonDistance } from './shannonDistance.ts';
import { stabilityIndex } from './stabilityIndex.ts';
import type { Thresholds } from './thresholds.ts';

/** The recording rules of every metric that shows drift; each comes after those that it asks for. */
export function driftRecordings(
  metrics: readonly MetricDefinition[],
  drift: Thresholds['drift'],
): readonly RecordingRule[] {
  return metrics
    .filter(({ panel }) => panel?.show === 'drift')
    .flatMap((reference) => {
      const { rules, shareRecord, record, ...queries } = queriesOf(reference);
      const window = windowOf(drift);
      const share = { record: shareRecord + window.window, expr: queries.share(window) };
      const expr = queries.drift(share.record, window);
      return [...rules, share, { record: record + window.window, expr }];
    });
}

/**
 * Name of the recorded drift: the population stability index of histograms by function and their first
 * label, the Jensen-Shannon distance of counters by function.
 */
export function driftRecord(reference: MetricDefinition, drift: Thresholds['drift']): string {
  return queriesOf(reference).record + windowOf(drift).window;
}

/** The same of other values than are recorded; it needs the recordings of the constants. */
export function driftOver(reference: MetricDefinition, window: DriftWindow): string {
  const { share, drift } = queriesOf(reference);
  return drift(`(\n${share(window)}\n)`, window);
}

function windowOf({ windowSeconds, minimumRows }: Thresholds['drift']): DriftWindow {
  return { window: duration(windowSeconds), minimumRows };
}

function queriesOf(reference: MetricDefinition): DriftQueries {
  const comparison = { reference, seen: reference.panel?.of ?? '' };
  return reference.kind === 'histogram' ? stabilityIndex(comparison) : shannonDistance(comparison);
}
