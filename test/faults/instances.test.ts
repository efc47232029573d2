import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyTroubledService, type ServiceCopy } from '../../tools/serviceCopy.ts';
import { type Emulator, startEmulator } from '../emulator.ts';
import { eventually } from '../eventually.ts';
import { scrape } from '../scrape.ts';

/** Of `serverless.yml`: what a request to `health` may take, in milliseconds. */
const TIME_LIMIT = 5000;

let copy: ServiceCopy;
let emulator: Emulator;

beforeAll(async () => {
  copy = await copyTroubledService();
  emulator = await startEmulator({ cwd: copy.folder });
});

afterAll(async () => {
  await emulator?.stop();
  await copy?.remove();
});

const get = (query: string) => fetch(`${emulator.url}/?${query}`);
const answered = (status: number) =>
  scrape(emulator, 'api_requests_total', new RegExp(`status="${status}"`));
const errors = (kind: string) =>
  scrape(emulator, 'lambda_errors_total', new RegExp(`function="health",kind="${kind}"`));

describe('a function that throws', () => {
  it('is a 500 that keeps the reason to itself, counted as a handler error', async () => {
    const response = await get('fail=1');
    expect(response.status).toBe(500);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.text()).not.toMatch(/secret|at .*\.mjs/);
    await eventually(() => expect(emulator.output()).toContain('a secret of the implementation'));
    expect(await answered(500)).toBe(1);
    expect(await errors('handler')).toBe(1);
  });
});

describe('a function that takes longer than its time limit', () => {
  it('is a 504 from the function itself, counted as a timeout, and the instance lives on', async () => {
    const coldStarts = await scrape(emulator, 'lambda_cold_starts_total');
    const response = await get(`wait=${TIME_LIMIT * 2}`);
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ type: 'urn:lambdascope:problem:timeout' });
    expect(await answered(504)).toBe(1);
    expect(await errors('timeout')).toBe(1);
    expect((await get('')).status).toBe(200);
    expect(await scrape(emulator, 'lambda_cold_starts_total')).toBe(coldStarts);
  });
});

describe('a function that never lets go of its thread', () => {
  it('is a 502 from the gateway, counted as a timeout, and the next request gets a new instance', async () => {
    const [before, timeouts] = [await answered(502), await errors('timeout')];
    const coldStarts = await scrape(emulator, 'lambda_cold_starts_total');
    expect((await get('spin=1')).status).toBe(502);
    expect((await get('')).status).toBe(200);
    await eventually(async () => expect(await answered(502)).toBe(before + 1));
    expect(await errors('timeout')).toBe(timeouts + 1);
    expect(await scrape(emulator, 'lambda_cold_starts_total')).toBe(coldStarts + 1);
  });
});

describe('an instance that dies in the middle of a request', () => {
  it.each([
    ['exit=1', /Runtime exited with error: exit status 1/],
    ['crash=1', /an error that nobody catches/],
  ])(
    'is a 502 to the client, counted as one, and the next request gets a new instance (%s)',
    async (query, said) => {
      const [before, timeouts] = [await answered(502), await answered(504)];
      const response = await get(query);
      expect(response.status).toBe(502);
      expect(await response.json()).toMatchObject({ type: 'urn:lambdascope:problem:bad_gateway' });
      await eventually(() => expect(emulator.output()).toMatch(said));
      expect([await answered(502), await answered(504)]).toEqual([before + 1, timeouts]);
      expect(await scrape(emulator, 'lambda_invocations_in_flight')).toBe(0);
      const coldStarts = await scrape(emulator, 'lambda_cold_starts_total');
      expect((await get('')).status).toBe(200);
      expect(await scrape(emulator, 'lambda_cold_starts_total')).toBe(coldStarts + 1);
    },
  );
});

describe('a function that misbehaves', () => {
  /** What was counted of a request, by status; nothing may stay in flight. */
  async function countedOf(request: () => Promise<Response>) {
    const statuses = [200, 500, 502, 504];
    const before = await Promise.all(statuses.map(answered));
    const { status } = await request();
    const after = await Promise.all(statuses.map(answered));
    expect(await scrape(emulator, 'lambda_invocations_in_flight')).toBe(0);
    const counted = statuses.filter((_, index) => after[index] !== before[index]);
    const requests = after.reduce((sum, count, index) => sum + count - (before[index] ?? 0), 0);
    return { status, counted, requests };
  }

  it.each([
    'no status',
    'a status that is no number',
    'a status of 999',
    'a header with CR LF',
    'a header name with a space',
    'an object as body',
  ])('answers with %s: a 502, as from API Gateway, and counted as that', async (answer) => {
    const errorsBefore = await errors('handler');
    expect(await countedOf(() => get(`answer=${answer}`))).toEqual({
      status: 502,
      counted: [502],
      requests: 1,
    });
    expect(await errors('handler')).toBe(errorsBefore + 1);
    await eventually(() => expect(emulator.output()).toMatch(/Malformed Lambda proxy response/));
  });

  it.each([
    ['answer=a function beside', 'has a function in its result, which JSON leaves out'],
    ['answer=a function as body', 'has one for its body'],
    ['close=its own port', 'closes the port of its thread'],
    ['post="hello"', 'sends messages of its own'],
    ['post={"kind":"answer","reports":null}', 'sends one that is a bit like ours'],
    ['post={"kind":"loaded","reports":[]}', 'sends one that is like ours but for the time'],
    ['post={"kind":"other","reports":[]}', 'sends one of a kind that we lack'],
  ])('%s: %s, is a 200, and counted as that', async (query) => {
    expect(await countedOf(() => get(query))).toEqual({ status: 200, counted: [200], requests: 1 });
  });

  it('closes the port of its instance: a 502, and the next request gets a new instance', async () => {
    expect(await countedOf(() => get('close=our port'))).toEqual({
      status: 502,
      counted: [502],
      requests: 1,
    });
    expect((await get('')).status).toBe(200);
  });
});

describe('1,000 connections that never finish their request', () => {
  it('do not keep others from being served, and are not counted', async () => {
    const { port } = new URL(emulator.url);
    const before = await scrape(emulator, 'api_requests_total');
    const sockets = await Promise.all(
      Array.from({ length: 1000 }, async (_, index) => {
        const socket = connect(Number(port), '127.0.0.1');
        socket.on('error', () => {});
        await new Promise((resolve) => socket.once('connect', resolve));
        // Half a header, or a body that never comes.
        socket.write(
          index % 2 === 0
            ? 'GET / HTTP/1.1\r\nhost: x\r\nx-slow: '
            : `POST /predict HTTP/1.1\r\nhost: x\r\nx-api-key: ${emulator.key}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`,
        );
        return socket;
      }),
    );
    for (let request = 0; request < 20; request++) expect((await get('')).status).toBe(200);
    expect(await scrape(emulator, 'api_requests_total')).toBe(before + 20);
    for (const socket of sockets) socket.destroy();
  });
});

describe('SIGTERM under load', () => {
  it('answers what is in flight before it ends', async () => {
    await emulator.stop();
    // So long that no request is over before it is let go.
    await copy.setTimeLimits(300);
    emulator = await startEmulator({ cwd: copy.folder });
    const together = (query: string) => Promise.all(Array.from({ length: 5 }, () => get(query)));
    // So many instances first, so that none is still starting when the signal comes.
    await eventually(async () => {
      await together('wait=300');
      expect(
        await scrape(emulator, 'lambda_instances', /function="health"/),
      ).toBeGreaterThanOrEqual(5);
    });
    const gate = join(copy.folder, 'gate');
    const inFlight = together(`until=${gate}`);
    await eventually(async () =>
      expect(await scrape(emulator, 'lambda_invocations_in_flight')).toBe(5),
    );
    const exited = new Promise((resolve) => emulator.process.once('exit', resolve));
    emulator.process.kill('SIGTERM');
    // It has heard: its port is closed.
    await eventually(() => expect(get('')).rejects.toThrow());
    await writeFile(gate, '');
    const responses = await inFlight;
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await exited).toBe(0);
  });
});
