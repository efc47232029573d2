import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../../../test/eventually.ts';
import { sample } from '../../../../test/samples.ts';
import { missing } from '../../../../test/servers.ts';
import { freePort } from '../../../../tools/freePort.ts';
import { startStack } from '../../../../tools/monitoring/stack.ts';
import { pushgateway } from './pushgateway.ts';
import { type PushLoop, startPushLoop } from './pushLoop.ts';

const folder = mkdtempSync(join(tmpdir(), 'lambdascope-push-'));
const cleanUps: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  rmSync(folder, { recursive: true, force: true });
  vi.restoreAllMocks();
});

/** A counter that is pushed; `pushes` says how often it was asked for. */
function aSource() {
  const source = {
    value: 0,
    pushes: [] as number[],
    metrics: {
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
      text: async () => {
        source.pushes.push(performance.now());
        return `# TYPE pushed_total counter\npushed_total ${source.value}\n`;
      },
    },
  };
  return source;
}

function push(
  url: string,
  source: ReturnType<typeof aSource>,
  { heartbeatSeconds = 15, holdSeconds = 0 } = {},
): PushLoop {
  return startPushLoop({
    backend: pushgateway({
      url,
      job: 'lambdascope',
      instance: 'localhost:3000',
      metrics: source.metrics,
    }),
    heartbeatSeconds,
    holdSeconds,
    changes: () => source.value,
  });
}

const stop = (loop: PushLoop) => loop.stop({ remove: false });

async function startPushgateway(port: number) {
  const stack = await startStack({ ports: { pushgateway: port }, alertLogPort: 0, folder });
  cleanUps.push(() => stack.stop());
  return stack;
}

/** Address of a gateway that runs; what the loop says of it is not shown. */
async function quietPushgateway(): Promise<string> {
  vi.spyOn(console, 'log').mockImplementation(() => {});
  const port = await freePort();
  await startPushgateway(port);
  return `http://127.0.0.1:${port}`;
}

/** What the gateway holds of our group. */
async function pushed(url: string): Promise<number | undefined> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return sample(text, 'pushed_total{instance="localhost:3000",job="lambdascope"}');
}

describe.skipIf(missing('prometheus-pushgateway'))('with a Pushgateway', () => {
  it('pushes the first state at once, the changes after it, and the last one on stop', async () => {
    const url = await quietPushgateway();
    const source = aSource();
    const loop = push(url, source);
    await eventually(async () => expect(await pushed(url)).toBe(0));
    source.value = 1;
    await eventually(async () => expect(await pushed(url)).toBe(1));
    source.value = 2;
    await stop(loop);
    expect(await pushed(url)).toBe(2);
  });

  it('takes its group away on stop, when asked to', async () => {
    const url = await quietPushgateway();
    const loop = push(url, aSource());
    await eventually(async () => expect(await pushed(url)).toBe(0));
    await loop.stop({ remove: true });
    expect(await pushed(url)).toBeUndefined();
  });

  it('pushes nothing twice, and no more than once a second', async () => {
    const url = await quietPushgateway();
    const source = aSource();
    const loop = push(url, source);
    const changing = setInterval(() => {
      source.value += 1;
    }, 100);
    await eventually(() => expect(source.pushes.length).toBeGreaterThanOrEqual(4));
    clearInterval(changing);
    await eventually(async () => expect(await pushed(url)).toBe(source.value));
    const gaps = source.pushes.slice(1).map((at, index) => at - (source.pushes[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(990);
    await stop(loop);
  });

  it('pushes again although nothing changed, so that a gateway that forgot has it back', async () => {
    const url = await quietPushgateway();
    const loop = push(url, aSource(), { heartbeatSeconds: 1 });
    await eventually(async () => expect(await pushed(url)).toBe(0));
    await fetch(`${url}/metrics/job/lambdascope/instance/localhost:3000`, { method: 'DELETE' });
    await eventually(async () => expect(await pushed(url)).toBe(0));
    await stop(loop);
  });

  it('catches up when the gateway comes late, goes and comes back, one line for each', async () => {
    const said = vi.spyOn(console, 'log').mockImplementation(() => {});
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const lines = () => said.mock.calls.map(([line]) => String(line));
    const source = aSource();
    const loop = push(url, source);
    await eventually(() =>
      expect(lines()).toEqual([
        `No Pushgateway: ${url} is not there. Metrics go there once it answers.`,
      ]),
    );

    const first = await startPushgateway(port);
    await eventually(async () => expect(await pushed(url)).toBe(0));
    await first.stop();
    source.value = 5;
    await eventually(() => expect(lines()).toHaveLength(3));
    await startPushgateway(port);
    await eventually(async () => expect(await pushed(url)).toBe(5));
    expect(lines()).toEqual([lines()[0], `Pushing metrics to ${url}`, lines()[0], lines()[1]]);
    await stop(loop);
  });

  it('gives one that was not there what it last had, at first the state at start, and later the present one', async () => {
    const said = vi.spyOn(console, 'log').mockImplementation(() => {});
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const source = aSource();
    const loop = push(url, source, { holdSeconds: 3 });
    for (const [round, { last, present }] of [
      { last: 0, present: 5 },
      { last: 5, present: 7 },
    ].entries()) {
      source.value = present;
      // It has noticed: a line for each time that the gateway went and came.
      await eventually(() => expect(said).toHaveBeenCalledTimes(2 * round + 1));
      const gateway = await startPushgateway(port);
      const values = new Set<number | undefined>();
      await eventually(async () => {
        values.add(await pushed(url));
        expect(values).toContain(present);
      });
      values.delete(undefined);
      expect([...values]).toEqual([last, present]);
      await gateway.stop();
      rmSync(join(folder, 'pushgateway'), { recursive: true, force: true });
    }
    await stop(loop);
  });
});

describe('with a gateway that is not well', () => {
  /** Its address; when it was tried is added to `tries`. */
  async function brokenServer(answer: string | undefined, tries: number[] = []): Promise<string> {
    const server = createServer((socket) => {
      tries.push(performance.now());
      socket.on('error', () => {});
      if (answer !== undefined) socket.on('data', () => socket.end(answer));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUps.push(async () => void server.close());
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  it.each([
    [
      'answers with an error',
      'HTTP/1.1 500 No\r\ncontent-length: 4\r\n\r\nbusy',
      'answers 500 busy',
    ],
    ['answers with garbage', '\0\0\0', 'fails: '],
    ['hangs up', '', 'fails: other side closed'],
  ])('that %s: says so and goes on', async (_name, answer, why) => {
    const said = vi.spyOn(console, 'log').mockImplementation(() => {});
    const loop = push(await brokenServer(answer), aSource());
    await eventually(() => expect(said).toHaveBeenCalled());
    await stop(loop);
    expect(said.mock.calls).toEqual([[expect.stringContaining(why)]]);
  });

  it('is looked for again and again while nobody is there, more often than one that fails is tried', async () => {
    vi.spyOn(console, 'log').mockImplementation(() => {});
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const asked = vi.spyOn(globalThis, 'fetch');
    const tries: number[] = [];
    const loops = [push(nobody, aSource()), push(await brokenServer('', tries), aSource())];
    await eventually(() => expect(tries.length).toBeGreaterThanOrEqual(3));
    const looks = asked.mock.calls.filter(([url]) => String(url).startsWith(nobody));
    expect(looks.length).toBeGreaterThan(tries.length + 1);
    await Promise.all(loops.map(stop));
  });

  it('is tried less and less often', async () => {
    vi.spyOn(console, 'log').mockImplementation(() => {});
    const tries: number[] = [];
    const loop = push(await brokenServer('', tries), aSource());
    await eventually(() => expect(tries.length).toBeGreaterThanOrEqual(3));
    const [first = 0, second = 0, third = 0] = tries;
    // What a try itself takes comes on top, on any machine.
    expect(second - first).toBeGreaterThanOrEqual(1990);
    expect(third - second).toBeGreaterThanOrEqual(3990);
    await stop(loop);
  });

  it('that never answers: stops all the same', async () => {
    vi.spyOn(console, 'log').mockImplementation(() => {});
    const url = await brokenServer(undefined);
    const patience = vi.spyOn(AbortSignal, 'timeout');
    const loop = push(url, aSource());
    await eventually(() => expect(patience).toHaveBeenCalledWith(5000));
    await stop(loop);
    // It waits for half a second, and no longer for the push that was on its way.
    expect(patience).toHaveBeenLastCalledWith(500);
    expect(patience.mock.results[0]?.value).toMatchObject({ aborted: false });
  });
});
