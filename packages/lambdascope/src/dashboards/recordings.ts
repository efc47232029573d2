/** The recording rules: what alerts and dashboards ask for again and again, named `level:metric:operations`. */
import { metrics } from '../builtInMetrics.ts';
import { byContainer, CONTAINERS, cpuLimit, cpuUsed, memoryUsed } from './containers.ts';
import { driftRecordings } from './drift.ts';
import { duration } from './duration.ts';
import { foreignMetrics } from './foreignMetrics.ts';
import type { RuleGroup } from './prometheus/ruleFile.ts';
import {
  BY_GATEWAY,
  type Counter,
  mean,
  observations,
  quantile,
  rate,
  type Selection,
  share,
} from './promql.ts';
import type { RecordingRule } from './recordingRule.ts';
import type { ServiceDescription } from './service.ts';
import type { Thresholds } from './thresholds.ts';

/** The kit's recording rules by what they mean; `.record` is the name to query. */
export function recordings(t: Thresholds) {
  return { ...requestRecordings(t), ...containerRecordings(t) };
}

/** The rule group that records them, and what the service records of its own. */
export function recordingGroups({
  thresholds: t,
  metrics: ofService,
  recordings: own = [],
}: ServiceDescription): readonly RuleGroup[] {
  const rules = [
    ...Object.values(requestRecordings(t)),
    ...driftRecordings(ofService, t.drift),
    ...own,
    ...Object.values(containerRecordings(t)),
  ];
  return [{ name: 'recordings', rules }];
}

/** A selection of every function, split by function, over a number of seconds. */
export function byFunction(windowSeconds: number, selection: Selection = {}): Selection {
  return { by: ['function'], functions: 'every', window: duration(windowSeconds), ...selection };
}

/** A fraction with each side on a line of its own. */
export function onTwoLines(fraction: string): string {
  return fraction.replace(' / (', '\n/ (');
}

function requestRecordings(t: Thresholds) {
  const { name } = metrics.latency;
  const p95 = byFunction(t.p95Latency.windowSeconds, { by: ['function', 'le'] });
  const came = byFunction(t.gatewayThrottles.windowSeconds);
  const refused = { ...came, where: BY_GATEWAY };
  return {
    /** Mean latency in seconds, by function. */
    meanLatency: {
      record: `function:${name}:mean${duration(t.meanLatency.windowSeconds)}`,
      expr: onTwoLines(mean(metrics.latency, byFunction(t.meanLatency.windowSeconds))),
    },
    /** 95th percentile of the latency in seconds, by function. */
    p95Latency: {
      record: `function:${name}:p95_${p95.window}`,
      expr: quantile(0.95, metrics.latency, p95),
    },
    /** Cold starts as a share of requests, by function. */
    coldStartShare: shareOfRequests(
      'lambda_cold_starts',
      metrics.coldStarts,
      byFunction(t.coldStartShare.windowSeconds),
    ),
    /** Requests refused as invalid, as a share of requests, by function. */
    validationErrorShare: shareOfRequests(
      'lambda_validation_errors',
      metrics.errors,
      byFunction(t.validationErrorShare.windowSeconds),
      'kind="validation"',
    ),
    /** Requests refused by a usage plan or a method, as a share of them and of those that were answered, by function. */
    gatewayThrottleShare: {
      record: `function:api_throttled:ratio_rate${refused.window}`,
      expr: onTwoLines(
        share(
          rate(metrics.throttled, refused),
          `${rate(metrics.throttled, refused)} + ${observations(metrics.latency, came)}`,
        ),
      ),
    },
  } as const satisfies Record<string, RecordingRule>;
}

function shareOfRequests(
  what: string,
  part: Counter,
  selection: Selection,
  where?: string,
): RecordingRule {
  const counted = rate(part, where === undefined ? selection : { ...selection, where });
  return {
    record: `function:${what}:ratio_rate${selection.window}`,
    expr: onTwoLines(share(counted, observations(metrics.latency, selection))),
  };
}

function containerRecordings({ containerCpu: { windowSeconds } }: Thresholds) {
  const limit = byContainer(`${foreignMetrics.containerMemoryLimit}{${CONTAINERS}}`);
  return {
    /** CPU as a share of what the container may use, by container: without a quota, of the machine. */
    containerCpu: {
      record: `container:cpu_usage:ratio_rate${duration(windowSeconds)}`,
      expr: `${cpuUsed(CONTAINERS, duration(windowSeconds))}\n/ ${cpuLimit(CONTAINERS)}`,
    },
    /** Working set as a share of the memory limit, by container that has one. */
    containerMemory: {
      record: 'container:memory_working_set:ratio',
      expr: onTwoLines(share(memoryUsed(CONTAINERS), limit)),
    },
  } as const satisfies Record<string, RecordingRule>;
}
