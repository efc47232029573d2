import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, describe, expect, it } from 'vitest';
import { freePort } from '../tools/freePort.ts';
import type { Report } from '../tools/load/report.ts';
import { byReason } from '../tools/load/serverCounts.ts';
import { root } from '../tools/root.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { eventually } from './eventually.ts';
import { startServer } from './localServer.ts';
import { scrape } from './scrape.ts';

const emulator = await startEmulator({ env: { IDLE_SECONDS: '2' } });
afterAll(() => emulator.stop());

/** What tells `npm run load` where an emulator is. */
function environmentOf({ url, metricsUrl, key }: Emulator): Record<string, string> {
  return { API_PORT: new URL(url).port, METRICS_PORT: new URL(metricsUrl).port, API_KEY: key };
}

/** Starts `npm run load` as npm does, for this emulator unless told otherwise. */
function start(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['tools/load/cli.ts', ...args], {
    cwd: root,
    env: {
      ...process.env,
      ...environmentOf(emulator),
      IDLE_SECONDS: '2',
      FORCE_COLOR: undefined,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    text.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    text.stderr += chunk;
  });
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, ...text }));
  return { child, ended };
}

async function load(args: readonly string[], env?: Record<string, string>) {
  return start(args, env).ended;
}

/** Runs with `--json`; gives the exit code and the report. */
async function loadReport(
  args: readonly string[],
  env?: Record<string, string>,
): Promise<{ code: number | null; report: Report }> {
  const { code, stdout, stderr } = await load([...args, '--json'], env);
  if (!stdout) throw new Error(stderr);
  return { code, report: JSON.parse(stdout) };
}

/** What the server has counted so far, of the functions that the generator asks. */
async function serverCounts() {
  const asked = 'function="(?:predict|batchPredict|labels)"';
  const status = (code: number) =>
    scrape(emulator, 'api_requests_total', new RegExp(`${asked}.*status="${code}"`));
  return {
    statuses: {
      200: await status(200),
      400: await status(400),
      413: await status(413),
      415: await status(415),
      422: await status(422),
    },
    requests: await scrape(emulator, 'api_requests_total', new RegExp(asked)),
    coldStarts: await scrape(emulator, 'lambda_cold_starts_total', new RegExp(asked)),
    rows: await scrape(emulator, 'model_predictions_total'),
    outOfDistribution: await scrape(emulator, 'model_out_of_distribution_total'),
    batches: await scrape(emulator, 'api_batch_size_count'),
  };
}

describe('npm run load', () => {
  it('reports exactly what the server counted', async () => {
    const { code, report } = await loadReport([
      ...['steady', 'labels', 'uniform', 'burst', 'outliers', 'bad', 'drift', 'batch'],
      ...['--count', '44', '--rate', '20', '--concurrency', '3'],
    ]);
    expect(report).toMatchObject({
      ok: true,
      interrupted: false,
      total: { sent: 44 * 8, answered: 44 * 8, lost: 0, failures: {}, unexpected: [] },
    });
    expect(code).toBe(0);

    const { statuses, rows, outOfDistribution, invoked, server } = report.total;
    expect(server?.refused).toEqual(byReason(() => 0));
    // The gateway answers these by itself: no function runs, and none counts them.
    const { 403: forbidden, 404: notFound, 405: wrongMethod, ...answeredByFunctions } = statuses;
    expect([forbidden, notFound, wrongMethod]).toEqual([6, 2, 2]);
    const counted = await serverCounts();
    expect(answeredByFunctions).toEqual(counted.statuses);
    expect({ invoked, ...server, rows, outOfDistribution }).toMatchObject({
      invoked: counted.requests,
      requests: counted.requests,
      coldStarts: counted.coldStarts,
      rows: counted.rows,
      outOfDistribution: counted.outOfDistribution,
    });
    expect(counted.batches).toBe(44 + 44);
    // Each label follows an answer: at most half are labels, and most, unless answers come late.
    const labels = await scrape(emulator, 'model_labels_total');
    const correct = await scrape(emulator, 'model_labels_total', /outcome="correct"/);
    expect(labels).toBeGreaterThan(0);
    expect(labels).toBeLessThanOrEqual(44 / 2);
    expect(correct).toBeGreaterThan(0.8 * labels);
    expect(counted.coldStarts).toBeGreaterThan(1);
    expect(outOfDistribution).toBeGreaterThan(44);
  });

  it('goes over the limits, and takes each refusal as promised and as counted', async () => {
    // Of its own, so that the first wave finds no instance; few, so that a slow machine can start them.
    // With a burst of 5 batches, so that there is room for one more than instances.
    const params = { burst: 50, predictConcurrency: 8, batchConcurrency: 4 };
    const few = await startEmulator({ params });
    const { code, report } = await loadReport(
      ['throttle', '--duration', '6', '--timeout', '60'],
      environmentOf(few),
    ).finally(few.stop);
    expect(report.total).toMatchObject({ lost: 0, failures: {}, unexpected: [] });
    const { statuses, invoked, server } = report.total;
    const { refused, requests } = server ?? expect.fail('no counts');
    expect(refused.rate + refused.burst).toBe(statuses[429]);
    expect(refused.reserved).toBe(statuses[502]);
    expect(Math.min(refused.rate, refused.burst, refused.reserved)).toBeGreaterThan(0);
    expect([refused.account, refused.scaling, refused.quota]).toEqual([0, 0, 0]);
    expect(requests).toBe(invoked);
    expect(code).toBe(0);
  });

  it('finds no instance after each idle gap', async () => {
    const { code, report } = await loadReport(['idle', '--count', '4', '--concurrency', '2']);
    expect(report.total).toMatchObject({ sent: 4, answered: 4, server: { coldStarts: 4 } });
    expect(code).toBe(0);
  });

  it('fails when an objective is missed, and says which', async () => {
    const { code, stdout } = await load([
      'steady',
      '--count',
      '3',
      '--max',
      '0.001',
      '--p50',
      '6e4',
    ]);
    expect(stdout).toMatch(/✘ max at most 0\.00 ms: .* in steady/);
    expect(stdout).toMatch(/✔ p50 at most 60\.0 s: .* in steady/);
    expect(code).toBe(1);
  });

  it('reports what was sent till then on Ctrl-C', async () => {
    const asked = /function="predict"/;
    const before = await scrape(emulator, 'api_requests_total', asked);
    // So slow that none waits for long, neither for a connection nor for an answer.
    const { child, ended } = start(['steady', '--duration', '600', '--rate', '1', '--json']);
    await eventually(async () => {
      const now = await scrape(emulator, 'api_requests_total', asked);
      if (now < before + 5) throw new Error(`${now - before} requests counted`);
      expect(await scrape(emulator, 'lambda_invocations_in_flight')).toBe(0);
    });
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    const report: Report = JSON.parse(stdout);
    const counted = (await scrape(emulator, 'api_requests_total', asked)) - before;
    expect(report).toMatchObject({
      interrupted: true,
      total: { sent: counted, answered: counted, lost: 0 },
    });
    expect(code).toBe(130);
  });

  it('says in one line that the key is wrong, and stops at once', async () => {
    const { code, stdout, stderr } = await load(['steady'], { API_KEY: 'wrong' });
    expect(stderr.trim().split('\n').at(-1)).toMatch(/^The server refuses the API key \(403\)\./);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('says in one line that there is no server', async () => {
    const port = String(await freePort());
    expect(await load(['steady'], { API_PORT: port })).toEqual({
      code: 2,
      stdout: '',
      stderr: `No server answers at http://127.0.0.1:${port}. Start one in another terminal: npm start\n`,
    });
  });

  it('refuses another machine, unless told otherwise', async () => {
    const { code, stderr } = await load(['steady', '--url', 'http://192.0.2.1']);
    expect(stderr).toMatch(/^192\.0\.2\.1 is not this machine\..*--allow-remote\.\n$/);
    expect(code).toBe(2);
  });

  it('fails when answers are lost, and ends in time', async () => {
    const silent = await startServer((request, response) => {
      if (request.url === '/') response.end('{"service":"lambdascope"}');
    });
    const { code, stdout } = await load([
      ...['steady', '--count', '3', '--timeout', '1', '--url', silent.origin],
      ...['--metrics', `${silent.origin}/metrics`],
    ]);
    expect(stdout).toContain('no answer in time ×3');
    expect(stdout).toContain('✘ 3 answers were lost.');
    expect(stdout).toContain('Cold starts are not known');
    expect(code).toBe(1);
    await silent.close();
  });

  it('writes plain text where there is no terminal', async () => {
    const { stdout, stderr } = await load(['steady', '--count', '3']);
    expect(stdout + stderr).not.toContain('\u001b');
    expect(stdout).toMatch(/^profile +sent +answered +lost +p50/);
  });
});
