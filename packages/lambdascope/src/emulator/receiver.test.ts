// As it is built: a thread can only be started from a file.
import { type Aggregator, createAggregator } from 'lambdascope/emulator/aggregator';
import { type Receiver, receive } from 'lambdascope/emulator/receiver';
import { LocalInstance } from 'lambdascope/emulator/runner/instance';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sample } from '../../../../test/samples.ts';
import { instanceEnvironment, instanceOptions } from '../../test/instanceOptions.ts';

const event = { httpMethod: 'POST', resource: '/orders', body: '{}', requestContext: {} };
const routes = [{ function: 'orders', method: 'POST', route: '/orders' }];
const requests = (status: number) =>
  `api_requests_total{function="orders",method="POST",route="/orders",status="${status}"}`;
const errors = (kind: string) => `lambda_errors_total{function="orders",kind="${kind}"}`;
const COLD = 'lambda_cold_starts_total{function="orders"}';
const GAUGES = [
  'lambda_instances{function="orders"}',
  'lambda_invocations_in_flight{function="orders"}',
];

let aggregator: Aggregator;
let receiver: Receiver;
const instances: LocalInstance[] = [];

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

function startInstance(timeout = 60_000, handler = 'orders.handler'): LocalInstance {
  const options = instanceOptions({ functionKey: 'orders', handler, timeout });
  const instance = new LocalInstance(options, instanceEnvironment, 'on-demand');
  instances.push(instance);
  return instance;
}

/** Gives an instance an invocation, as the emulator does, with what to do with it. */
const invoke = (instance: LocalInstance, order: string): Promise<unknown> =>
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
  const most = 'lambda_invocations_in_flight_max{function="orders"}';
  const three = [startInstance(), startInstance(), startInstance()];
  await Promise.all(three.map((instance) => invoke(instance, 'answer')));
  expect(await values(most, ...GAUGES)).toEqual([3, 3, 0]);
});

it('tells how many instances were starting beside one that a request waited for', async () => {
  const concurrency = (part: string) => `lambda_init_concurrency_${part}{function="orders"}`;
  const two = [startInstance(), startInstance()];
  await Promise.all(two.map((instance) => invoke(instance, 'answer')));
  const alone = startInstance();
  await invoke(alone, 'answer');
  await invoke(alone, 'answer');
  expect(await values(concurrency('count'), concurrency('sum'))).toEqual([3, 2 + 2 + 1]);
});

const items = (country: string) => `items_total{function="orders",country="${country}"}`;

it('learns of the metrics from the first instance, and counts what it records', async () => {
  await invoke(startInstance(), 'answer');
  expect(await values(items('NL'), items('DE'))).toEqual([2, 0]);
});

it('does not count what the function ignores', async () => {
  const instance = startInstance();
  await invoke(instance, 'ignore');
  expect(await values(requests(200), COLD, ...GAUGES)).toEqual([0, 0, 1, 0]);
});

describe('a function that tells nothing of itself', () => {
  it('is counted by its result, with its cold start and init', async () => {
    const instance = startInstance(60_000, 'orders.plain');
    await invoke(instance, 'answer');
    await invoke(instance, 'answer');
    const inits = 'lambda_init_duration_seconds_count{function="orders"}';
    expect(await values(requests(200), COLD, inits, ...GAUGES)).toEqual([2, 1, 1, 1, 0]);
  });
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
  await expect(invocation).rejects.toThrow('Task timed out after 0.00 seconds');
  expect(
    await values(requests(502), errors('timeout'), errors('handler'), COLD, ...GAUGES),
  ).toEqual([1, 1, 0, 1, 0, 0]);
});

it.each(['crash', 'exit'] as const)(
  'counts a request whose instance ends by itself (%s) as a handler error, and lives on',
  async (order) => {
    const instance = startInstance();
    await invoke(instance, 'answer');
    await expect(invoke(instance, order)).rejects.toThrow(
      'Runtime exited with error: exit status 1',
    );
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
  await expect(invoke(instance, 'exit')).rejects.toThrow(
    'Runtime exited with error: exit status 1',
  );
  expect(await values(requests(502), COLD)).toEqual([1, 1]);
});

it('gives the time limit to the invocation alone, however long the function took to load', async () => {
  await invoke(startInstance(1000, 'slowToLoad.handler'), 'answer');
  expect(await values(requests(200), requests(504))).toEqual([1, 0]);
});

it('counts once, as its client sees it, an answer that comes as the time is up', async () => {
  const outcomes: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const instance = startInstance(1);
    outcomes.push(
      await invoke(instance, 'answer').then(
        () => 200,
        () => 502,
      ),
    );
  }
  const seen = (status: number) => outcomes.filter((outcome) => outcome === status).length;
  expect(await values(requests(200), requests(502))).toEqual([seen(200), seen(502)]);
});

it('counts nothing that comes after it was closed', async () => {
  const instance = startInstance();
  await invoke(instance, 'answer');
  receiver.close();
  await invoke(instance, 'answer');
  expect(await values(requests(200))).toEqual([1]);
});
