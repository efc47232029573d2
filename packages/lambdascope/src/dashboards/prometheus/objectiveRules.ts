/** The rules of the objectives: requests, bad requests and burn rate by window, budget left, alerts. */
import { metrics } from '../../builtInMetrics.ts';
import { duration } from '../duration.ts';
import {
  type BurnProfile,
  errorBudget,
  type Objective,
  objectives,
  pairsOf,
  type WindowPair,
  windowsOf,
} from '../objectives.ts';
import { increase, observed, observedWithin, SERVER_ERRORS, WARM } from '../promql.ts';
import type { RecordingRule } from '../recordingRule.ts';
import type { ServiceDescription } from '../service.ts';
import { type AlertRule, alertRule, type RuleGroup } from './ruleFile.ts';

/**
 * What the rules record. The window is a label and not a part of the name, so that dashboards read
 * the same series under either profile and an alert can ask for two windows of one series.
 */
export const objectiveSeries = {
  /** Share of requests that may be bad, by `objective`. */
  errorBudget: 'objective:error_budget:ratio',
  /** Requests that count, by `objective` and `window`. */
  requests: 'objective:requests:increase',
  /** Those of them that broke the promise, by `objective` and `window`. */
  badRequests: 'objective:bad_requests:increase',
  /** Budget used, 1 being just as fast as the period allows, by `objective` and `window`. */
  burnRate: 'objective:burn_rate:ratio',
  /**
   * Of each pair of windows that an alert asks, what it asks of both: the smaller burn rate; by
   * `objective`, and by the longer window as `window`.
   */
  alertingBurnRate: 'objective:alerting_burn_rate:ratio',
  /** Budget left of the period: 1 untouched, below 0 overspent; by `objective`. */
  budgetLeft: 'objective:error_budget_left:ratio',
} as const;

const { errorBudget: BUDGET, requests, badRequests, burnRate } = objectiveSeries;

/** The rules of a profile: one group, because each reads what the ones before it recorded. */
export function objectiveGroups(
  service: ServiceDescription,
  profile: BurnProfile,
): readonly RuleGroup[] {
  const promised = objectives(service.thresholds);
  const rules = [
    ...promised.flatMap((objective) => [
      {
        record: BUDGET,
        expr: `vector(${errorBudget(objective)})`,
        labels: { objective: objective.name },
      },
      ...windowsOf(profile).flatMap((seconds) => countRules(objective, duration(seconds))),
    ]),
    burnRateRule(),
    ...promised.flatMap((objective) =>
      pairsOf(profile, objective).map((pair) => alertingBurnRateRule(objective, pair)),
    ),
    budgetLeftRule(profile),
    ...promised.flatMap((objective) =>
      pairsOf(profile, objective).map((pair) => burnAlert(service, objective, pair)),
    ),
  ];
  return [{ name: 'objectives', interval: duration(profile.intervalSeconds), rules }];
}

/**
 * Requests are counted by the latency histogram, whose label sets are all known beforehand and so
 * start at zero: a status that was never seen before would lose its first request to `increase()`.
 */
function countRules(
  { name, requests: counted, withinSeconds }: Objective,
  window: string,
): RecordingRule[] {
  const labels = { objective: name, window };
  const every = { functions: 'every', window } as const;
  const selection = { ...every, ...(counted === 'warm' && { where: WARM }) };
  const total = observed(metrics.latency, selection);
  return [
    { record: requests, expr: total, labels },
    {
      record: badRequests,
      expr:
        withinSeconds === undefined
          ? increase(metrics.errors, { ...every, where: SERVER_ERRORS })
          : `${total}\n-\n${observedWithin(metrics.latency, withinSeconds, selection)}`,
      labels,
    },
  ];
}

/** No value, rather than 0/0, while there are no requests. */
function burnRateRule(): RecordingRule {
  return {
    record: burnRate,
    expr: `${badRequests} / (${requests} > 0) / on (objective) group_left () ${BUDGET}`,
  };
}

/** The short window has no value while there are no requests in it, and then no alert fires. */
function alertingBurnRateRule({ name }: Objective, pair: WindowPair): RecordingRule {
  const [long, short] = [duration(pair.longSeconds), duration(pair.shortSeconds)];
  const of = (matcher: string) => `${burnRate}{objective="${name}", window${matcher}}`;
  return {
    record: objectiveSeries.alertingBurnRate,
    expr: `min by (objective) (${of(`=~"${long}|${short}"`)})\nand on (objective) ${of(`="${short}"`)}`,
    labels: { objective: name, window: long },
  };
}

/**
 * Adds up the shortest window's counts over the period. The windows overlap, so each request is
 * counted equally often above and below the line, and the ratio is right; a `rate()` over the whole
 * period would read every raw sample of it at every evaluation.
 */
function budgetLeftRule(profile: BurnProfile): RecordingRule {
  const shortest = duration(windowsOf(profile)[0] ?? profile.periodSeconds);
  const over = (series: string) =>
    `sum_over_time(${series}{window="${shortest}"}[${duration(profile.periodSeconds)}])`;
  return {
    record: objectiveSeries.budgetLeft,
    expr: [
      '1 - sum without (window) (',
      `  ${over(badRequests)}`,
      `  / (${over(requests)} > 0)`,
      `  / on (objective) group_left () ${BUDGET}`,
      ')',
    ].join('\n'),
  };
}

function burnAlert(
  service: ServiceDescription,
  { name, promise }: Objective,
  pair: WindowPair,
): AlertRule {
  const [long, short] = [duration(pair.longSeconds), duration(pair.shortSeconds)];
  const of = (series: string, window: string) =>
    `${series}{objective="${name}", window="${window}"}`;
  const words = name.replaceAll('-', ' ');
  return alertRule(service, {
    alert: `${pascalCase(name)}BudgetBurns${pair.severity === 'critical' ? 'Fast' : 'Slowly'}`,
    severity: pair.severity,
    when: [
      `${of(burnRate, long)} > ${pair.factor}`,
      `and ignoring (window) ${of(burnRate, short)} > ${pair.factor}`,
      `and ${of(badRequests, long)} >= ${service.thresholds.errorBudget.minimumBadRequests}`,
    ].join('\n'),
    forSeconds: pair.forSeconds,
    // The expression has it too; here it keeps the rules of several pairs apart.
    labels: { window: long },
    summary: `The ${words} budget burns {{ $value | printf "%.1f" }} times too fast over ${long}`,
    description: `Promised: ${promise}. Over the last ${long}, and still over the last ${short}, the error budget was used more than ${pair.factor} times as fast as the objective allows.`,
  });
}

function pascalCase(name: string): string {
  return name.replaceAll(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase());
}
