import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
// As it is built: a thread can only be started from a file.
import { type GivenInvocation, instanceEvents } from 'lambdascope/emulator/instanceEvents';
import { LocalInstance } from 'lambdascope/emulator/runner/instance';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../../../../test/eventually.ts';
import { temporaryFolder } from '../../../../../test/temporaryFolder.ts';
import { instanceEnvironment, instanceOptions } from '../../../test/instanceOptions.ts';
import { type Isolation, isSandboxMessage } from './sandbox.ts';

const printing = join(import.meta.dirname, '../../../test/fixtures/printing.mjs');
const folder = temporaryFolder();
const over: GivenInvocation[] = [];
const instances: LocalInstance[] = [];
const keep = (invocation: GivenInvocation) => void over.push(invocation);

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  instanceEvents.on('over', keep);
});

afterEach(async () => {
  await Promise.all(instances.splice(0).map((instance) => instance.end()));
  instanceEvents.off('over', keep);
  over.length = 0;
  vi.restoreAllMocks();
});

function startInstance(isolation: Isolation, timeout = 60_000): LocalInstance {
  const options = { functionKey: 'talker', handler: 'talker.handler', isolation, timeout };
  const instance = new LocalInstance(instanceOptions(options), instanceEnvironment, 'on-demand');
  instances.push(instance);
  return instance;
}

/** What an invocation wrote; `stderr` begins with an exclamation mark. */
function textsOf(invocation: GivenInvocation | undefined): string[] {
  return (invocation?.logs?.lines ?? []).map(({ stream, text }) => {
    expect(stream).toBe(text.startsWith('!') ? 'stderr' : 'stdout');
    return text;
  });
}

/** What one invocation wrote, whatever becomes of it. */
async function textsOfOne(instance: LocalInstance, event: object): Promise<string[]> {
  await instance.invoke(event, {}).catch(() => {});
  return textsOf(over.at(-1));
}

/** Waits without reading anything meanwhile. */
function block(until: () => boolean): void {
  const deadline = performance.now() + 60_000;
  while (!until()) if (performance.now() > deadline) throw new Error('It did not come.');
}

describe.each(['thread', 'process'] as const)('what a function in a %s writes', (isolation) => {
  it('belongs to its invocation, in order, with the times at which it wrote', async () => {
    const instance = startInstance(isolation);
    const lines = ['one', '!two', 'three'];
    const cold = await textsOfOne(instance, { lines });
    expect(cold).toEqual(['loading\n', 'one\n', '!two\n', 'three\n']);
    expect(await textsOfOne(instance, { lines: ['four'] })).toEqual(['four\n']);
    expect(await textsOfOne(instance, {})).toEqual([]);
    const [first, second] = over;
    const times = [...(first?.logs?.lines ?? []), ...(second?.logs?.lines ?? [])];
    const inOrder = times.map(({ at }) => at).toSorted((a, b) => a - b);
    expect(times.map(({ at }) => at)).toEqual(inOrder);
    expect(instance.startedAt).toBeLessThan(inOrder[0] ?? 0);
    expect(instance.loadedAt).toBeGreaterThan(inOrder[0] ?? Number.POSITIVE_INFINITY);
    expect(first?.beganAt).toBeGreaterThanOrEqual(instance.loadedAt ?? Number.POSITIVE_INFINITY);
    expect(first?.beganAt).toBeLessThan(inOrder[1] ?? 0);
    expect(inOrder.at(-1)).toBeLessThan(performance.now());
    expect(over.map(({ logs }) => logs?.isCut)).toEqual([false, false, false]);
  });

  it('does not mix with what another instance writes at the same time', async () => {
    const gates = ['a', 'b'].map((name) => join(folder, `${isolation} ${name}`));
    const both = gates.map((gate) =>
      startInstance(isolation).invoke(
        { lines: [`before ${gate}`], reached: `${gate}.reached`, gate },
        {},
      ),
    );
    await eventually(() => {
      for (const gate of gates) expect(existsSync(`${gate}.reached`)).toBe(true);
    });
    for (const gate of gates) await writeFile(gate, '');
    await Promise.all(both);
    expect(over.map(textsOf).toSorted()).toEqual(
      gates.map((gate) => ['loading\n', `before ${gate}\n`, `after ${gate}\n`]),
    );
  });

  it.each(['hang', 'spin', 'exit', 'crash', 'throw', 'eat'])(
    'is kept when it does not answer: %s',
    async (how) => {
      const timeout = how === 'hang' || how === 'spin' ? 300 : 60_000;
      const instance = startInstance(isolation, timeout);
      const texts = await textsOfOne(instance, { lines: ['a', '!b'], how });
      expect(texts).toEqual(['loading\n', 'a\n', '!b\n']);
    },
  );

  it('after its answer belongs to no invocation, though it is read in the next', async () => {
    const instance = startInstance(isolation);
    const later = {
      go: join(folder, `${isolation} go`),
      gone: join(folder, `${isolation} gone`),
    };
    await textsOfOne(instance, { lines: ['a'], later });
    writeFileSync(later.go, '');
    block(() => existsSync(later.gone));
    await textsOfOne(instance, { lines: ['b'] });
    expect(over.map(textsOf)).toEqual([['loading\n', 'a\n'], ['b\n']]);
  });

  it('is printed as before, with its callback', async () => {
    const options = { functionKey: 'talker', handler: 'talker.handler', isolation };
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [printing, JSON.stringify(instanceOptions(options))],
      { env: instanceEnvironment },
    );
    const long = 'x'.repeat(20_000);
    expect(stdout).toBe(`loading\none\ncalled back\n${long}\nthree\ncalled back\nhad room: true\n`);
    expect(stderr).toBe('!two\n');
  });
});

it('what was written when the emulator was busy is kept when that ends the instance', async () => {
  const instance = startInstance('thread');
  const reached = join(folder, 'ended');
  const failed = instance.invoke({ lines: ['a'], reached, how: 'hang' }, {}).catch(() => {});
  block(() => existsSync(reached));
  await instance.end();
  await failed;
  expect(textsOf(over[0])).toEqual(['loading\n', 'a\n']);
});

describe('what is kept of an invocation', () => {
  it('is cut at 16 KiB, and there is room again for the next', async () => {
    const instance = startInstance('thread');
    const line = 'x'.repeat(1000);
    const texts = await textsOfOne(instance, { lines: new Array(30).fill(line) });
    expect(texts.join('')).toHaveLength(16 * 1024);
    expect(over[0]?.logs?.isCut).toBe(true);
    await textsOfOne(instance, { lines: ['x'.repeat(1e6)] });
    expect(textsOf(over[1])).toEqual(['x'.repeat(16 * 1024)]);
    expect(await textsOfOne(instance, { lines: ['b'] })).toEqual(['b\n']);
    expect(over.map(({ logs }) => logs?.isCut)).toEqual([true, true, false]);
  });

  it('is cut at 500 writes', async () => {
    const instance = startInstance('thread');
    await textsOfOne(instance, {});
    expect(await textsOfOne(instance, { lines: new Array(501).fill('x') })).toHaveLength(500);
    expect(over[1]?.logs?.isCut).toBe(true);
    expect(await textsOfOne(instance, { lines: new Array(500).fill('x') })).toHaveLength(500);
    expect(over[2]?.logs?.isCut).toBe(false);
  });

  it('in bytes is read as UTF-8', async () => {
    const instance = startInstance('thread');
    const bytes = [[...Buffer.from('grüß dich\n')], [0xff]];
    expect(await textsOfOne(instance, { bytes })).toEqual(['loading\n', 'grüß dich\n', '\ufffd']);
  });
});

it.each([
  [{ text: 'x'.repeat(16 * 1024 + 1) }],
  [{ text: 7 }],
  [{ stream: 'stdin' }],
  [{ at: '1' }],
  [{ at: Number.NaN }],
  [{ isCut: undefined }],
])('a write that the function makes up is not taken: %o', (change) => {
  const write = { kind: 'log', at: 1, stream: 'stdout', text: 'a', isCut: false };
  expect(isSandboxMessage(write)).toBe(true);
  expect(isSandboxMessage({ ...write, ...change })).toBe(false);
});
