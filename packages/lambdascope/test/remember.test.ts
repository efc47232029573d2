/** What one instance has remembered, and another takes: in threads and in processes. */
// As it is built: a thread can only be started from a file.
import { startAnswerMemory } from 'lambdascope/emulator/answerMemory';
import { LocalInstance } from 'lambdascope/emulator/runner/instance';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { instanceEnvironment, instanceOptions } from './instanceOptions.ts';

let stop: () => void;
let instances: LocalInstance[] = [];

beforeEach(() => {
  stop = startAnswerMemory();
});

afterEach(async () => {
  stop();
  await Promise.all(instances.map((instance) => instance.end()));
  instances = [];
});

describe.each(['thread', 'process'] as const)('an instance that is a %s', (isolation) => {
  function start(env: object = {}, handler = 'remembering.handler'): LocalInstance {
    const options = instanceOptions({ functionKey: 'remembering', handler, isolation });
    const instance = new LocalInstance(options, { ...instanceEnvironment, ...env }, 'on-demand');
    instances.push(instance);
    return instance;
  }

  async function take(instance: LocalInstance, id: string, part?: number): Promise<unknown> {
    const { taken } = (await instance.invoke({ id, part }, {})) as { taken: unknown };
    return taken;
  }

  it('is told what another has answered, once its answer is there', async () => {
    const [one, other] = [start(), start()];
    for (let round = 0; round < 20; round += 1) {
      await one.invoke({ id: `${round}`, parts: [7, 255, round] }, {});
      expect(await take(other, `${round}`, 2)).toEqual({
        kind: 'taken',
        value: round,
        note: 'version 1',
      });
    }
    expect(await take(other, '0')).toMatchObject({ kind: 'taken', value: 7 });
    expect(await take(one, '0', 1)).toMatchObject({ kind: 'taken', value: 255 });
    expect(await take(one, '0', 1)).toEqual({ kind: 'takenBefore' });
    expect(await take(one, '0', 3)).toEqual({ kind: 'noSuchPart', parts: 3 });
    expect(await take(one, 'never')).toEqual({ kind: 'unknown' });
  });

  it('is the only one that is given a part for which many ask at once', async () => {
    const all = Array.from({ length: 5 }, () => start());
    await all[0]?.invoke({ id: 'one', parts: [1, 2] }, {});
    const taken = await Promise.all(all.map((instance) => take(instance, 'one', 1)));
    const kinds = taken.map((one) => (one as { kind: string }).kind);
    expect(kinds.toSorted()).toEqual(['taken', ...Array(4).fill('takenBefore')]);
  });

  it('is told nothing where it reports nothing, or nobody remembers', async () => {
    for (const LAMBDASCOPE_SINK of ['none', 'emf']) {
      const instance = start({ LAMBDASCOPE_SINK });
      await instance.invoke({ id: 'one', parts: [1] }, {});
      expect(await take(instance, 'one')).toBeUndefined();
    }
    stop();
    const instance = start();
    await instance.invoke({ id: 'one', parts: [1] }, {});
    expect(await take(instance, 'one')).toBeUndefined();
  });

  it('has nothing remembered of what nobody observes', async () => {
    const instance = start({}, 'remembering.halfObserved');
    await instance.invoke({ id: 'one', parts: [1], unobserved: true }, {});
    await instance.invoke({ id: 'two', parts: [2] }, {});
    expect(await take(instance, 'two')).toMatchObject({ kind: 'taken', value: 2 });
    expect(await take(instance, 'one')).toEqual({ kind: 'unknown' });
  });
});
