import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alertGroups } from 'lambdascope/dashboards/builtInAlerts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { serviceOf } from '../../monitoring/service.ts';
import { root } from '../../tools/root.ts';
import { selectedMetrics } from '../promqlMetrics.ts';
import { type EmfMetric, emfLines, emfMetrics } from './emfLines.ts';
import { withFunction } from './packagedFunction.ts';
import { packageService, type ServicePackage } from './packages.ts';
import { restEvent } from './restEvent.ts';
import { type RuntimeClient, runtimeClients } from './runtimeClients.ts';
import { awsHasMetric } from './specification.ts';

const SETOSA = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };
/** Far outside the training data: only what is counted is written. */
const ODD = { ...SETOSA, sepal_length: 100 };

/** Until what is written in turn has all been: heap, event loop and each feature. */
const ROUNDS = 6;

/** What Prometheus' side says of an alert. */
interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
}

/** An alarm of the template. */
interface Alarm {
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly EvaluationPeriods: number;
  readonly AlarmDescription: string;
  readonly Metrics: readonly {
    readonly Expression?: string;
    readonly MetricStat?: {
      readonly Metric: {
        readonly Namespace: string;
        readonly MetricName: string;
        readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
      };
      readonly Stat: string;
      readonly Period: number;
      readonly Unit?: string;
    };
  }[];
}

const rules = (file: string) =>
  parse(readFileSync(join(root, 'monitoring/prometheus/rules', file), 'utf8')).groups.flatMap(
    (group: { rules: object[] }) => group.rules,
  );
const recordings = new Map<string, string>(
  rules('recordings.yml').map(({ record, expr }: { record: string; expr: string }) => [
    record,
    expr,
  ]),
);
const alerts: readonly Alert[] = rules('alerts.yml');
/** Alerts that say why CloudWatch has none. */
const notInCloudWatch = Object.fromEntries(
  alertGroups(serviceOf([])).flatMap((group) =>
    group.alerts.flatMap(({ alert, cloudWatch }) =>
      typeof cloudWatch === 'string' ? [[alert, cloudWatch]] : [],
    ),
  ),
);
const twins = alerts.filter(({ alert }) => !(alert in notInCloudWatch));

let service: ServicePackage;
let written: readonly EmfMetric[];

beforeAll(async () => {
  service = await packageService('prod');
  const [client] = runtimeClients() as [RuntimeClient];
  const requests = {
    health: [restEvent('GET', '/')],
    predict: [SETOSA, ODD, {}].map((row) => restEvent('POST', '/predict', row)),
    batchPredict: [restEvent('POST', '/predict/batch', { instances: [SETOSA] })],
    labels: [restEvent('POST', '/labels', { request_id: 'one', class: 'setosa' })],
    docs: [restEvent('GET', '/docs')],
  };
  const lines: string[] = [];
  for (const [name, events] of Object.entries(requests)) {
    await withFunction(service, name, client, async (instance) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const event of events) await instance.invoke(event);
      }
      lines.push(...instance.stdoutLines());
    });
  }
  written = emfMetrics(emfLines(lines));
});
afterAll(() => service.remove());

function alarm(name: string): Alarm {
  const resource = service.resources[`${name}Alarm`];
  if (!resource) throw new Error(`CloudWatch has no alarm ${name}`);
  return resource.Properties as Alarm;
}

const metricsOf = ({ Metrics }: Alarm) => Metrics.flatMap(({ MetricStat = [] }) => MetricStat);

/** An alert's expression, with what it takes from recording rules put in. */
function expanded({ expr }: Alert): string {
  return [...recordings].reduce((text, [name, recorded]) => text.replaceAll(name, recorded), expr);
}

const seconds = (duration = '0s') =>
  Number.parseInt(duration, 10) * ({ s: 1, m: 60, h: 3600 }[duration.slice(-1)] ?? Number.NaN);

describe.each(twins)('$alert, in Prometheus and in CloudWatch,', (alert) => {
  it('reads the same metrics', () => {
    const inPrometheus = selectedMetrics(expanded(alert)).map(({ name }) =>
      name.replace(/_(bucket|sum|count)$/, ''),
    );
    const inCloudWatch = metricsOf(alarm(alert.alert)).map(({ Metric }) => Metric.MetricName);
    expect(new Set(inCloudWatch)).toEqual(new Set(inPrometheus));
  });

  it('has the same threshold, least traffic and window', () => {
    const { Threshold, ComparisonOperator, EvaluationPeriods, Metrics } = alarm(alert.alert);
    const [, operator, threshold] = alert.expr.match(/ (>=?) ([\d.]+)/) ?? [];
    expect(Threshold).toBe(Number(threshold));
    expect(ComparisonOperator).toBe(
      operator === '>' ? 'GreaterThanThreshold' : 'GreaterThanOrEqualToThreshold',
    );

    const [, minimum] = alert.expr.match(/\nand .* >= (\d+)/) ?? [];
    const expression = Metrics.at(-1)?.Expression ?? '';
    const minima = [...expression.matchAll(/>= (\d+)/g)].map(([, number]) => number);
    expect(new Set(minima)).toEqual(new Set(minimum ? [minimum] : []));

    const [, window] = expanded(alert).match(/\[(\w+)\]/) ?? [];
    for (const { Period } of metricsOf(alarm(alert.alert))) expect(Period).toBe(seconds(window));
    expect(EvaluationPeriods * seconds(window)).toBeGreaterThanOrEqual(seconds(alert.for));
  });

  it('has the same runbook', () => {
    expect(alarm(alert.alert).AlarmDescription).toMatch(
      new RegExp(`docs/runbooks\\.md#${alert.alert.toLowerCase()}$`),
    );
  });
});

it('every alert of Prometheus is in CloudWatch, or is said not to be', () => {
  expect(twins.map(({ alert }) => alert)).toHaveLength(7);
  expect(alerts.map(({ alert }) => alert)).toEqual(
    expect.arrayContaining(Object.keys(notInCloudWatch)),
  );
});

it('every alarm reads metrics that the functions wrote, of no unit, or that AWS or its log has', () => {
  const alarms = Object.values(service.resources).filter(
    ({ Type }) => Type === 'AWS::CloudWatch::Alarm',
  );
  expect(alarms).toHaveLength(13);
  for (const { Properties } of alarms) {
    for (const { Metric, Unit } of metricsOf(Properties as Alarm)) {
      const { Namespace, MetricName, Dimensions } = Metric;
      if (Namespace.startsWith('AWS/')) {
        expect(awsHasMetric(Namespace, MetricName), MetricName).toBe(true);
        continue;
      }
      if (isFiltered(Namespace, MetricName)) continue;
      const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
      expect(wasWritten(Namespace, MetricName, dimensions), MetricName).toBe(true);
      expect(Unit).toBeUndefined();
    }
  }
});

describe('API Gateway', () => {
  it('is watched for server errors and for silence, by its own name', () => {
    const api = service.resources['ApiGatewayRestApi']?.Properties['Name'];
    for (const name of ['GatewayErrors', 'NoTraffic']) {
      const [{ Metric } = expect.fail(name)] = metricsOf(alarm(name));
      expect(Metric.Dimensions).toEqual([
        { Name: 'ApiName', Value: api },
        { Name: 'Stage', Value: 'prod' },
      ]);
    }
    expect(alarm('GatewayErrors')).toMatchObject({
      Threshold: 5,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
  });

  it('is watched for refusals, which it counts in its access log', () => {
    const { FilterPattern, LogGroupName, MetricTransformations } =
      service.resources['ThrottledRequests']?.Properties ?? {};
    expect(LogGroupName).toEqual({ Ref: 'ApiGatewayAccessLogGroup' });
    const [, field = '', value] = FilterPattern.match(/^\{ \$\.(\w+) = "(\d+)" \}$/) ?? [];
    expect(value).toBe('429');
    const { Format } = service.resources['ApiGatewayStage']?.Properties['AccessLogSetting'] ?? {};
    // As text, which the quotes in the pattern ask for.
    expect(JSON.parse(Format)[field]).toBe('$context.status');
    const [{ Metric } = expect.fail('no metric'), all] = metricsOf(alarm('GatewayThrottles'));
    const [made] = MetricTransformations;
    expect(Metric).toMatchObject({
      Namespace: made.MetricNamespace,
      MetricName: made.MetricName,
      Dimensions: [],
    });
    expect(all?.Metric.MetricName).toBe('Count');
  });

  it('is watched for silence, which is no data, for as long as the parameter says', () => {
    const { EvaluationPeriods, Metrics, ...rest } = alarm('NoTraffic');
    expect(rest).toMatchObject({
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      TreatMissingData: 'breaching',
    });
    expect(EvaluationPeriods * (Metrics[0]?.MetricStat?.Period ?? 0)).toBe(60 * 60);
  });
});

describe('the dashboard', () => {
  const body = () => String(service.resources['Dashboard']?.Properties['DashboardBody']);

  /** The graphs' metrics: namespace, name and dimensions, without how they are drawn. */
  function charted(): string[][] {
    const { widgets } = JSON.parse(body());
    return widgets.flatMap(({ properties }: { properties: { metrics?: unknown[][] } }) =>
      (properties.metrics ?? []).map((metric) => metric.filter((part) => typeof part === 'string')),
    );
  }

  /** What the graphs search for: metrics with a dimension whose values the model decides. */
  const searched = () =>
    [...body().matchAll(/SEARCH\('\{([^,]+),(\w+)\} MetricName=\\"(\w+)\\"'/g)].map(
      ([, namespace, dimension, name]) => ({ namespace, dimension, name }),
    );

  it('charts metrics that the functions wrote, or that AWS has', () => {
    for (const [namespace = '', name = '', ...dimensions] of charted()) {
      if (namespace === '') continue;
      if (namespace.startsWith('AWS/')) expect(awsHasMetric(namespace, name), name).toBe(true);
      else if (!isFiltered(namespace, name))
        expect(wasWritten(namespace, name, pairs(dimensions)), name).toBe(true);
    }
    for (const { namespace, dimension, name } of searched()) {
      const found = written.some(
        (metric) =>
          metric.namespace === namespace &&
          metric.name === name &&
          String(Object.keys(metric.dimensions)) === dimension,
      );
      expect(found, name).toBe(true);
    }
  });

  it('charts every metric that the functions write', () => {
    const names = new Set([
      ...charted().map(([, name]) => name),
      ...searched().map(({ name }) => name),
    ]);
    expect(written.filter(({ name }) => !names.has(name))).toEqual([]);
  });

  it('draws each alarm threshold', () => {
    for (const { alert } of twins) {
      const { ComparisonOperator, Threshold } = alarm(alert);
      if (ComparisonOperator !== 'GreaterThanThreshold' || alert === 'ValidationErrorBurst')
        continue;
      expect(body()).toContain(`"value":${Threshold}`);
    }
  });
});

/** Whether a metric is counted in the access log. */
function isFiltered(namespace: string, name: string): boolean {
  return Object.values(service.resources).some(
    ({ Type, Properties }) =>
      Type === 'AWS::Logs::MetricFilter' &&
      Properties['MetricTransformations'].some(
        (made: { MetricNamespace: string; MetricName: string }) =>
          made.MetricNamespace === namespace && made.MetricName === name,
      ),
  );
}

/** Whether a function wrote a metric, whatever the values of the dimensions that no request here has. */
function wasWritten(
  namespace: string,
  name: string,
  dimensions: Readonly<Record<string, string>>,
): boolean {
  return written.some(
    (metric) =>
      metric.namespace === namespace &&
      metric.name === name &&
      String(Object.keys(metric.dimensions)) === String(Object.keys(dimensions)),
  );
}

function pairs(list: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: list.length / 2 }, (_, index) => [list[index * 2], list[index * 2 + 1]]),
  );
}
