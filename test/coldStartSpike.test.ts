/** Whether a burst of cold starts among many warm requests jumps to the eye on the dashboard, and is true there. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { metrics } from 'lambdascope/builtInMetrics';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyGatedService, type GatedService, sendWarm } from './coldBurst.ts';
import { annotationQueries, dashboardTitled, panelTitled, targetsOf } from './dashboards.ts';
import type { Emulator } from './emulator.ts';
import { eventually } from './eventually.ts';
import { expectSuccess } from './expectSuccess.ts';
import { fillIn } from './grafanaVariables.ts';
import { type MonitoredEmulator, startMonitoredEmulator } from './monitoredEmulator.ts';
import { type AnsweredSeries, type PrometheusClient, STEP_SECONDS } from './prometheusClient.ts';
import { scrape } from './scrape.ts';
import { missing } from './servers.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const BURST = 16;
/** So many that the burst, and the first of these, are under 5 % of all. */
const WARM = 400;

const dashboard = dashboardTitled('Cold starts');
const [marks] = annotationQueries(dashboard);

const SPIKE = 'Slowest requests, and cold starts';
/** The function that is chosen on the dashboard. */
const CHOSEN = { function: 'health' };

/** A query of a panel, by what its legend says. */
function query(title: string, legend: string): string {
  const targets = targetsOf(panelTitled(dashboard, title));
  const target = targets.find(({ legendFormat }) => legendFormat === legend);
  if (target === undefined) throw new Error(`no ${legend} in ${title}`);
  return fillIn(target.expr, CHOSEN);
}

describe.skipIf(missing('prometheus', 'prometheus-pushgateway'))(
  `${BURST} cold starts among ${WARM} warm requests`,
  () => {
    let monitored: MonitoredEmulator | undefined;
    let service: GatedService;
    let emulator: Emulator;
    let prometheus: PrometheusClient;
    /** The slowest, as the aggregator had it when all were answered. */
    let slowest: number;
    /** What the slowest client waited. */
    let longestWait: number;
    /** Before the traffic, in milliseconds of Unix time. */
    let began: number;

    beforeAll(async () => {
      service = await copyGatedService();
      monitored = await startMonitoredEmulator({
        cwd: service.folder,
        env: { IDLE_SECONDS: '600', LIMITS: 'false' },
      });
      ({ emulator, prometheus } = monitored);

      const coldStarts = async () => {
        const series = `${metrics.coldStarts.name}{function="${CHOSEN.function}"}`;
        return (await prometheus.now(series))[0]?.values[0];
      };
      await eventually(async () => expect(await coldStarts()).toBe(0));

      began = Date.now();
      await sendWarm(emulator, WARM);
      longestWait = Math.max(...(await service.burst(emulator, BURST)));
      slowest = await scrape(emulator, metrics.slowest.name, /"health".*"true"/);
      await eventually(async () => expect(await coldStarts()).toBe(BURST));
      const scrapedBy = Date.now() / 1000;
      await eventually(async () => {
        const { times } = await drawn(query(SPIKE, 'cold starts'));
        expect(times.at(-1)).toBeGreaterThan(scrapedBy);
      });
    });

    afterAll(async () => {
      await monitored?.stop();
      await service?.remove();
    });

    /** What the dashboard has drawn of a query since before the traffic. */
    function lines(expression: string): Promise<readonly AnsweredSeries[]> {
      return prometheus.lately(expression, (Date.now() - began) / 1000);
    }

    /** What the dashboard draws of a query; at times without a value there is a gap. */
    async function drawn(expression: string): Promise<AnsweredSeries> {
      const [only, ...others] = await lines(expression);
      if (only === undefined || others.length > 0) throw new Error('expected one line');
      return only;
    }

    it('are too few for the p95', async () => {
      const cold = await scrape(emulator, 'lambda_cold_starts_total');
      expect(cold / (await scrape(emulator, 'api_requests_total'))).toBeLessThan(0.05);
    });

    it.each([
      [SPIKE, 'cold starts'],
      ['Cold starts by function', '{{function}}'],
    ])('are each counted once (%s)', async (title, legend) => {
      const counts = (await lines(query(title, legend))).flatMap(({ values }) => values);
      expect(counts.every(Number.isInteger)).toBe(true);
      expect(sum(counts)).toBe(BURST);
    });

    it('show how long the slowest took, at the time when they are counted', async () => {
      const bars = await drawn(query(SPIKE, 'cold starts'));
      const cold = await drawn(query(SPIKE, 'cold, slowest'));
      expect(Math.max(...cold.values)).toBe(slowest);
      expect(slowest).toBeLessThanOrEqual(longestWait);
      const sumOfAll = await scrape(
        emulator,
        'api_request_latency_seconds_sum',
        /"health".*"true"/,
      );
      expect(slowest).toBeGreaterThanOrEqual(sumOfAll / BURST);
      expect(cold.times[0]).toBe(bars.times[bars.values.findIndex((count) => count > 0)]);
    });

    it('are marked once, where they began', async () => {
      const bars = await drawn(query(SPIKE, 'cold starts'));
      const mark = await drawn(fillIn(marks?.expression ?? '', CHOSEN));
      expect(mark.labels['function']).toBe('health');
      expect(mark.times[0]).toBe(bars.times[bars.values.findIndex((count) => count > 0)]);
      // Grafana makes a region of two that follow one another.
      const gaps = mark.times.slice(1).map((time, index) => time - (mark.times[index] ?? 0));
      expect(gaps.every((gap) => gap > STEP_SECONDS)).toBe(true);
    });

    it('are gone from the line when they are no longer of late', async () => {
      await eventually(async () => {
        const bars = await drawn(query(SPIKE, 'cold starts'));
        const cold = await drawn(query(SPIKE, 'cold, slowest'));
        expect(cold.times.at(-1)).toBeLessThan(bars.times.at(-1) ?? 0);
      });
    });
  },
);

describe.skipIf(missing('promtool'))('cold starts in one step after the other', () => {
  const folder = temporaryFolder();

  it.each([
    ['are counted in the step of each', query(SPIKE, 'cold starts'), [0, 3, 2, 0, 1, 0, 2]],
    [
      'are marked at the first',
      fillIn(marks?.expression ?? '', CHOSEN),
      [undefined, 3, undefined, undefined, 1, undefined, 2],
    ],
  ])('%s', (_what, expression, expected) => {
    const file = join(folder, 'test.yml');
    // A restart comes before the last two.
    const values = [0, 0, 3, 5, 5, 6, 0, 2];
    const series = `${metrics.coldStarts.name}{function="health"}`;
    const labels = expression.startsWith('sum by') ? '{function="health"}' : '{}';
    const promql_expr_test = Array.from(expected, (value, step) => ({
      expr: expression,
      // Between two scrapes, as nearly always.
      eval_time: `${(step + 1) * STEP_SECONDS + 2}s`,
      exp_samples: value === undefined ? [] : [{ labels, value }],
    }));
    const test = {
      interval: `${STEP_SECONDS}s`,
      input_series: [{ series, values: values.join(' ') }],
      promql_expr_test,
    };
    writeFileSync(file, JSON.stringify({ evaluation_interval: '5s', tests: [test] }));
    expectSuccess('promtool', 'test', 'rules', file);
  });
});

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
