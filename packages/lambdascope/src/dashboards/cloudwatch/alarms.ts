/** The alarms in CloudWatch: Prometheus' alerts on requests and model, by the same thresholds, and AWS's own failures. */
import { attribute, type Resources, ref } from '../../infrastructure/template.ts';
import type { MetricKey } from '../../lib/metrics.ts';
import { runbookUrl } from '../runbooks.ts';
import { thresholds } from '../thresholds.ts';
import { type Alarm, alarmResource, largest, TOPIC } from './alarm.ts';
import { gatewayAlarms, gatewayResources } from './gateway.ts';
import { type CloudWatchMetric, type Deployment, input, ofLambda, ours } from './metricMath.ts';

/**
 * Alerts of Prometheus that are not here, and why.
 *
 * Error budgets: a burn rate takes two windows of one expression, which an alarm has not.
 */
export const notInCloudWatch = {
  FeatureDrift: 'a distance of two distributions needs more than CloudWatch keeps of values',
  MetricsPushStale: 'nothing is pushed',
  MetricsPushRejected: 'nothing is pushed',
  MetricsTargetDown: 'nothing is scraped',
  MetricsAbsent: 'without requests there are no metrics, and no fault',
  ContainerCpuNearLimit: 'AWS gives each instance its own CPU',
  ContainerMemoryNearLimit: 'an instance that runs out of memory ends, which FunctionErrors sees',
} as const;

/** What a deployment decides of its alarms; `serverless.yml` says what each parameter means. */
export interface AlarmOptions {
  readonly alarmEmail: string;
  readonly noTrafficMinutes: number;
  readonly bulkMap: boolean;
}

/** The topic that alarms go to, who is mailed, and the alarms. */
export function alarmResources(deployment: Deployment & AlarmOptions): Resources {
  const { alarmEmail, noTrafficMinutes, bulkMap } = deployment;
  const alarms = {
    ...requestAlarms(deployment),
    ...modelAlarms(deployment),
    ...awsAlarms(deployment),
    ...gatewayAlarms(deployment, noTrafficMinutes),
    ...(bulkMap ? bulkMapAlarms() : {}),
  };
  return {
    [TOPIC]: {
      Type: 'AWS::SNS::Topic',
      // Not encrypted by AWS's own key: alarms could not write to it then.
      Properties: { DisplayName: `${deployment.service} ${deployment.stage}` },
    },
    ...(alarmEmail
      ? {
          AlarmMail: {
            Type: 'AWS::SNS::Subscription',
            Properties: { TopicArn: ref(TOPIC), Protocol: 'email', Endpoint: alarmEmail },
          },
        }
      : {}),
    ...gatewayResources(deployment),
    ...Object.fromEntries(
      Object.entries(alarms).map(([name, alarm]) => [
        `${name}Alarm`,
        alarmResource(deployment, name, alarm),
      ]),
    ),
  };
}

function requestAlarms(deployment: Deployment): Readonly<Record<string, Alarm>> {
  const t = thresholds;
  return {
    MeanLatencyHigh: byFunction(deployment, {
      description: `The mean latency of a function is over ${t.meanLatency.seconds} s: nearly every client waits.`,
      runbook: runbookUrl('MeanLatencyHigh'),
      values: { v: ['latency', 'Average'] },
      value: 'v',
      threshold: { above: t.meanLatency.seconds },
      period: t.meanLatency.windowSeconds,
      forSeconds: t.meanLatency.forSeconds,
    }),
    P95LatencyHigh: byFunction(deployment, {
      description: `One request in twenty to a function takes over ${t.p95Latency.seconds} s.`,
      runbook: runbookUrl('P95LatencyHigh'),
      values: { v: ['latency', 'p95'], n: ['latency', 'SampleCount'] },
      value: `IF(n >= ${t.p95Latency.minimumRequests}, v, 0)`,
      threshold: { above: t.p95Latency.seconds },
      period: t.p95Latency.windowSeconds,
      forSeconds: t.p95Latency.forSeconds,
    }),
    ColdStartShareHigh: byFunction(deployment, {
      description: `More than ${percent(t.coldStartShare.ratio)} of the requests to a function wait for a new instance.`,
      runbook: runbookUrl('ColdStartShareHigh'),
      // Written as 0 or 1 by each invocation.
      values: { v: ['coldStarts', 'Sum'], n: ['latency', 'SampleCount'] },
      value: `IF(n >= ${t.coldStartShare.minimumRequests}, v / n, 0)`,
      threshold: { above: t.coldStartShare.ratio },
      period: t.coldStartShare.windowSeconds,
      forSeconds: t.coldStartShare.forSeconds,
    }),
    ValidationErrorBurst: byFunction(deployment, {
      description: `More than ${percent(t.validationErrorShare.ratio)} of the requests to a function are refused as invalid.`,
      runbook: runbookUrl('ValidationErrorBurst'),
      values: {
        v: ['errors', 'Sum', { kind: 'validation' }],
        n: ['latency', 'SampleCount'],
      },
      value: `IF(n >= ${t.validationErrorShare.minimumRequests}, v / n, 0)`,
      threshold: { above: t.validationErrorShare.ratio },
      period: t.validationErrorShare.windowSeconds,
      forSeconds: t.validationErrorShare.forSeconds,
    }),
    HandlerErrors: byFunction(deployment, {
      description: 'A function answered with a server error. No input may cause one: a defect.',
      runbook: runbookUrl('HandlerErrors'),
      values: { v: ['errors', 'Sum', { kind: 'handler' }] },
      value: 'v',
      threshold: { from: t.handlerErrors.count },
      period: t.handlerErrors.windowSeconds,
      forSeconds: t.handlerErrors.forSeconds,
    }),
    InvocationTimeouts: byFunction(deployment, {
      description: 'A function ran into its time limit: its client waited and got no result.',
      runbook: runbookUrl('InvocationTimeouts'),
      values: { v: ['errors', 'Sum', { kind: 'timeout' }] },
      value: 'v',
      threshold: { from: t.timeouts.count },
      period: t.timeouts.windowSeconds,
      forSeconds: t.timeouts.forSeconds,
    }),
  };
}

function modelAlarms(deployment: Deployment): Readonly<Record<string, Alarm>> {
  const { ratio, windowSeconds, forSeconds, minimumRows } = thresholds.outOfDistributionShare;
  return {
    OutOfDistributionShareHigh: byFunction(
      deployment,
      {
        description: `More than ${percent(ratio)} of the rows of a function are far outside the training data: its answers to them are guesses.`,
        runbook: runbookUrl('OutOfDistributionShareHigh'),
        values: { v: ['outOfDistribution', 'Sum'], n: ['predictions', 'Sum'] },
        value: `IF(n >= ${minimumRows}, v / n, 0)`,
        threshold: { above: ratio },
        period: windowSeconds,
        forSeconds,
      },
      deployment.predictingFunctions,
    ),
  };
}

/** What only AWS can tell: instances that ended or never started, and what was lost on the way. */
function awsAlarms(deployment: Deployment): Readonly<Record<string, Alarm>> {
  const { handlerErrors, throttles } = thresholds;
  const queue: CloudWatchMetric = {
    namespace: 'AWS/SQS',
    name: 'ApproximateNumberOfMessagesVisible',
    unit: 'Count',
    dimensions: { QueueName: attribute('BulkFailures', 'QueueName') },
  };
  const ofAnyFunction = (metric: 'Errors' | 'Throttles', period: number) => ({
    inputs: deployment.functions.map((name, index) =>
      input(`v${index}`, ofLambda(deployment, metric, name), 'Sum', period),
    ),
    expression: largest(deployment.functions.map((_, index) => `v${index}`)),
    period,
  });
  return {
    FunctionErrors: {
      description:
        'A function ended without an answer: it crashed, ran out of memory or did not load.',
      runbook: 'docs/deploy.md#functionerrors',
      ...ofAnyFunction('Errors', handlerErrors.windowSeconds),
      threshold: { from: handlerErrors.count },
      forSeconds: handlerErrors.forSeconds,
    },
    Throttles: {
      description: 'Lambda refused an invocation: the reserved concurrency is used up.',
      runbook: 'docs/deploy.md#throttles',
      ...ofAnyFunction('Throttles', throttles.windowSeconds),
      threshold: { from: throttles.count },
      forSeconds: throttles.forSeconds,
    },
    BulkFailures: {
      description: 'An object could not be predicted, in three tries.',
      runbook: 'docs/deploy.md#bulkfailures',
      inputs: [input('v', queue, 'Maximum', handlerErrors.windowSeconds)],
      expression: 'MAX([v])',
      threshold: { from: 1 },
      period: handlerErrors.windowSeconds,
      forSeconds: 0,
    },
  };
}

/** A run of the state machine ends when too many of its objects fail; single ones are in its list. */
function bulkMapAlarms(): Readonly<Record<string, Alarm>> {
  const { windowSeconds, forSeconds } = thresholds.handlerErrors;
  const failed: CloudWatchMetric = {
    namespace: 'AWS/States',
    name: 'ExecutionsFailed',
    unit: 'Count',
    dimensions: { StateMachineArn: ref('BulkMap') },
  };
  return {
    BulkMapFailures: {
      description: 'A run of the state machine over a folder failed.',
      runbook: 'docs/deploy.md#bulkmapfailures',
      inputs: [input('v', failed, 'Sum', windowSeconds)],
      expression: 'MAX([v])',
      threshold: { from: 1 },
      period: windowSeconds,
      forSeconds,
    },
  };
}

interface FunctionAlarm extends Omit<Alarm, 'inputs' | 'expression'> {
  /** Metric, statistic and dimensions besides the function, by the name that `value` uses. */
  readonly values: Readonly<Record<string, readonly [MetricKey, string, Record<string, string>?]>>;
  /** Math over the names in `values`; missing data stays missing, which never fires. */
  readonly value: string;
}

/** One alarm on the worst function, as Prometheus' alerts are by function: an alarm costs by its inputs, not by its name. */
function byFunction(
  deployment: Deployment,
  { values, value, ...alarm }: FunctionAlarm,
  functions = deployment.httpFunctions,
): Alarm {
  const inputs = functions.flatMap((name, index) =>
    Object.entries(values).map(([id, [key, stat, dimensions]]) =>
      input(
        `${id}${index}`,
        ours(deployment, key, { function: name, ...dimensions }),
        stat,
        alarm.period,
      ),
    ),
  );
  const names = new RegExp(`\\b(${Object.keys(values).join('|')})\\b`, 'g');
  const expression = largest(functions.map((_, index) => value.replaceAll(names, `$1${index}`)));
  return { ...alarm, inputs, expression };
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}
