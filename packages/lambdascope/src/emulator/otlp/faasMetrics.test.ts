import { expect, it } from 'vitest';
import { anObservation } from '../../../test/anObservation.ts';
import { createFaasMetrics } from './faasMetrics.ts';

const orders = { function: 'orders', method: 'POST', route: '/orders' };
const nightly = { function: 'nightly', method: '', route: 'schedule' };

/** The values of a metric that are not zero, by their attributes. */
async function valuesOf({ families }: ReturnType<typeof createFaasMetrics>, name: string) {
  const family = (await families()).find((one) => one.name === name);
  return (family?.series ?? [])
    .map(({ labels, value }) => ({
      ...labels,
      value: typeof value === 'number' ? value : value.counts.reduce((all, one) => all + one, 0),
    }))
    .filter(({ value }) => value !== 0);
}

it('what the routes can lead to is there at zero', async () => {
  const faas = createFaasMetrics([orders, nightly]);
  for (const { name, series } of await faas.families()) {
    const kinds = name === 'faas.errors' ? 4 : 1;
    expect([name, series.length]).toEqual([name, 2 * kinds]);
    expect(await valuesOf(faas, name)).toEqual([]);
  }
});

it.each([
  ['schedule', 'timer'],
  ['s3', 'datasource'],
  ['stream', 'datasource'],
  ['sqs', 'pubsub'],
  ['sns', 'pubsub'],
  ['kafka', 'pubsub'],
  ['eventbridge', 'pubsub'],
  ['websocket', 'http'],
  ['alb', 'http'],
  ['ses', 'other'],
  ['authorizer', 'other'],
  ['direct', 'other'],
])('what %s triggers has the trigger %s', async (route, trigger) => {
  const faas = createFaasMetrics([]);
  faas.observe(anObservation({ ...nightly, route }));
  expect(await valuesOf(faas, 'faas.invocations')).toEqual([
    { function: 'nightly', 'faas.trigger': trigger, value: 1 },
  ]);
});

it('an invocation is a success or an error; memory and init count where they are known', async () => {
  const faas = createFaasMetrics([orders]);
  faas.observe(anObservation({ coldStart: true, initSeconds: 0.2, seconds: 0.3 }));
  faas.observe({ ...anObservation({ errorKind: 'timeout' }), maxMemoryUsedBytes: 64 * 2 ** 20 });
  const of = { function: 'orders', 'faas.trigger': 'http' };
  expect(await valuesOf(faas, 'faas.invocations')).toEqual([{ ...of, value: 1 }]);
  expect(await valuesOf(faas, 'faas.coldstarts')).toEqual([{ ...of, value: 1 }]);
  expect(await valuesOf(faas, 'faas.errors')).toEqual([
    { ...of, 'error.type': 'timeout', value: 1 },
  ]);
  expect(await valuesOf(faas, 'faas.timeouts')).toEqual([{ ...of, value: 1 }]);
  expect(await valuesOf(faas, 'faas.mem_usage')).toEqual([{ ...of, value: 1 }]);
  expect(await valuesOf(faas, 'faas.init_duration')).toEqual([{ ...of, value: 1 }]);
  const duration = (await faas.families()).find(({ name }) => name === 'faas.invoke_duration');
  expect(duration?.series[0]?.value).toMatchObject({ sum: expect.closeTo(0.102, 6) });
});
