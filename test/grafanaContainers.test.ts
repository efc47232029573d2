/** The panels about containers, on a real Prometheus that scrapes what cAdvisor writes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUSY_PROCESSORS, startCadvisorSamples } from './cadvisorSamples.ts';
import { committedDashboards, panelQueries } from './dashboards.ts';
import { eventually } from './eventually.ts';
import { fillIn } from './grafanaVariables.ts';
import { startProgram } from './program.ts';
import { type AnsweredSeries, prometheusClient } from './prometheusClient.ts';
import { missing } from './servers.ts';

const queries = committedDashboards()
  .flatMap(panelQueries)
  .filter(({ expression }) => /\bcontainer[_:]/.test(expression));

describe.skipIf(missing('prometheus'))('containers', () => {
  const running: { stop(): void | Promise<void> }[] = [];
  const urls = new Map<boolean, string>();

  beforeAll(async () => {
    for (const withNames of [true, false]) {
      const cadvisor = await startCadvisorSamples({ withNames });
      running.push(cadvisor);
      const prometheus = await startProgram('prometheus', { 'cadvisor:8080': cadvisor.address });
      running.push(prometheus);
      urls.set(withNames, prometheus.url);
    }
  });

  afterAll(async () => {
    for (const each of running.reverse()) await each.stop();
  });

  describe.each([
    { form: 'with names', withNames: true, api: 'lambdascope-api-1', shown: ['lambdascope-api-1'] },
    {
      form: 'without names',
      withNames: false,
      api: 'a1b2c3d4e5f6',
      shown: ['a1b2c3d4e5f6', 'b2c3d4e5f607', 'c3d4e5f60718'],
    },
  ])('$form', ({ withNames, api, shown }) => {
    /** What the query at a place, `panel / refId`, gives now. */
    async function answer(place: string): Promise<readonly AnsweredSeries[]> {
      const query = queries.find((each) => each.place.endsWith(place));
      if (query === undefined) throw new Error(`no query ${place}`);
      // Short, so that the window is soon full of samples.
      const expression = fillIn(query.expression, { interval: '15s' });
      return prometheusClient(urls.get(withNames) ?? '').now(expression);
    }

    async function ofApi(place: string): Promise<number | undefined> {
      const found = (await answer(place)).find(({ labels }) => labels['container'] === api);
      return found?.values[0];
    }

    it('every query has a value', async () => {
      expect(queries).toHaveLength(6);
      for (const { place } of queries) {
        await eventually(async () => expect(await answer(place), place).not.toEqual([]));
      }
    });

    it('the API is shown, or every container when names are missing', async () => {
      const containers = (await answer('CPU / A')).map(({ labels }) => labels['container']);
      expect(containers.sort()).toEqual(shown);
    });

    it('processors are counted, and their share of the limit', async () => {
      await eventually(async () => expect(await ofApi('CPU / A')).toBeCloseTo(BUSY_PROCESSORS, 2));
      expect(await ofApi('CPU / B')).toBeCloseTo(0.5, 6);
      expect(await ofApi('CPU, share of its limit / A')).toBeGreaterThan(0);
    });

    it('memory is counted, and its share of the limit', async () => {
      expect(await ofApi('Memory / A')).toBe(256 * 2 ** 20);
      expect(await ofApi('Memory / B')).toBe(2 ** 30);
      expect(await ofApi('Memory, share of its limit / A')).toBe(0.25);
    });
  });
});
