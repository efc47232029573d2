/** The alarms of a service: its alerts as far as CloudWatch can have them, and the failures that only AWS can tell. */
import type { MetricDefinition } from '../../metrics.ts';
import type { Alert, CloudWatchForm, Condition } from '../alert.ts';
import { alertGroups } from '../builtInAlerts.ts';
import { runbookUrl, type ServiceDescription } from '../service.ts';
import { type Alarms, largest } from './alarm.ts';
import { type Deployment, input, type MetricQuery, ofLambda, written } from './metricMath.ts';

/** Metrics that one alarm may read. */
const INPUTS_AT_MOST = 10;

/** An alert that CloudWatch can have. */
type Twin = Alert & { readonly when: Condition; readonly cloudWatch: CloudWatchForm };

/**
 * The alarms of a service.
 *
 * Not those on error budgets: a burn rate takes two windows of one expression, which an alarm has not.
 */
export function alarms(service: ServiceDescription, deployment: Deployment): Alarms {
  const twins = alertGroups(service)
    .flatMap((group) => group.alerts)
    .filter((alert): alert is Twin => typeof alert.cloudWatch === 'object');
  return {
    ...Object.assign({}, ...twins.map((alert) => twinAlarms(service, deployment, alert))),
    ...awsAlarms(service, deployment),
  };
}

/** The functions that can have a metric: those of its known label sets, or all. */
export function functionsOf(
  { functions }: ServiceDescription,
  { known = [] }: MetricDefinition,
): readonly string[] {
  const named = known.flatMap(({ function: name }) => name ?? []);
  return named.length === 0 ? functions : functions.filter((name) => named.includes(name));
}

function twinAlarms(service: ServiceDescription, deployment: Deployment, alert: Twin): Alarms {
  const { when, forSeconds } = alert;
  const { description, values, value, windowSeconds } = alert.cloudWatch;
  const period = wholeMinutes(windowSeconds);
  const guarded = when.enough ? `IF(n >= ${when.enough.minimum}, ${value}, 0)` : value;
  const names = new RegExp(`\\b(${Object.keys(values).join('|')})\\b`, 'g');
  const functions = Object.values(values)
    .map(({ metric }) => functionsOf(service, metric))
    .reduce((some, others) => some.filter((name) => others.includes(name)));
  return ofTheWorst(alert.alert, functions, {
    inputs: (name, index) =>
      Object.entries(values).map(([id, { metric, stat, dimensions }]) => {
        const asWritten = written(deployment, metric, { function: name, ...dimensions });
        return input(`${id}${index}`, asWritten, stat, period);
      }),
    value: (index) => guarded.replaceAll(names, `$1${index}`),
    alarm: {
      description,
      runbook: service.runbooks && runbookUrl(service.runbooks.alerts, alert.alert),
      threshold: when.threshold,
      period,
      forSeconds,
    },
  });
}

/** What only AWS can tell: instances that ended or never started. */
function awsAlarms(service: ServiceDescription, { functionNames }: Deployment): Alarms {
  const { handlerErrors, throttles } = service.thresholds;
  const alarm = (
    name: string,
    metric: 'Errors' | 'Throttles',
    description: string,
    { count, windowSeconds, forSeconds }: typeof handlerErrors,
  ): Alarms => {
    const period = wholeMinutes(windowSeconds);
    return ofTheWorst(name, Object.values(functionNames), {
      inputs: (functionName, index) => [
        input(`v${index}`, ofLambda(metric, functionName), 'Sum', period),
      ],
      value: (index) => `v${index}`,
      alarm: {
        description,
        runbook: service.runbooks && runbookUrl(service.runbooks.aws, name),
        threshold: { from: count },
        period,
        forSeconds,
      },
    });
  };
  return {
    ...alarm(
      'FunctionErrors',
      'Errors',
      'A function ended without an answer: it crashed, ran out of memory or did not load.',
      handlerErrors,
    ),
    ...alarm(
      'Throttles',
      'Throttles',
      'Lambda refused an invocation: all concurrency that the function may have is in use.',
      throttles,
    ),
  };
}

interface WorstOf<Function> {
  readonly inputs: (function_: Function, index: number) => readonly MetricQuery[];
  /** Math over the inputs of a function. */
  readonly value: (index: number) => string;
  readonly alarm: Omit<Alarms[string], 'inputs' | 'expression'>;
}

/**
 * One alarm on the worst function, as Prometheus' alerts are by function: an alarm costs by its inputs,
 * not by its name. Several, where one may not read so many.
 */
function ofTheWorst<Function>(
  name: string,
  functions: readonly Function[],
  { inputs, value, alarm }: WorstOf<Function>,
): Alarms {
  const each = functions.map((one, index) => ({ inputs: inputs(one, index), value: value(index) }));
  const perAlarm = Math.floor(INPUTS_AT_MOST / Math.max(1, each[0]?.inputs.length ?? 1));
  const parts = Array.from({ length: Math.ceil(each.length / perAlarm) }, (_, index) =>
    each.slice(index * perAlarm, (index + 1) * perAlarm),
  );
  return Object.fromEntries(
    parts.map((part, index) => [
      index === 0 ? name : `${name}${index + 1}`,
      {
        ...alarm,
        inputs: part.flatMap((one) => one.inputs),
        expression: largest(part.map((one) => one.value)),
      },
    ]),
  );
}

/** Alarms look at whole minutes. */
function wholeMinutes(seconds: number): number {
  return Math.ceil(seconds / 60) * 60;
}
