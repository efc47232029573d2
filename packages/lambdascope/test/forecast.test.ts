import { execFile } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Check } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/temporaryFolder.ts';
import { root } from '../../../tools/root.ts';
import { poisson } from '../src/forecast/arrivals.ts';
import { type Document, documentSchema } from '../src/forecast/document.ts';
import { createUniform, exponential, fixed } from '../src/forecast/random.ts';
import { simulate } from '../src/forecast/simulate.ts';
import { together } from '../src/forecast/slice.ts';
import { readTrace } from '../src/forecast/trace.ts';
import { start, writeFiles } from './stranger.ts';

const folder = temporaryFolder();
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
const cli = join(root, 'packages/lambdascope/dist/cli.js');

/** Runs the command; gives its document, its text, or what it complains of. */
async function forecast(cwd: string, ...args: readonly string[]) {
  const run = await promisify(execFile)(process.execPath, [cli, 'forecast', ...args], {
    cwd,
  }).catch((error: { stdout: string; stderr: string }) => error);
  return run;
}

async function documentOf(cwd: string, ...args: readonly string[]): Promise<Document> {
  const { stdout, stderr } = await forecast(cwd, ...args, '--json');
  expect(stderr).toBe('');
  const document = JSON.parse(stdout);
  expect(Check(documentSchema, document)).toBe(true);
  return document;
}

/** Writes a file, and gives its path. */
function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

describe('in plain numbers', () => {
  const erlang =
    '--arrivals poisson --rate 50 --duration 4000 --service exponential --mean-ms 100 --cold-ms 0 --keep-alive 0 --concurrency 5 --seed 7'.split(
      ' ',
    );

  it('prints one document, the same for the same seed', async () => {
    const document = await documentOf(folder, ...erlang);
    const { refused_share, cold_share, instances_max, instances_mean, interval95 } = document;
    // Erlang B of 5 servers at a load of 5.
    const [low, high] = interval95.refused_share;
    expect(low).toBeLessThan(0.28487);
    expect(high).toBeGreaterThan(0.28487);
    expect(refused_share).toBeCloseTo(0.28487, 2);
    expect([cold_share, instances_max]).toEqual([1, 5]);
    expect(instances_mean).toBeCloseTo(5 * (1 - 0.28487), 1);
    expect(document.scenarios).toHaveLength(1);
    expect(await documentOf(folder, ...erlang)).toEqual(document);
  });

  it('prints a table', async () => {
    const { stdout } = await forecast(folder, ...erlang);
    expect(stdout).toMatch(/on demand +100 % +28\.\d %/);
    expect(stdout).toMatch(/cold start 0 ms +28\.\d–28\.\d %/);
  });

  it('prints on demand, provisioned and warm-up, and what is not known at both ends', async () => {
    const { scenarios, assumptions } = await documentOf(
      folder,
      ...'--rate 0.01 --provisioned 2 --warm-up --cold-ms 100-400'.split(' '),
    );
    expect(
      scenarios.map((one) => [one.scenario, one.keep_alive_seconds, one.cold_start_ms]),
    ).toEqual(
      ['on demand', '1 provisioned', '2 provisioned', 'warm-up'].flatMap((name) => [
        [name, 300, 400],
        [name, 3600, 100],
      ]),
    );
    const cold = scenarios.map(({ cold_share }) => cold_share ?? Number.NaN);
    const [demand = 0, , one = 0, , two = 0, , warm = 0] = cold;
    expect(demand).toBeGreaterThan(0.04);
    expect(one).toBeLessThan(demand / 10);
    expect(two).toBeLessThanOrEqual(one);
    expect(warm).toBeLessThan(demand / 10);
    const dollars = scenarios.map((scenario) => scenario.dollars['provisioned']);
    // 730 hours of one GB.
    expect(dollars[2]).toBeGreaterThan(730 * 3600 * 0.0000041667);
    expect(dollars[0]).toBe(0);
    expect(assumptions).toEqual(['a warm request takes 100 ms (--mean-ms, --service).']);
  });

  it.each([
    [['--rate', 'many'], '--rate many'],
    [['--arrivals', 'none'], 'poisson'],
    [['--keep-alive', '60-5'], '--keep-alive 60-5'],
    [['--trace', 'nowhere.csv'], 'nowhere.csv'],
    [['--nonsense'], '--nonsense'],
  ])('names what makes no sense: %s', async (args, named) => {
    const { stderr } = await forecast(folder, ...args);
    expect(stderr).toContain(named);
    expect(stderr).not.toContain('    at ');
  });

  it('draws a page that needs nothing else', async () => {
    const chart = join(folder, 'chart.html');
    await forecast(folder, '--rate', '0.5', '--chart', chart);
    const page = readFileSync(chart, 'utf8');
    expect(page).not.toMatch(/(src|href)=/);
    const [, json = ''] = /<script type="application\/json">(.*?)<\/script>/.exec(page) ?? [];
    const [first] = JSON.parse(json);
    expect(first.at).toHaveLength(240);
    expect(first.at.at(-1)).toBeCloseTo(86_400 - 360);
    expect(first.latencies).toHaveLength(3);
    expect(Math.max(...first.instances[1])).toBeGreaterThan(0);
  });
});

describe('a recorded trace', () => {
  it('is arrivals, with durations', async () => {
    const trace = file('trace.csv', 'at,took\n0,500\n0.1,500\n1,100\n5,100\n');
    const args = ['--trace', trace, '--keep-alive', '2', '--cold-ms', '0'];
    const { requests, cold_share, instances_max, latency_ms, assumptions } = await documentOf(
      folder,
      ...args,
    );
    expect(assumptions).toEqual([]);
    // 20 runs of it.
    expect([requests, cold_share, instances_max]).toEqual([80, 3 / 4, 2]);
    expect(latency_ms.p99).toBeCloseTo(500, -1);
  });

  it('is counts by minute, as Azure published them', async () => {
    const minutes = Array.from({ length: 1440 }, (_, i) => i + 1);
    const header = ['HashOwner', 'HashApp', 'HashFunction', 'Trigger', ...minutes].join(',');
    const row = (hash: string, count: number) =>
      ['o', 'a', hash, 'http', ...minutes.map(() => count)].join(',');
    const trace = file('azure.csv', [header, row('f1', 2), row('f2', 3), ''].join('\n'));
    expect(readTrace(trace)).toMatchObject({ requests: 5 * 1440, seconds: 86_400 });
    expect(readTrace(trace, 'f2')).toMatchObject({ requests: 3 * 1440 });
    expect(() => readTrace(trace, 'f3')).toThrow('f3');
    const { requests } = await documentOf(folder, '--trace', trace, '--row', 'f1');
    expect(requests).toBe(20 * 2 * 1440);
  });

  it.each([
    ['goes back', '1\n0.5\n', 'back.csv:2'],
    ['has words', '1\nlater\n', 'words.csv:2'],
    ['is empty', 'at\n', 'no arrivals'],
    ['knows half of the durations', '1,5\n2\n', 'not of others'],
  ])('that %s is refused', (_, content, named) => {
    const name = named.includes(':') ? (named.split(':')[0] ?? '') : 'trace.csv';
    expect(() => readTrace(file(name, content))).toThrow(named);
  });
});

describe('a service', () => {
  const serverless = {
    service: 'shop',
    provider: { name: 'aws', runtime: 'nodejs24.x', region: 'eu-central-1', architecture: 'arm64' },
    plugins: ['lambdascope', 'serverless-offline'],
    custom: { 'serverless-offline': { terminateIdleLambdaTime: 1 } },
    functions: {
      nightly: { handler: 'handler.hold', events: [{ schedule: 'rate(1 day)' }] },
      hold: {
        handler: 'handler.hold',
        memorySize: 512,
        events: [{ httpApi: 'GET /hold' }],
      },
    },
  };
  const handler = `export const hold = ({ queryStringParameters: { ms } }) =>
    new Promise((resolve) => setTimeout(() => resolve({ statusCode: 200 }), Number(ms)));`;

  /** What `lambdascope coldstart` writes. */
  const coldStartsOf = (low: number, high: number) =>
    JSON.stringify({ functions: { hold: { coldMillis: 60, expectedAwsMillis: { low, high } } } });

  async function makeService(name: string, hold: object = {}): Promise<string> {
    const path = join(folder, name);
    const { functions } = serverless;
    const service = {
      ...serverless,
      functions: { ...functions, hold: { ...functions.hold, ...hold } },
    };
    await writeFiles(path, { 'serverless.yml': service, 'handler.mjs': handler });
    return path;
  }

  it('has its limits, sizes and prices, and what was measured of it', async () => {
    const path = await makeService('sizes', { reservedConcurrency: 7 });
    await writeFiles(path, { '.lambdascope/coldstart.json': coldStartsOf(180, 320) });
    const metrics = createServer((_, response) =>
      response.end(
        [
          ['0.1', 'false', 50],
          ['0.2', 'false', 100],
          ['+Inf', 'false', 100],
          ['9', 'true', 100],
        ]
          .map(
            ([le, cold, count]) =>
              `api_request_latency_seconds_bucket{function="hold",cold_start="${cold}",le="${le}"} ${count}`,
          )
          .join('\n'),
      ),
    ).listen(0);
    const { port } = metrics.address() as AddressInfo;
    const measured = ['--service', `http://localhost:${port}/metrics`];
    const document = await documentOf(path, '--rate', '100', '--duration', '600', ...measured);
    metrics.close();
    expect(document).toMatchObject({ function: 'hold', assumptions: [], cold_start_ms: 320 });
    expect(document.scenarios.map(({ scenario }) => scenario)).toEqual(
      ['on demand', '1 provisioned', '2 provisioned', '3 provisioned', 'warm-up'].flatMap(
        (name) => [name, name],
      ),
    );
    // 100 a second of 100 ms are 10 at once.
    expect(document.instances_max).toBe(7);
    expect(document.refused_share).toBeGreaterThan(0.2);
    expect(document.latency_ms.p50).toBeCloseTo(100, -1);
    const { api, metrics: ofMetrics, duration } = document.dollars;
    expect(api).toBeCloseTo(((100 * 730 * 3600) / 1e6) * 1.2, -1);
    expect(ofMetrics).toBeGreaterThan(0);
    const seconds = 100 * 730 * 3600 * (1 - (document.refused_share ?? 0)) * 0.1;
    expect((duration ?? 0) / (seconds * 0.5 * 0.0000133334)).toBeCloseTo(1, 1);
  });

  it('has the cold starts that a file says', async () => {
    const path = await makeService('measured');
    const coldStarts = file('cold.json', coldStartsOf(200, 300));
    const document = await documentOf(path, '--rate', '0.01', '--cold-starts', coldStarts);
    expect(document.cold_start_ms).toBe(300);
  });

  it('is asked for by name, and names those that there are', async () => {
    const path = await makeService('named');
    expect((await forecast(path, '-f', 'nothing')).stderr).toContain('nightly, hold');
  });

  it('that runs in the emulator has as many cold starts as are forecast', async () => {
    const service = await start(await makeService('emulated'));
    const uniform = createUniform(7);
    const { next } = poisson(4, 25).arrivals(uniform);
    const hold = exponential(0.15)(uniform);
    const sent: number[] = [];
    const answers: Promise<number>[] = [];
    const began = performance.now();
    for (let due = next(); due < 25; due = next()) {
      await pause(Math.max(0, due * 1000 - (performance.now() - began)));
      sent.push((performance.now() - began) / 1000);
      answers.push(service.ask(`/hold?ms=${hold() * 1000}`));
    }
    for (const status of await Promise.all(answers)) expect(status).toBe(200);
    const seen = await service.seen();
    const counted = seen.of('lambda_cold_starts_total')['hold'];
    const [inits = 0, seconds = 0] = ['count', 'sum'].map(
      (part) => seen.of(`lambda_init_duration_seconds_${part}`)['hold'],
    );
    expect(await service.stop()).toBe(0);
    const settings = {
      traffic: readTrace(file('sent.csv', sent.join('\n'))),
      service: exponential(0.15),
      coldStart: fixed(seconds / inits),
      keepAlive: 1,
      lookEvery: 1,
      takes: 'oldest',
      concurrency: Number.POSITIVE_INFINITY,
      growth: Number.POSITIVE_INFINITY,
      provisioned: 0,
      pingEvery: Number.POSITIVE_INFINITY,
    } as const;
    const runs = Array.from({ length: 100 }, (_, seed) => together(simulate(settings, seed)).cold);
    runs.sort((one, other) => one - other);
    // In 95 of 100 runs it is between these.
    expect(counted).toBeGreaterThanOrEqual(runs[2] ?? Number.NaN);
    expect(counted).toBeLessThanOrEqual(runs[97] ?? Number.NaN);
  });
});
