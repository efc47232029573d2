/** Prometheus' rules: valid, tested, and in step with the metrics and the runbooks. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { metrics } from 'lambdascope/builtInMetrics';
import { foreignMetrics } from 'lambdascope/dashboards/foreignMetrics';
import { burnProfiles, objectives } from 'lambdascope/dashboards/objectives';
import { objectiveGroups } from 'lambdascope/dashboards/prometheus/objectiveRules';
import type { AlertRule } from 'lambdascope/dashboards/prometheus/ruleFile';
import { alertRuleGroups } from 'lambdascope/dashboards/prometheus/ruleFiles';
import type { RecordingRule } from 'lambdascope/dashboards/recordingRule';
import { recordingGroups } from 'lambdascope/dashboards/recordings';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { service } from '../monitoring/generatedFiles.ts';
import { root } from '../tools/root.ts';
import { expectSuccess } from './expectSuccess.ts';
import { metricTable } from './metricTable.ts';
import { selectedMetrics } from './promqlMetrics.ts';
import { missing } from './servers.ts';

const prometheusFolder = join(root, 'monitoring/prometheus');

const runbooks = readFileSync(join(root, 'docs/runbooks.md'), 'utf8');

const rules = [
  ...recordingGroups(service),
  ...alertRuleGroups(service),
  ...Object.values(burnProfiles).flatMap((profile) => objectiveGroups(service, profile)),
].flatMap((group): readonly (RecordingRule | AlertRule)[] => group.rules);
const alerts = rules.filter((rule) => 'alert' in rule);
const alertNames = [...new Set(alerts.map(({ alert }) => alert))];
const recorded = [...new Set(rules.flatMap((rule) => ('record' in rule ? [rule.record] : [])))];

/** Every name that a query may ask for. */
const known = new Set([
  ...metricTable.flatMap(({ name, kind }) =>
    kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  ),
  ...Object.values(foreignMetrics),
  // Of the Pushgateway, for rules alone.
  'push_failure_time_seconds',
  ...recorded,
]);

describe.skipIf(missing('promtool'))('promtool', () => {
  it.each(files('rules'))('accepts %s', (file) => {
    expectSuccess('promtool', 'check', 'rules', '--lint=all', '--lint-fatal', file);
  });

  it.each(files('tests'))('sees the alerts fire and stay silent as %s says', (file) => {
    expectSuccess('promtool', 'test', 'rules', file);
  });
});

describe('the rules', () => {
  it('ask only for metrics that exist', () => {
    const asked = rules.flatMap(({ expr }) => selectedMetrics(expr));
    expect(asked.filter(({ name }) => !known.has(name))).toEqual([]);
    expect(asked.length).toBeGreaterThan(100);
  });

  it('name what they record level:metric:operations', () => {
    for (const name of recorded) expect(name).toMatch(/^[a-z_]+:[a-z_]+:[a-z]+[a-z0-9_]*$/);
  });

  it.each(alerts)('say of $alert how bad it is, what happens and what to do', (rule) => {
    expect(['critical', 'warning']).toContain(rule.labels.severity);
    expect(rule.annotations.summary.length).toBeGreaterThan(10);
    expect(rule.annotations.description).toMatch(/\.$/);
    expect(rule.annotations.runbook_url).toBe(`docs/runbooks.md#${rule.alert.toLowerCase()}`);
  });

  it('have one runbook for each alert', () => {
    const headings = [...runbooks.matchAll(/^### (\w+)$/gm)].map(([, heading]) => heading);
    expect(headings.toSorted()).toEqual(alertNames.toSorted());
  });
});

describe('the runbooks', () => {
  it('ask only for metrics that exist, in queries that Prometheus takes', () => {
    const queries = [...runbooks.matchAll(/^```promql\n(.*?)^```$/gms)].map(
      ([, query = '']) => query,
    );
    expect(queries.length).toBeGreaterThan(15);
    const asked = queries.flatMap(selectedMetrics);
    expect(asked.filter(({ name }) => !known.has(name))).toEqual([]);
  });

  it('name in the text only metrics that exist', () => {
    const named = [...runbooks.matchAll(/`((?:api|lambda|model)_\w+)`/g)].map(([, name]) => name);
    const names = metricTable.map(({ name }) => name);
    expect(named.filter((name) => !names.some((known) => known === name))).toEqual([]);
  });
});

describe('the objectives', () => {
  const edges: readonly number[] = metrics.latency.buckets;
  const latencyObjectives = objectives(service.thresholds).flatMap(({ name, withinSeconds }) =>
    withinSeconds === undefined ? [] : [[name, withinSeconds] as const],
  );

  it.each(latencyObjectives)('%s: %f s is an edge of a bucket', (_, withinSeconds) => {
    expect(edges).toContain(withinSeconds);
    // Prometheus 2 keeps le="1" and Prometheus 3 makes it le="1.0": only a fraction is one name.
    expect(Number.isInteger(withinSeconds)).toBe(false);
  });

  it.each(Object.values(burnProfiles))('$name: the windows fit into the period', (profile) => {
    for (const { shortSeconds, longSeconds } of profile.pairs) {
      expect(shortSeconds).toBeLessThan(longSeconds);
      expect(longSeconds).toBeLessThan(profile.periodSeconds);
      expect(shortSeconds).toBeGreaterThanOrEqual(4 * profile.intervalSeconds);
    }
  });
});

/** A case of a promtool test file: an alert at a time, and what fires then. */
interface AlertCase {
  readonly alertname: string;
  readonly eval_time: string;
  readonly exp_alerts?: readonly unknown[];
}

describe('the rule tests', () => {
  const groups = files('tests').flatMap((file) => {
    const { evaluation_interval, tests } = parse(readFileSync(file, 'utf8'));
    return (tests as { alert_rule_test?: AlertCase[] }[]).map(({ alert_rule_test = [] }) => ({
      cases: alert_rule_test,
      step: seconds(evaluation_interval),
    }));
  });
  const fires = ({ exp_alerts = [] }: AlertCase) => exp_alerts.length > 0;

  it.each(alertNames)('let %s fire, and not one step earlier', (name) => {
    const firing = groups.flatMap(({ cases, step }) => {
      const own = cases.filter(({ alertname }) => alertname === name);
      const first = own.find(fires);
      return first ? [{ first, own, step }] : [];
    });
    expect(firing).not.toEqual([]);
    for (const { first, own, step } of firing) {
      const before = seconds(first.eval_time) - step;
      const silent = own.find((each) => seconds(each.eval_time) === before);
      expect(silent && fires(silent), `${name} at ${before} s`).toBe(false);
    }
  });

  it.each(alertNames)('let %s stay silent in a case of its own', (name) => {
    const silent = groups.filter(({ cases }) => {
      const own = cases.filter(({ alertname }) => alertname === name);
      return own.length > 0 && !own.some(fires);
    });
    expect(silent).not.toEqual([]);
  });
});

function files(folder: string): readonly string[] {
  return readdirSync(join(prometheusFolder, folder)).map((file) =>
    join(prometheusFolder, folder, file),
  );
}

/** Seconds of a duration as Prometheus writes it, such as `1h30s`. */
function seconds(duration: string): number {
  const lengths = { h: 3600, m: 60, s: 1 } as const;
  return [...duration.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * lengths[unit as keyof typeof lengths],
    0,
  );
}
