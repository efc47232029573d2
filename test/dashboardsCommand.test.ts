/** `lambdascope dashboards`, for a service that is not this one. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from '../tools/root.ts';
import { violations } from './aws/specification.ts';
import { annotationQueries, panelQueries, panelTitled, targetsOf } from './dashboards.ts';
import { expectSuccess } from './expectSuccess.ts';
import { expectAlertRules, expectDashboard, expectPanels, expectQueries } from './grafanaSchema.ts';
import { fillIn } from './grafanaVariables.ts';
import { selectedMetrics } from './promqlMetrics.ts';
import { missing } from './servers.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const SERVERLESS = `
service: shop
provider:
  name: aws
  runtime: nodejs24.x
  region: eu-west-1
  environment:
    AWS_EMF_NAMESPACE: shop-\${sls:stage}
functions:
  hello: { handler: hello.handler, events: [{ httpApi: GET /hello }] }
  take-order: { handler: hello.handler, events: [{ http: { method: post, path: orders } }] }
  nightly: { handler: hello.handler, events: [{ schedule: rate(1 day) }] }
  helper: { handler: hello.handler }
plugins: [lambdascope, serverless-offline]
package: { patterns: ['!**', hello.js] }
custom:
  lambdascope:
    prefix: corner-shop
    metrics: metrics.ts
    thresholds:
      meanLatency: { seconds: 2, windowSeconds: 90 }
      latency: { withinSeconds: 0.25 }
`;

const METRICS = `
import { defineMetrics } from 'lambdascope/metrics';

export const metrics = defineMetrics({
  orders: {
    name: 'orders_total', kind: 'counter', labels: ['country'], help: 'Orders taken, by country.',
    known: [{ country: 'NL' }, { country: 'BE' }],
    panel: { title: 'Orders', show: 'share' },
    cloudWatch: { dimensions: [['country'], ['function']] },
  },
  refused: {
    name: 'orders_refused_total', kind: 'counter', help: 'Orders without stock.',
    known: [{ function: 'take-order' }],
    panel: { title: 'Refused', show: 'ratio', of: 'orders_total' },
  },
  lines: {
    name: 'order_lines', kind: 'histogram', buckets: [1, 2, 5], help: 'Lines of an order.',
    panel: { title: 'Lines', show: 'quantiles', quantiles: [0.5, 0.999] },
  },
  stock: {
    name: 'stock_items', kind: 'gauge', labels: ['shelf'], help: 'Items on a shelf.',
    panel: { title: 'Stock', show: 'level' },
  },
  visits: {
    name: 'visits_total', kind: 'counter', help: 'Visitors.', panel: { title: 'Visits', show: 'rate' },
  },
  info: {
    name: 'shop_info', kind: 'gauge', labels: ['version'], help: 'Which shop this is.',
    constants: [{ labels: { version: '1' }, value: 1 }],
    panel: { title: 'Shop', show: 'info' },
    cloudWatch: 'constant',
  },
});
`;

const folder = temporaryFolder();

/** A service in a folder of its own. */
function makeService(name: string, serverless: string): string {
  const service = join(folder, name);
  mkdirSync(service);
  const files = {
    'package.json': '{ "name": "shop", "type": "module" }',
    'hello.js': 'export const handler = async () => ({ statusCode: 200 });',
    'metrics.ts': METRICS,
    'serverless.yml': serverless,
  };
  for (const [file, content] of Object.entries(files)) writeFileSync(join(service, file), content);
  symlinkSync(join(root, 'node_modules'), join(service, 'node_modules'));
  return service;
}

function run(cwd: string, ...args: readonly string[]) {
  const cli = join(root, 'packages/lambdascope/dist/cli.js');
  return spawnSync(process.execPath, [cli, ...args], { cwd, encoding: 'utf8' });
}

describe('the files', () => {
  let service: string;
  const read = (path: string) => readFileSync(join(service, 'out', path), 'utf8');
  const dashboards = () =>
    readdirSync(join(service, 'out/grafana/dashboards')).map(
      (file): Dashboard => JSON.parse(read(join('grafana/dashboards', file))),
    );
  const dashboard = (name: string) =>
    dashboards().find(({ uid }) => uid === `corner-shop-${name}`) ?? expect.fail(name);

  beforeAll(() => {
    service = makeService('shop', SERVERLESS);
    const { status, stdout, stderr } = run(service, 'dashboards', '--out', 'out');
    expect(status, stderr).toBe(0);
    for (const line of stdout.trim().split('\n')) expect(line).toMatch(/^wrote out\//);
  });

  it.skipIf(missing('promtool'))('are rules that promtool takes', () => {
    const rules = readdirSync(join(service, 'out/prometheus/rules'));
    expect(rules.sort()).toEqual([
      'alerts.yml',
      'objectives-demo.yml',
      'objectives-real.yml',
      'recordings.yml',
    ]);
    for (const file of rules) {
      const path = join(service, 'out/prometheus/rules', file);
      expectSuccess('promtool', 'check', 'rules', '--lint=all', '--lint-fatal', path);
    }
  });

  it("are rules with the service's own thresholds", () => {
    const { groups } = parse(read('prometheus/rules/alerts.yml'));
    const alert = groups[0].rules[0];
    expect(alert.expr).toBe('function:api_request_latency_seconds:mean90s > 2');
    // Rules have no variables.
    expect(read('prometheus/rules/recordings.yml')).not.toContain('$');
    expect(read('prometheus/rules/objectives-real.yml')).toContain('le="0.25"');
    // There is no page of the service that says what to do.
    expect(read('prometheus/rules/alerts.yml')).not.toContain('runbook');
  });

  it('are dashboards that Grafana takes, whose queries Prometheus takes', () => {
    expect(dashboards().map(({ uid }) => uid)).toEqual(
      ['cold-starts', 'latency', 'metrics', 'overview', 'resources'].map(
        (name) => `corner-shop-${name}`,
      ),
    );
    for (const one of dashboards()) {
      expectDashboard(one);
      expectPanels(one);
      expectQueries(one);
      for (const { expression } of [...panelQueries(one), ...annotationQueries(one)]) {
        expect(selectedMetrics(fillIn(expression))).not.toEqual([]);
      }
    }
  });

  it("are alerts of Grafana's", () => {
    const file = parse(read('grafana/provisioning/alerting/rules.yaml'));
    expectAlertRules(file);
    const [rule] = file.groups[0].rules;
    const latency = dashboard('latency');
    expect(rule.dashboardUid).toBe(latency.uid);
    expect(latency.panels?.find(({ id }) => id === rule.panelId)?.title).toBe(
      'Mean, median, p95 and p99',
    );
  });

  it('show the metrics that the service defines', () => {
    const queries = (title: string) =>
      targetsOf(panelTitled(dashboard('metrics'), title)).map(({ expr, legendFormat }) => [
        legendFormat,
        fillIn(expr),
      ]);
    const everyone = '{function=~".+"}';
    const rate = (name: string, by = '') => `sum${by}(rate(${name}${everyone}[1m]))`;
    const byCountry = rate('orders_total', ' by (country) ');
    const byFunction = (name: string) => rate(name, ' by (function) ');
    expect(queries('Shop')).toEqual([['{{version}}', 'shop_info']]);
    expect(queries('Orders')).toEqual([
      ['{{country}}', `${byCountry} / on () group_left () (${rate('orders_total')} > 0)`],
    ]);
    expect(queries('Refused')).toEqual([
      [
        '{{function}}',
        `${byFunction('orders_refused_total')} / (${byFunction('orders_total')} > 0)`,
      ],
    ]);
    expect(queries('Lines').map(([legend]) => legend)).toEqual([
      'mean, {{function}}',
      'median, {{function}}',
      'p99.9, {{function}}',
    ]);
    expect(queries('Stock')).toEqual([
      ['{{function}} {{shelf}}', `sum by (function, shelf) (stock_items${everyone})`],
    ]);
    expect(queries('Visits')).toEqual([['{{function}}', byFunction('visits_total')]]);
  });

  it('colour functions and known values in their order', () => {
    const colours = (panel: ReturnType<typeof panelTitled>) =>
      panel.fieldConfig?.overrides.map(({ matcher, properties }) => [
        String(matcher.options),
        properties[0]?.value,
      ]);
    const byFunction = colours(panelTitled(dashboard('overview'), 'Requests by function'));
    expect(byFunction).toEqual([
      ['/(^|\\W)hello(\\W|$)/', { mode: 'fixed', fixedColor: 'blue' }],
      ['/(^|\\W)take-order(\\W|$)/', { mode: 'fixed', fixedColor: 'green' }],
      ['/(^|\\W)nightly(\\W|$)/', { mode: 'fixed', fixedColor: 'yellow' }],
    ]);
    expect(
      colours(panelTitled(dashboard('metrics'), 'Orders'))?.map(([, value]) => value),
    ).toMatchObject([{ fixedColor: 'purple' }, { fixedColor: 'green' }]);
  });

  it('are a fragment that becomes a part of the stack', () => {
    const { Resources } = JSON.parse(read('cloudwatch.json'));
    const text = JSON.stringify(Resources);
    // Whose stage and region they are is the stack's to say.
    expect(text).not.toContain('eu-west-1');
    expect(text).not.toContain('shop-dev-');
    writeFileSync(
      join(service, 'serverless.yml'),
      `${SERVERLESS}\nresources: \${file(out/cloudwatch.json)}\n`,
    );
    const osls = join(root, 'node_modules/serverless/bin/serverless.js');
    const args = [osls, 'package', '--package', 'package'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: service,
      encoding: 'utf8',
    });
    expect(status, stdout + stderr).toBe(0);
    const template = JSON.parse(
      readFileSync(join(service, 'package/cloudformation-template-update-stack.json'), 'utf8'),
    );
    expect(template.Resources).toMatchObject(Resources);
    expect(violations(template.Resources)).toEqual([]);
  });

  it('are alarms on the functions and a dashboard of them', () => {
    const { Resources } = JSON.parse(read('cloudwatch.json'));
    const { Metrics, Threshold } = Resources.MeanLatencyHighAlarm.Properties;
    expect(Threshold).toBe(2);
    expect(Metrics.at(-1).Expression).toBe('MAX([v0, v1, v2])');
    // Of 90 seconds: CloudWatch has whole minutes.
    expect(Metrics[0].MetricStat).toEqual({
      Metric: {
        Namespace: 'shop-dev',
        MetricName: 'api_request_latency_seconds',
        Dimensions: [{ Name: 'function', Value: 'hello' }],
      },
      Stat: 'Average',
      Period: 120,
    });
    // Cold starts are written only where there are any; no requests stay no value.
    expect(Resources.ColdStartShareHighAlarm.Properties.Metrics.at(-1).Expression).toContain(
      'IF(n0 >= 20, FILL(v0, 0) / n0, 0)',
    );
    const errors = JSON.stringify(Resources.FunctionErrorsAlarm);
    for (const id of ['Hello', 'TakeDashorder', 'Nightly', 'Helper']) {
      expect(errors).toContain(`{"Ref":"${id}LambdaFunction"}`);
    }
    const pieces: (string | { Ref: string })[] =
      Resources.Dashboard.Properties.DashboardBody['Fn::Join'][1];
    const body = pieces.map((piece) => (typeof piece === 'string' ? piece : piece.Ref)).join('');
    const { widgets } = JSON.parse(body);
    const own = JSON.stringify(widgets);
    for (const name of ['orders_total', 'orders_refused_total', 'order_lines', 'stock_items']) {
      expect(own).toContain(name);
    }
    expect(own).not.toContain('shop_info');
    // Of the only function that can refuse.
    expect(own).toContain('"FILL(part0, 0) / whole0"');
    expect(own).not.toContain('part1');
    expect(own).toContain("SEARCH('{shop-dev,country} MetricName");
  });
});

it('makes more alarms where one may not read so many metrics', () => {
  const functions = Array.from(
    { length: 12 },
    (_, index) => `  f${index}: { handler: hello.handler, events: [{ httpApi: GET /${index} }] }`,
  );
  const service = makeService(
    'many',
    `service: many\nprovider: { name: aws, runtime: nodejs24.x }\nfunctions:\n${functions.join('\n')}\n`,
  );
  expect(run(service, 'dashboards', '--out', 'out').status).toBe(0);
  const { Resources } = JSON.parse(readFileSync(join(service, 'out/cloudwatch.json'), 'utf8'));
  const inputs = Object.keys(Resources)
    .filter((id) => /^P95LatencyHigh\d*Alarm$/.test(id))
    .map((id) => Resources[id].Properties.Metrics.length - 1);
  expect(inputs).toEqual([10, 10, 4]);
  // Without metrics of its own, it has no dashboard of them.
  expect(readdirSync(join(service, 'out/grafana/dashboards'))).toHaveLength(4);
});

describe('what cannot be', () => {
  it.each([
    ['an unknown threshold', 'thresholds: { meanLatencey: { seconds: 1 } }', 'meanLatencey'],
    ['an unknown figure', 'thresholds: { meanLatency: { secs: 1 } }', 'secs'],
    [
      'a latency that no bucket ends at',
      'thresholds: { latency: { withinSeconds: 0.3 } }',
      'withinSeconds',
    ],
    ['a module that is not there', 'metrics: nowhere.ts', 'nowhere.ts'],
    ['a name that is too long', `prefix: ${'a'.repeat(40)}`, 'custom.lambdascope.prefix'],
  ])('is named: %s', (what, option, named) => {
    const service = makeService(
      what.replaceAll(' ', '-'),
      `service: shop\nprovider: { name: aws, runtime: nodejs24.x }\nfunctions: {}\ncustom: { lambdascope: { ${option} } }\n`,
    );
    const { status, stderr } = run(service, 'dashboards', '--out', 'out');
    expect(status).toBe(1);
    expect(stderr).toContain(named);
    expect(stderr).not.toContain('    at ');
  });

  it.each([
    ['no command', []],
    ['an unknown command', ['dashboard']],
    ['an unknown option', ['dashboards', '--outt', 'out']],
    ['no folder', ['dashboards']],
    ['a folder without a service', ['dashboards', '--out', 'out']],
  ])('ends with 1: %s', (_, args) => {
    const { status, stderr } = run(folder, ...args);
    expect(status).toBe(1);
    expect(stderr).not.toContain('    at ');
    expect(stderr.length).toBeGreaterThan(10);
  });

  it('tells how it is used', () => {
    const { status, stdout } = run(folder, '--help');
    expect(status).toBe(0);
    expect(stdout).toContain('--out DIR');
  });
});
