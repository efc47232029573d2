import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { evenly, minutely, poisson, profile, profileNames } from './arrivals.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { createUniform, exponential, fixed, lognormal, oneOf } from './random.ts';
import { type Settings, simulate } from './simulate.ts';
import { together } from './slice.ts';

const SEED = 7;
const never = Number.POSITIVE_INFINITY;

/** Nothing is limited, and no instance rests. */
const plain: Settings = {
  traffic: poisson(50, 4000),
  service: exponential(0.1),
  coldStart: fixed(0),
  keepAlive: 0,
  lookEvery: 0,
  takes: 'oldest',
  concurrency: never,
  growth: never,
  provisioned: 0,
  pingEvery: never,
};

function outcome(settings: Partial<Settings>, seed = SEED): Outcome {
  const billing = {
    region: 'us-east-1',
    architecture: 'arm64',
    memoryMb: 1024,
    provisioned: settings.provisioned ?? 0,
    api: 'none',
    logBytes: 0,
    metrics: 0,
  } as const;
  const scenario = { name: 'test', settings: { ...plain, ...settings }, billing, coldStartMs: 0 };
  return outcomeOf(scenario, seed).outcome;
}

const once = (settings: Partial<Settings>, seed = SEED) =>
  together(simulate({ ...plain, ...settings }, seed));

/** Whether a value is in an interval. */
const holds = ([low, high]: readonly [number | null, number | null], value: number) =>
  low !== null && high !== null && low <= value && value <= high;

/** The share that n servers refuse, at so many requests in a service time (Erlang 1917). */
function erlangB(servers: number, load: number): number {
  let blocked = 1;
  for (let n = 1; n <= servers; n += 1) blocked = (load * blocked) / (n + load * blocked);
  return blocked;
}

describe('queueing theory', () => {
  const loads = [0.5, 1, 2, 5, 10].flatMap((load) =>
    [0.5, 0.8, 1, 1.5].map((times) => ({ load, servers: Math.max(1, Math.round(load * times)) })),
  );

  it.each([
    ['exponential', exponential(0.1)],
    ['fixed', fixed(0.1)],
    ['lognormal', lognormal(0.1, 2)],
  ])('refuses what Erlang B says, in 95 % intervals: %s service', (_, service) => {
    const inside = loads.filter(({ load, servers }, i) => {
      const traffic = poisson(load / 0.1, 200);
      const { refused_share, interval95 } = outcome({ traffic, service, concurrency: servers }, i);
      const theory = erlangB(servers, load);
      expect(Math.abs((refused_share ?? 0) - theory)).toBeLessThan(0.04 * theory + 0.002);
      return holds(interval95.refused_share, theory);
    });
    // Of 20 intervals of 95 %, fewer than 17 hold in 1 of 60 cases.
    expect(inside.length).toBeGreaterThanOrEqual(17);
  });

  it('has as many instances at once as M/M/∞, and their latencies', () => {
    const { instances_mean, interval95, latency_ms, refused_share, cold_share } = outcome({});
    expect(holds(interval95.instances_mean, 5)).toBe(true);
    expect(instances_mean).toBeCloseTo(5, 1);
    expect(refused_share).toBe(0);
    expect(cold_share).toBe(1);
    for (const [name, share] of [
      ['p50', 0.5],
      ['p95', 0.95],
      ['p99', 0.99],
    ] as const) {
      expect(latency_ms[name]).toBeCloseTo(-100 * Math.log(1 - share), 0);
    }
  });

  it('never ends one where instances rest for ever: as many as ever were busy at once', () => {
    const { cold, instancesMax } = once({ keepAlive: never });
    expect(cold).toBe(instancesMax);
  });

  // Table 1 of the paper (arXiv 2102.08904), and what the README of https://github.com/pacslab/simfaas prints.
  it.each([
    ['paper', { cold: 0.0014, instances: 7.68, running: 1.79 }],
    ['README', { cold: 1213 / 898_469, instances: 7.6612, running: 1.7879 }],
  ])('has the cold starts and the instances of SimFaaS: %s', (_, simFaas) => {
    const settings = {
      traffic: poisson(0.9, 1e6),
      service: exponential(1.991),
      coldStart: fixed(2.244 - 1.991),
      keepAlive: 600,
      takes: 'newest',
    } as const;
    const { cold_share, instances_mean, interval95 } = outcome(settings);
    // Its figures come from a run as long as ours, and are as uncertain.
    const both = ([low, high]: readonly [number | null, number | null]) =>
      (Math.SQRT2 * ((high ?? 0) - (low ?? 0))) / 2;
    expect(Math.abs((cold_share ?? 0) - simFaas.cold)).toBeLessThan(both(interval95.cold_share));
    expect(Math.abs((instances_mean ?? 0) - simFaas.instances)).toBeLessThan(
      both(interval95.instances_mean),
    );
    expect(Math.abs(once(settings).billedMs / 1e9 - simFaas.running)).toBeLessThan(0.0075);
  });
});

describe('instances', () => {
  /** One at a time, a second apart, each done at once. */
  const slow = { traffic: evenly(1, 100), service: fixed(0.1), coldStart: fixed(0.3) };

  it.each([
    [0.5, 100],
    [0.7, 50],
    [5, 1],
  ])('rest for %d s: %d cold starts', (keepAlive, cold) => {
    expect(once({ ...slow, keepAlive }).cold).toBe(cold);
  });

  it('end only when they are looked at', () => {
    expect(once({ ...slow, keepAlive: 0.2, lookEvery: 0.1 }).cold).toBe(100);
    // Or never, where it works whenever it is looked at.
    const seeds = Array.from({ length: 20 }, (_, seed) => seed);
    const colds = seeds.map((seed) => once({ ...slow, keepAlive: 0.2, lookEvery: 10 }, seed).cold);
    for (const cold of colds) expect([1, 10, 11]).toContain(cold);
    expect(Math.max(...colds)).toBeGreaterThan(1);
  });

  it('that are provisioned are there from the start, work first, and stay', () => {
    const all = once({ ...slow, provisioned: 2, takes: 'newest' });
    expect(all.cold).toBe(0);
    expect(all.instancesMax).toBe(2);
    expect(all.billedMs).toBe(0);
    expect(all.billedProvisionedMs).toBe(100 * 100);
  });

  it('stay warm by pings, which are no requests', () => {
    const rare = { ...slow, traffic: evenly(1 / 410, 4000), keepAlive: 310 };
    expect(once(rare).cold).toBe(10);
    const { cold, requests, pings, billedMs } = once({ ...rare, pingEvery: 300 });
    // The first request comes with a ping, which has the instance.
    expect([cold, requests, pings]).toEqual([1, 10, 14]);
    expect(billedMs).toBe(301 + 13 + 400 + 9 * 100);
  });

  it('are made as fast as AWS makes them, and no faster', () => {
    // 5,000 at once, and 10 s later again.
    const traffic = minutely([5000]);
    const { refused, cold } = once({ traffic, service: fixed(1000), growth: 10 });
    expect(cold).toBeGreaterThan(10 * 60);
    expect(cold).toBeLessThanOrEqual(10 * 70);
    expect(refused).toBe(5000 - cold);
  });

  it.each([
    ['oldest', 2],
    ['newest', 3],
  ] as const)(
    'work in the order that is asked for, the %s first: %d cold starts',
    (takes, cold) => {
      // Two, of which the older rests first. One works again; at last both are needed, in time for the younger.
      const times = [0, 0.05, 0.5, 1.12, 1.12];
      const arrivals = () => {
        const rest = [...times];
        return { next: () => rest.shift() ?? never };
      };
      const traffic = { arrivals, requests: times.length, seconds: 2 };
      expect(once({ traffic, service: fixed(0.1), keepAlive: 1, takes }).cold).toBe(cold);
    },
  );

  it('are billed by whole milliseconds, init included', () => {
    const { billedMs } = once({ ...slow, service: fixed(0.0021), keepAlive: 5 });
    expect(billedMs).toBe(99 * 3 + 303);
  });
});

describe('traffic', () => {
  const count = ({ arrivals, seconds }: Settings['traffic'], seed = SEED) => {
    const { next } = arrivals(createUniform(seed));
    const times: number[] = [];
    for (let at = next(); at < seconds; at = next()) times.push(at);
    return times;
  };

  it.each(profileNames)('of the profile %s has the rate on average, ascending', (name) => {
    const times = count(profile(name, 2, 86_400));
    expect(times.length / 86_400).toBeCloseTo(2, 1);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('by minutes has as many as it says in each, at random times', () => {
    const times = count(minutely([3, 0, 500, 0]));
    expect([0, 1, 2, 3].map((m) => times.filter((at) => Math.floor(at / 60) === m).length)).toEqual(
      [3, 0, 500, 0],
    );
    const third = times.slice(3).map((at) => at - 120);
    expect(third.reduce((sum, at) => sum + at, 0) / 500).toBeGreaterThan(27);
    expect(third.reduce((sum, at) => sum + at, 0) / 500).toBeLessThan(33);
  });
});

it('draws what it is said to', () => {
  const draws = (distribution: Settings['service'], size = 1e5) => {
    const draw = distribution(createUniform(SEED));
    const values = Array.from({ length: size }, draw);
    const mean = values.reduce((sum, value) => sum + value, 0) / size;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size;
    return { mean, variation: Math.sqrt(variance) / mean };
  };
  expect(draws(exponential(3)).mean).toBeCloseTo(3, 1);
  expect(draws(exponential(3)).variation).toBeCloseTo(1, 1);
  expect(draws(lognormal(3, 0.5)).mean).toBeCloseTo(3, 1);
  expect(draws(lognormal(3, 0.5)).variation).toBeCloseTo(0.5, 1);
  expect(draws(oneOf([1, 2, 6])).mean).toBeCloseTo(3, 1);
});

it('repeats itself by its seed', () => {
  const settings = { keepAlive: 1, traffic: poisson(50, 100) };
  expect(outcome(settings, 1)).toEqual(outcome(settings, 1));
  expect(outcome(settings, 1)).not.toEqual(outcome(settings, 2));
});

it('takes no more memory for ten times the requests', () => {
  setFlagsFromString('--expose-gc');
  const gc: () => void = runInNewContext('gc');
  const heap = (seconds: number) => {
    const slices = simulate(
      { ...plain, traffic: poisson(1000, seconds), keepAlive: 300, coldStart: fixed(0.2) },
      SEED,
    );
    // Array buffers are freed beside the program, which a second collection waits for.
    gc();
    gc();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    expect(together(slices).requests).toBeGreaterThan(seconds * 990);
    return heapUsed + arrayBuffers;
  };
  heap(100);
  const [million = 0, tenMillion = 0] = [heap(1000), heap(10_000)];
  expect(tenMillion).toBeLessThan(million * 1.1);
});
