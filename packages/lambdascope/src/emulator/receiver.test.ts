import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import event from '../test/events/predict.json' with { type: 'json' };
import { sample } from '../test/samples.ts';
import { Instance, InstanceEndedError, InstanceTimeoutError } from '../tools/emulator/instance.ts';
import { root } from '../tools/root.ts';
import { type Aggregator, createAggregator } from './aggregator.ts';
import { type Receiver, receive } from './receiver.ts';

const routes = [{ function: 'predict', method: 'POST', route: '/predict' }];
const requests = (status: number) =>
  `api_requests_total{function="predict",method="POST",route="/predict",status="${status}"}`;
const errors = (kind: string) => `lambda_errors_total{function="predict",kind="${kind}"}`;
const COLD = 'lambda_cold_starts_total{function="predict"}';
const GAUGES = [
  'lambda_instances{function="predict"}',
  'lambda_invocations_in_flight{function="predict"}',
];

let aggregator: Aggregator;
let receiver: Receiver;
const instances: Instance[] = [];

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => {});
  vi.spyOn(console, 'error').mockImplementation(() => {});
  aggregator = createAggregator({ routes, clients: [] });
  receiver = receive(aggregator);
});

afterEach(async () => {
  await Promise.all(instances.splice(0).map((instance) => instance.end()));
  receiver.close();
});

function startInstance(timeout = 60_000, handler = 'test/fixtures/orders.handler'): Instance {
  const options = { functionKey: 'predict', codeDir: root, handler, timeout };
  const instance = new Instance(options, process.env);
  instances.push(instance);
  return instance;
}

/** Gives an instance an invocation, as the emulator does, with what to do with it. */
const invoke = (instance: Instance, order: string): Promise<unknown> =>
  instance.invoke({ ...event, queryStringParameters: { order } }, {});

/** Values of series, once everything that is over is taken in. */
async function values(...series: string[]): Promise<(number | undefined)[]> {
  receiver.drain();
  const text = await aggregator.registry.metrics();
  return series.map((one) => sample(text, one));
}

it('counts what instances report, as soon as they have answered', async () => {
  const [one, two] = [startInstance(), startInstance()];
  await invoke(one, 'answer');
  await invoke(one, 'answer');
  await invoke(two, 'answer');
  expect(await values(requests(200), ...GAUGES)).toEqual([3, 2, 0]);
  await invoke(one, 'answer');
  invoke(one, 'hang').catch(() => {});
  expect(await values(requests(200), ...GAUGES)).toEqual([4, 2, 1]);
});

it('tells how many were at work at one time, though they are done when it is asked', async () => {
  const most = 'lambda_invocations_in_flight_max{function="predict"}';
  const three = [startInstance(), startInstance(), startInstance()];
  await Promise.all(three.map((instance) => invoke(instance, 'answer')));
  expect(await values(most, ...GAUGES)).toEqual([3, 3, 0]);
});

it('learns of the model from the first instance, so that its predictions have series', async () => {
  await invoke(startInstance(), 'answer');
  receiver.drain();
  const text = await aggregator.registry.metrics();
  expect(text).toMatch(/^model_info\{name="iris-forest"/m);
});

it('knows an instance before it has loaded', async () => {
  const answered = invoke(startInstance(), 'answer');
  expect(await values(...GAUGES)).toEqual([1, 1]);
  await answered;
});

it('forgets an instance that the emulator ended while idle', async () => {
  const instance = startInstance();
  await invoke(instance, 'answer');
  await instance.end();
  expect(await values(requests(200), requests(504), ...GAUGES)).toEqual([1, 0, 0, 0]);
});

it('counts a request that took too long as a time-out, and ends its instance', async () => {
  const invocation = invoke(startInstance(1), 'hang');
  await expect(invocation).rejects.toThrow(InstanceTimeoutError);
  expect(
    await values(requests(504), errors('timeout'), errors('handler'), COLD, ...GAUGES),
  ).toEqual([1, 1, 0, 1, 0, 0]);
});

it.each(['crash', 'exit'] as const)(
  'counts a request whose instance ends by itself (%s) as a handler error, and lives on',
  async (order) => {
    const instance = startInstance();
    await invoke(instance, 'answer');
    await expect(invoke(instance, order)).rejects.toThrow(InstanceEndedError);
    expect(await values(requests(502), errors('timeout'), errors('handler'), ...GAUGES)).toEqual([
      1, 0, 1, 0, 0,
    ]);
    // And what it had answered just before, once.
    expect(await values(requests(200))).toEqual([1]);
  },
);

it('counts an error that the function threw, and keeps its instance', async () => {
  const instance = startInstance();
  await expect(invoke(instance, 'throw')).rejects.toThrow('the runtime catches this');
  expect(await values(requests(502), errors('handler'), COLD, ...GAUGES)).toEqual([1, 1, 1, 1, 0]);
});

it('counts the cold start of an instance that dies in its first invocation, once', async () => {
  const instance = startInstance();
  await expect(invoke(instance, 'exit')).rejects.toThrow(InstanceEndedError);
  expect(await values(requests(502), COLD)).toEqual([1, 1]);
});

it('gives the time limit to the invocation alone, however long the function took to load', async () => {
  await invoke(startInstance(1000, 'test/fixtures/slowToLoad.handler'), 'answer');
  expect(await values(requests(200), requests(504))).toEqual([1, 0]);
});

it('counts once, as its client sees it, an answer that comes as the time is up', async () => {
  const outcomes: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const instance = startInstance(1);
    outcomes.push(
      await invoke(instance, 'answer').then(
        () => 200,
        () => 504,
      ),
    );
  }
  const seen = (status: number) => outcomes.filter((outcome) => outcome === status).length;
  expect(await values(requests(200), requests(504))).toEqual([seen(200), seen(504)]);
});

it('counts nothing that comes after it was closed', async () => {
  const instance = startInstance();
  await invoke(instance, 'answer');
  receiver.close();
  await invoke(instance, 'answer');
  expect(await values(requests(200))).toEqual([1]);
});
