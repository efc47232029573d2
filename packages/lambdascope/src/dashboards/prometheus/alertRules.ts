/** The alert rules, but for the burn rates of the objectives: what fires, when, and what it tells. */
import { metrics } from '../../lib/metrics.ts';
import { type Thresholds, thresholds } from '../thresholds.ts';
import { duration } from './duration.ts';
import { recordings } from './recordingRules.ts';
import { type AlertRule, alertRule, type RuleGroup } from './ruleFile.ts';

/** The group of the metrics that the aggregator pushes; the Pushgateway adds its times to it. */
const PUSHED = 'job="lambdascope"';

/** cAdvisor cannot always tell a container's name; its control group says which one it is. */
const CONTAINER = '{{ or $labels.name $labels.id }}';
const PERCENT = '{{ $value | humanizePercentage }}';
const SECONDS = '{{ $value | humanizeDuration }}';

/**
 * The alert groups, by what is in trouble.
 *
 * @param t thresholds other than the product's, for a test that cannot wait
 */
export function alertGroups(t: Thresholds = thresholds): readonly RuleGroup[] {
  return [
    { name: 'requests', rules: requestAlerts(t) },
    { name: 'model', rules: modelAlerts(t) },
    { name: 'pipeline', rules: pipelineAlerts(t) },
    { name: 'containers', rules: containerAlerts(t) },
  ];
}

function requestAlerts(t: Thresholds): readonly AlertRule[] {
  const { meanLatency, p95Latency, coldStartShare, validationErrorShare } = recordings(t);
  return [
    alertRule({
      alert: 'MeanLatencyHigh',
      severity: 'critical',
      expr: `${meanLatency.record} > ${t.meanLatency.seconds}`,
      forSeconds: t.meanLatency.forSeconds,
      summary: `{{ $labels.function }} takes ${SECONDS} on average`,
      description: `The mean latency of {{ $labels.function }} has been over ${t.meanLatency.seconds} s for ${duration(t.meanLatency.forSeconds)}: nearly every client waits.`,
    }),
    alertRule({
      alert: 'P95LatencyHigh',
      severity: 'warning',
      expr: all(
        `${p95Latency.record} > ${t.p95Latency.seconds}`,
        enoughRequests(t.p95Latency.windowSeconds, t.p95Latency.minimumRequests),
      ),
      forSeconds: t.p95Latency.forSeconds,
      summary: `One request in twenty to {{ $labels.function }} takes over ${SECONDS}`,
      description: `The 95th percentile of the latency of {{ $labels.function }} over ${duration(t.p95Latency.windowSeconds)} is above ${t.p95Latency.seconds} s.`,
    }),
    alertRule({
      alert: 'ColdStartShareHigh',
      severity: 'warning',
      expr: all(
        `${coldStartShare.record} > ${t.coldStartShare.ratio}`,
        enoughRequests(t.coldStartShare.windowSeconds, t.coldStartShare.minimumRequests),
      ),
      forSeconds: t.coldStartShare.forSeconds,
      summary: `${PERCENT} of requests to {{ $labels.function }} are cold starts`,
      description: `Over ${duration(t.coldStartShare.windowSeconds)} more than ${percent(t.coldStartShare.ratio)} of the requests to {{ $labels.function }} had to wait for a new instance.`,
    }),
    alertRule({
      alert: 'ValidationErrorBurst',
      severity: 'warning',
      expr: all(
        `${validationErrorShare.record} > ${t.validationErrorShare.ratio}`,
        enoughRequests(
          t.validationErrorShare.windowSeconds,
          t.validationErrorShare.minimumRequests,
        ),
      ),
      forSeconds: t.validationErrorShare.forSeconds,
      summary: `${PERCENT} of requests to {{ $labels.function }} are refused as invalid`,
      description: `Over ${duration(t.validationErrorShare.windowSeconds)} more than ${percent(t.validationErrorShare.ratio)} of the requests to {{ $labels.function }} got a 4xx answer: a client sends what the API does not take.`,
    }),
    alertRule({
      alert: 'HandlerErrors',
      severity: 'warning',
      expr: `${errorsOfKind('handler', t.handlerErrors.windowSeconds)} >= ${t.handlerErrors.count}`,
      forSeconds: t.handlerErrors.forSeconds,
      summary: '{{ $labels.function }} failed {{ $value | printf "%.0f" }} times',
      description: `{{ $labels.function }} answered with a server error in the last ${duration(t.handlerErrors.windowSeconds)}. No input may cause one, so each is a defect.`,
    }),
    alertRule({
      alert: 'InvocationTimeouts',
      severity: 'warning',
      expr: `${errorsOfKind('timeout', t.timeouts.windowSeconds)} >= ${t.timeouts.count}`,
      forSeconds: t.timeouts.forSeconds,
      summary: '{{ $labels.function }} ran into its time limit {{ $value | printf "%.0f" }} times',
      description: `In the last ${duration(t.timeouts.windowSeconds)} clients of {{ $labels.function }} waited for the whole time limit and got no result.`,
    }),
  ];
}

function modelAlerts(t: Thresholds): readonly AlertRule[] {
  const { outOfDistributionShare, featureDrift } = recordings(t);
  const { windowSeconds, minimumRows, ratio } = t.outOfDistributionShare;
  const drift = t.featureDrift;
  return [
    alertRule({
      alert: 'OutOfDistributionShareHigh',
      severity: 'warning',
      expr: all(
        `${outOfDistributionShare.record} > ${ratio}`,
        `sum by (function, model_version) (increase(${metrics.predictions.name}[${duration(windowSeconds)}])) >= ${minimumRows}`,
      ),
      forSeconds: t.outOfDistributionShare.forSeconds,
      summary: `${PERCENT} of the rows that {{ $labels.function }} gets are unlike the training data`,
      description: `Over ${duration(windowSeconds)} more than ${percent(ratio)} of the rows of {{ $labels.function }} were far outside the training data of model {{ $labels.model_version }}: its answers to them are guesses.`,
    }),
    alertRule({
      alert: 'FeatureDrift',
      severity: 'warning',
      // What it records has its least traffic in it.
      expr: `${featureDrift.record} > ${drift.distance}`,
      forSeconds: drift.forSeconds,
      summary:
        '{{ $labels.feature }} has drifted by {{ $value | printf "%.2f" }} in what {{ $labels.function }} gets',
      description: `Over ${duration(drift.windowSeconds)} the distribution of {{ $labels.feature }} in the rows of {{ $labels.function }} differs from the training data of model {{ $labels.model_version }} by a Kolmogorov-Smirnov distance above ${drift.distance}.`,
    }),
  ];
}

function pipelineAlerts({ pipeline }: Thresholds): readonly AlertRule[] {
  return [
    alertRule({
      alert: 'MetricsPushStale',
      severity: 'critical',
      expr: `time() - push_time_seconds{${PUSHED}} > ${pipeline.pushAgeSeconds}`,
      forSeconds: 0,
      summary: `The last metrics were pushed ${SECONDS} ago`,
      description: `The aggregator {{ $labels.instance }} pushes at least every ${duration(pipeline.heartbeatSeconds)}; for more than ${duration(pipeline.pushAgeSeconds)} the Pushgateway has not heard of it, so every figure of the API is old.`,
    }),
    alertRule({
      alert: 'MetricsPushRejected',
      severity: 'warning',
      expr: `push_failure_time_seconds{${PUSHED}} > push_time_seconds{${PUSHED}}`,
      forSeconds: pipeline.pushFailureForSeconds,
      summary: 'The Pushgateway rejects the metrics',
      description:
        'The Pushgateway has refused what the aggregator {{ $labels.instance }} pushes and accepted nothing since: it is inconsistent with what another one pushed.',
    }),
    alertRule({
      alert: 'MetricsTargetDown',
      severity: 'critical',
      expr: 'up == 0',
      forSeconds: pipeline.targetDownForSeconds,
      summary: 'Prometheus cannot scrape {{ $labels.job }}',
      description: `{{ $labels.instance }} of the job {{ $labels.job }} has not answered for ${duration(pipeline.targetDownForSeconds)}: what it tells is missing from every panel and alert.`,
    }),
    alertRule({
      alert: 'MetricsAbsent',
      severity: 'critical',
      expr: `absent(${metrics.latency.name}_count)`,
      forSeconds: pipeline.absentForSeconds,
      summary: 'There are no metrics of the API',
      description: `Prometheus has had no metrics of the API for ${duration(pipeline.absentForSeconds)}. The API starts all of them at zero, so it has not run or nothing that it pushed arrived.`,
    }),
  ];
}

function containerAlerts(t: Thresholds): readonly AlertRule[] {
  const { containerCpu, containerMemory } = recordings(t);
  return [
    alertRule({
      alert: 'ContainerCpuNearLimit',
      severity: 'warning',
      expr: `${containerCpu.record} > ${t.containerCpu.ratio}`,
      forSeconds: t.containerCpu.forSeconds,
      summary: `${CONTAINER} uses ${PERCENT} of its CPU`,
      description: `The container has used more than ${percent(t.containerCpu.ratio)} of the CPU that it may use for ${duration(t.containerCpu.forSeconds)}; from here on it is slowed down.`,
    }),
    alertRule({
      alert: 'ContainerMemoryNearLimit',
      severity: 'warning',
      expr: `${containerMemory.record} > ${t.containerMemory.ratio}`,
      forSeconds: t.containerMemory.forSeconds,
      summary: `${CONTAINER} uses ${PERCENT} of its memory`,
      description: `The working set of the container has been over ${percent(t.containerMemory.ratio)} of its limit for ${duration(t.containerMemory.forSeconds)}; at the limit the kernel ends it.`,
    }),
  ];
}

function errorsOfKind(kind: string, windowSeconds: number): string {
  return `sum by (function) (increase(${metrics.errors.name}{kind="${kind}"}[${duration(windowSeconds)}]))`;
}

function enoughRequests(windowSeconds: number, minimum: number): string {
  return `sum by (function) (increase(${metrics.latency.name}_count[${duration(windowSeconds)}])) >= ${minimum}`;
}

function all(...conditions: readonly string[]): string {
  return conditions.join('\nand ');
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}
