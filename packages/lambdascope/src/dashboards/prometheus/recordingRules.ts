/** The recording rules: what alerts and dashboards ask for again and again, named `level:metric:operations`. */
import { metrics } from '../../lib/metrics.ts';
import { type Thresholds, thresholds } from '../thresholds.ts';
import { duration } from './duration.ts';
import { featureDrift } from './featureDrift.ts';
import type { RecordingRule, RuleGroup } from './ruleFile.ts';

/**
 * Docker's containers, by their control group and not by their name, which cAdvisor cannot always
 * tell: `/docker/<id>` or, under systemd, `/system.slice/docker-<id>.scope`.
 */
const CONTAINERS = 'id=~".*/docker[-/][0-9a-f]{64}.*"';

/**
 * The recording rules by what they mean; `.record` is the name to query.
 *
 * @param t windows other than the product's, for a test that cannot wait
 */
export function recordings(t: Thresholds = thresholds) {
  return {
    /** Mean latency in seconds, by function. */
    meanLatency: meanLatency(duration(t.meanLatency.windowSeconds)),
    /** 95th percentile of the latency in seconds, by function. */
    p95Latency: p95Latency(duration(t.p95Latency.windowSeconds)),
    /** Cold starts as a share of requests, by function. */
    coldStartShare: coldStartShare(duration(t.coldStartShare.windowSeconds)),
    /** Requests refused as invalid, as a share of requests, by function. */
    validationErrorShare: validationErrorShare(duration(t.validationErrorShare.windowSeconds)),
    /** Rows far outside the training data, as a share of rows, by function and model version. */
    outOfDistributionShare: outOfDistributionShare(
      duration(t.outOfDistributionShare.windowSeconds),
    ),
    /** Distance between the values seen and the training data, by function and feature. */
    featureDrift: drift(duration(t.featureDrift.windowSeconds), t.featureDrift.minimumRows),
    /** CPU as a share of what the container may use, by container. */
    containerCpu: containerCpu(duration(t.containerCpu.windowSeconds)),
    /** Working set as a share of the memory limit, by container that has one. */
    containerMemory,
  } as const satisfies Record<string, RecordingRule>;
}

/** The rule group that records them. */
export function recordingGroups(t: Thresholds = thresholds): readonly RuleGroup[] {
  return [{ name: 'recordings', rules: Object.values(recordings(t)) }];
}

function meanLatency(window: string): RecordingRule {
  const { name } = metrics.latency;
  return {
    record: `function:${name}:mean${window}`,
    expr: lines(
      `sum by (function) (rate(${name}_sum[${window}]))`,
      `/ (sum by (function) (rate(${name}_count[${window}])) > 0)`,
    ),
  };
}

function p95Latency(window: string): RecordingRule {
  const { name } = metrics.latency;
  return {
    record: `function:${name}:p95_${window}`,
    // Without traffic the quantile is NaN, which the comparison drops.
    expr: `histogram_quantile(0.95, sum by (function, le) (rate(${name}_bucket[${window}]))) >= 0`,
  };
}

function coldStartShare(window: string): RecordingRule {
  return {
    record: `function:lambda_cold_starts:ratio_rate${window}`,
    expr: lines(
      `sum by (function) (rate(${metrics.coldStarts.name}[${window}]))`,
      `/ (sum by (function) (rate(${metrics.latency.name}_count[${window}])) > 0)`,
    ),
  };
}

function validationErrorShare(window: string): RecordingRule {
  return {
    record: `function:lambda_validation_errors:ratio_rate${window}`,
    expr: lines(
      `sum by (function) (rate(${metrics.errors.name}{kind="validation"}[${window}]))`,
      `/ (sum by (function) (rate(${metrics.latency.name}_count[${window}])) > 0)`,
    ),
  };
}

function outOfDistributionShare(window: string): RecordingRule {
  return {
    record: `function:model_out_of_distribution:ratio_rate${window}`,
    expr: lines(
      `sum by (function, model_version) (rate(${metrics.outOfDistribution.name}[${window}]))`,
      `/ (sum by (function, model_version) (rate(${metrics.predictions.name}[${window}])) > 0)`,
    ),
  };
}

/** Named after its main labels; the model's version is one more, as two are served while one replaces the other. */
function drift(window: string, minimumRows: number): RecordingRule {
  return {
    record: `function_feature:${metrics.featureValue.name}:ks_distance${window}`,
    expr: featureDrift({ window, minimumRows }),
  };
}

/** A container without a CPU quota may use the whole machine. */
function containerCpu(window: string): RecordingRule {
  return {
    record: `container:cpu_usage:ratio_rate${window}`,
    expr: lines(
      `sum by (id, name) (rate(container_cpu_usage_seconds_total{${CONTAINERS}}[${window}]))`,
      '/ (',
      `  sum by (id, name) ((container_spec_cpu_quota{${CONTAINERS}} > 0) / container_spec_cpu_period{${CONTAINERS}})`,
      `  or sum by (id, name) (container_spec_cpu_period{${CONTAINERS}}) * 0 + on () group_left () max(machine_cpu_cores)`,
      ')',
    ),
  };
}

/** cAdvisor writes a limit of 0 where there is none. */
const containerMemory: RecordingRule = {
  record: 'container:memory_working_set:ratio',
  expr: lines(
    `sum by (id, name) (container_memory_working_set_bytes{${CONTAINERS}})`,
    `/ (sum by (id, name) (container_spec_memory_limit_bytes{${CONTAINERS}}) > 0)`,
  ),
};

function lines(...parts: readonly string[]): string {
  return parts.join('\n');
}
