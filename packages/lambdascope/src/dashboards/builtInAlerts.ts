/** The alerts that every service has, but for the burn rates of the objectives. */
import { metrics } from '../builtInMetrics.ts';
import type { Alert, AlertGroup, Condition } from './alert.ts';
import { duration } from './duration.ts';
import { foreignMetrics, PUSH_JOB } from './foreignMetrics.ts';
import { percent } from './percent.ts';
import { BY_CONCURRENCY, BY_GATEWAY, increase, observed } from './promql.ts';
import { byFunction, recordings } from './recordings.ts';
import type { ServiceDescription } from './service.ts';
import type { Thresholds } from './thresholds.ts';

/** Title of the panel of the mean latency, on the latency dashboard. */
export const MEAN_PANEL = 'Mean, median, p95 and p99';

/** cAdvisor cannot always tell a container's name; its control group says which one it is. */
const CONTAINER = '{{ or $labels.name $labels.id }}';
export const PERCENT = '{{ $value | humanizePercentage }}';
const SECONDS = '{{ $value | humanizeDuration }}';
const REQUESTS = { metric: metrics.latency, stat: 'SampleCount' };

/** Every alert of a service, by what is in trouble. */
export function alertGroups({ thresholds, alerts = [] }: ServiceDescription): AlertGroup[] {
  return [
    { name: 'requests', alerts: requestAlerts(thresholds) },
    ...alerts,
    { name: 'pipeline', alerts: pipelineAlerts(thresholds) },
    { name: 'containers', alerts: containerAlerts(thresholds) },
  ];
}

function requestAlerts(t: Thresholds): Alert[] {
  const { meanLatency, p95Latency, coldStartShare, validationErrorShare, gatewayThrottleShare } =
    recordings(t);
  const gatewayThrottles = t.gatewayThrottles.windowSeconds;
  return [
    {
      alert: 'MeanLatencyHigh',
      severity: 'critical',
      when: { value: meanLatency.record, threshold: { above: t.meanLatency.seconds } },
      forSeconds: t.meanLatency.forSeconds,
      summary: `{{ $labels.function }} takes ${SECONDS} on average`,
      description: `The mean latency of {{ $labels.function }} has been over ${t.meanLatency.seconds} s for ${duration(t.meanLatency.forSeconds)}: nearly every client waits.`,
      grafana: { uid: 'mean-latency', title: 'Mean latency spike', panel: MEAN_PANEL },
      cloudWatch: {
        description: `The mean latency of a function is over ${t.meanLatency.seconds} s: nearly every client waits.`,
        values: { v: { metric: metrics.latency, stat: 'Average' } },
        value: 'v',
        windowSeconds: t.meanLatency.windowSeconds,
      },
    },
    {
      alert: 'P95LatencyHigh',
      severity: 'warning',
      when: {
        value: p95Latency.record,
        threshold: { above: t.p95Latency.seconds },
        enough: enoughRequests(t.p95Latency),
      },
      forSeconds: t.p95Latency.forSeconds,
      summary: `One request in twenty to {{ $labels.function }} takes over ${SECONDS}`,
      description: `The 95th percentile of the latency of {{ $labels.function }} over ${duration(t.p95Latency.windowSeconds)} is above ${t.p95Latency.seconds} s.`,
      cloudWatch: {
        description: `One request in twenty to a function takes over ${t.p95Latency.seconds} s.`,
        values: { v: { metric: metrics.latency, stat: 'p95' }, n: REQUESTS },
        value: 'v',
        windowSeconds: t.p95Latency.windowSeconds,
      },
    },
    {
      alert: 'ColdStartShareHigh',
      severity: 'warning',
      when: {
        value: coldStartShare.record,
        threshold: { above: t.coldStartShare.ratio },
        enough: enoughRequests(t.coldStartShare),
      },
      forSeconds: t.coldStartShare.forSeconds,
      summary: `${PERCENT} of requests to {{ $labels.function }} are cold starts`,
      description: `Over ${duration(t.coldStartShare.windowSeconds)} more than ${percent(t.coldStartShare.ratio)} of the requests to {{ $labels.function }} had to wait for a new instance.`,
      cloudWatch: {
        description: `More than ${percent(t.coldStartShare.ratio)} of the requests to a function wait for a new instance.`,
        values: { v: { metric: metrics.coldStarts, stat: 'Sum' }, n: REQUESTS },
        value: 'FILL(v, 0) / n',
        windowSeconds: t.coldStartShare.windowSeconds,
      },
    },
    {
      alert: 'ValidationErrorBurst',
      severity: 'warning',
      when: {
        value: validationErrorShare.record,
        threshold: { above: t.validationErrorShare.ratio },
        enough: enoughRequests(t.validationErrorShare),
      },
      forSeconds: t.validationErrorShare.forSeconds,
      summary: `${PERCENT} of requests to {{ $labels.function }} are refused as invalid`,
      description: `Over ${duration(t.validationErrorShare.windowSeconds)} more than ${percent(t.validationErrorShare.ratio)} of the requests to {{ $labels.function }} got a 4xx answer: a client sends what the API does not take.`,
      cloudWatch: {
        description: `More than ${percent(t.validationErrorShare.ratio)} of the requests to a function are refused as invalid.`,
        values: { v: errors('validation'), n: REQUESTS },
        value: 'FILL(v, 0) / n',
        windowSeconds: t.validationErrorShare.windowSeconds,
      },
    },
    {
      alert: 'HandlerErrors',
      severity: 'warning',
      when: {
        value: errorsWhere('kind=~"handler|memory"', t.handlerErrors.windowSeconds),
        threshold: { from: t.handlerErrors.count },
      },
      forSeconds: t.handlerErrors.forSeconds,
      summary: '{{ $labels.function }} failed {{ $value | printf "%.0f" }} times',
      description: `{{ $labels.function }} answered with a server error, or needed more memory than it has, in the last ${duration(t.handlerErrors.windowSeconds)}. No input may cause either, so each is a defect.`,
      cloudWatch: {
        description: 'A function answered with a server error. No input may cause one: a defect.',
        values: { v: errors('handler') },
        value: 'v',
        windowSeconds: t.handlerErrors.windowSeconds,
      },
    },
    {
      alert: 'InvocationTimeouts',
      severity: 'warning',
      when: {
        value: errorsWhere('kind="timeout"', t.timeouts.windowSeconds),
        threshold: { from: t.timeouts.count },
      },
      forSeconds: t.timeouts.forSeconds,
      summary: '{{ $labels.function }} ran into its time limit {{ $value | printf "%.0f" }} times',
      description: `In the last ${duration(t.timeouts.windowSeconds)} clients of {{ $labels.function }} waited for the whole time limit and got no result.`,
      cloudWatch: {
        description: 'A function ran into its time limit: its client waited and got no result.',
        values: { v: errors('timeout') },
        value: 'v',
        windowSeconds: t.timeouts.windowSeconds,
      },
    },
    {
      alert: 'Throttles',
      severity: 'warning',
      when: {
        value: increase(
          metrics.throttled,
          byFunction(t.throttles.windowSeconds, {
            by: ['function', 'reason'],
            where: BY_CONCURRENCY,
          }),
        ),
        threshold: { from: t.throttles.count },
      },
      forSeconds: t.throttles.forSeconds,
      summary:
        '{{ $labels.function }} had no instance for {{ $value | printf "%.0f" }} requests ({{ $labels.reason }})',
      description: `In the last ${duration(t.throttles.windowSeconds)} requests to {{ $labels.function }} were refused for want of concurrency: every instance that it may have was busy, and clients got an error in place of an answer.`,
      cloudWatch: 'an alarm of the same name has the Throttles that Lambda counts itself',
    },
    {
      alert: 'GatewayThrottles',
      severity: 'warning',
      when: {
        value: gatewayThrottleShare.record,
        threshold: { above: t.gatewayThrottles.ratio },
        enough: {
          value: [
            increase(metrics.throttled, byFunction(gatewayThrottles, { where: BY_GATEWAY })),
            observed(metrics.latency, byFunction(gatewayThrottles)),
          ].join(' + '),
          minimum: t.gatewayThrottles.minimumRequests,
        },
      },
      forSeconds: t.gatewayThrottles.forSeconds,
      summary: `${PERCENT} of requests to {{ $labels.function }} are refused with 429`,
      description: `Over ${duration(gatewayThrottles)} more than ${percent(t.gatewayThrottles.ratio)} of the requests to {{ $labels.function }} went over a rate, a burst or a quota of a usage plan or a method.`,
      cloudWatch: 'no function sees what the gateway refuses; its access log has it',
    },
  ];
}

function pipelineAlerts({ pipeline }: Thresholds): Alert[] {
  const pushed = (metric: string) => `${metric}{job="${PUSH_JOB}"}`;
  const pushTime = pushed(foreignMetrics.pushTime);
  return [
    {
      alert: 'MetricsPushStale',
      severity: 'critical',
      when: `time() - ${pushTime} > ${pipeline.pushAgeSeconds}`,
      forSeconds: 0,
      summary: `The last metrics were pushed ${SECONDS} ago`,
      description: `The aggregator {{ $labels.instance }} pushes at least every ${duration(pipeline.heartbeatSeconds)}; for more than ${duration(pipeline.pushAgeSeconds)} the Pushgateway has not heard of it, so every figure of the API is old.`,
      cloudWatch: 'nothing is pushed',
    },
    {
      alert: 'MetricsPushRejected',
      severity: 'warning',
      when: `${pushed('push_failure_time_seconds')} > ${pushTime}`,
      forSeconds: pipeline.pushFailureForSeconds,
      summary: 'The Pushgateway rejects the metrics',
      description:
        'The Pushgateway has refused what the aggregator {{ $labels.instance }} pushes and accepted nothing since: it is inconsistent with what another one pushed.',
      cloudWatch: 'nothing is pushed',
    },
    {
      alert: 'MetricsTargetDown',
      severity: 'critical',
      when: `${foreignMetrics.up} == 0`,
      forSeconds: pipeline.targetDownForSeconds,
      summary: 'Prometheus cannot scrape {{ $labels.job }}',
      description: `{{ $labels.instance }} of the job {{ $labels.job }} has not answered for ${duration(pipeline.targetDownForSeconds)}: what it tells is missing from every panel and alert.`,
      cloudWatch: 'nothing is scraped',
    },
    {
      alert: 'MetricsAbsent',
      severity: 'critical',
      when: `absent(${metrics.latency.name}_count)`,
      forSeconds: pipeline.absentForSeconds,
      summary: 'There are no metrics of the API',
      description: `Prometheus has had no metrics of the API for ${duration(pipeline.absentForSeconds)}. The API starts all of them at zero, so it has not run or nothing that it pushed arrived.`,
      cloudWatch: 'without requests there are no metrics, and no fault',
    },
  ];
}

function containerAlerts(t: Thresholds): Alert[] {
  const { containerCpu, containerMemory } = recordings(t);
  return [
    {
      alert: 'ContainerCpuNearLimit',
      severity: 'warning',
      when: { value: containerCpu.record, threshold: { above: t.containerCpu.ratio } },
      forSeconds: t.containerCpu.forSeconds,
      summary: `${CONTAINER} uses ${PERCENT} of its CPU`,
      description: `The container has used more than ${percent(t.containerCpu.ratio)} of the CPU that it may use for ${duration(t.containerCpu.forSeconds)}; from here on it is slowed down.`,
      cloudWatch: 'AWS gives each instance its own CPU',
    },
    {
      alert: 'ContainerMemoryNearLimit',
      severity: 'warning',
      when: { value: containerMemory.record, threshold: { above: t.containerMemory.ratio } },
      forSeconds: t.containerMemory.forSeconds,
      summary: `${CONTAINER} uses ${PERCENT} of its memory`,
      description: `The working set of the container has been over ${percent(t.containerMemory.ratio)} of its limit for ${duration(t.containerMemory.forSeconds)}; at the limit the kernel ends it.`,
      cloudWatch: 'an instance that runs out of memory ends, which FunctionErrors sees',
    },
  ];
}

function errors(kind: string) {
  return { metric: metrics.errors, stat: 'Sum', dimensions: { kind } };
}

function errorsWhere(where: string, windowSeconds: number): string {
  return increase(metrics.errors, byFunction(windowSeconds, { where }));
}

function enoughRequests({
  windowSeconds,
  minimumRequests,
}: Record<'windowSeconds' | 'minimumRequests', number>): Condition['enough'] & object {
  return {
    value: observed(metrics.latency, byFunction(windowSeconds)),
    minimum: minimumRequests,
  };
}
