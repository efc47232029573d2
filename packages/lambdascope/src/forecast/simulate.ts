/**
 * One Lambda function under traffic, event by event: instances start, work, rest and end. In memory that
 * grows with the instances at once, and not with the requests.
 */
import type { Traffic } from './arrivals.ts';
import { InstanceHeap } from './instanceHeap.ts';
import { createUniform, type Distribution } from './random.ts';
import { Slice } from './slice.ts';

/** What is simulated; times in seconds. */
export interface Settings {
  readonly traffic: Traffic;
  /** How long requests take in an instance that is there, unless the traffic says it. */
  readonly service: Distribution;
  /** What an instance needs before its first request. */
  readonly coldStart: Distribution;
  /** How long an instance rests until it ends. */
  readonly keepAlive: number;
  /** Instances are only looked at every so many seconds, as serverless-offline does; 0: all the time. */
  readonly lookEvery: number;
  /**
   * Which of those that rest takes a request. AWS does not say; the emulator takes the oldest, so that
   * those that are not needed end, and SimFaaS the newest.
   */
  readonly takes: 'oldest' | 'newest';
  /** Requests at once; what is over it is refused. */
  readonly concurrency: number;
  /** New instances a second, in bursts of at most ten seconds' worth; what is over it is refused. */
  readonly growth: number;
  /** Instances that are there from the start, and stay. */
  readonly provisioned: number;
  /** Seconds between two calls that only keep an instance warm. */
  readonly pingEvery: number;
}

/** Parts into which a run is cut, for intervals and charts. */
export const SLICES = 240;

/** What a call that only keeps warm takes. */
const PING_SECONDS = 0.001;
const GROWTH_SECONDS = 10;

/**
 * Runs it once.
 *
 * @param progress hears how far it is, 0 to 1, after each part
 */
export function simulate(
  settings: Settings,
  seed: number,
  progress: (share: number) => void = () => {},
): Slice[] {
  const { traffic, keepAlive, lookEvery, concurrency, growth, provisioned, pingEvery } = settings;
  // The same traffic whatever else is set, so that scenarios differ by nothing else.
  const { next, service: said } = traffic.arrivals(createUniform(seed));
  const service = said ?? settings.service(createUniform(seed ^ 0x5e7d1ce));
  const coldStart = settings.coldStart(createUniform(seed ^ 0xc01d));
  const sign = settings.takes === 'oldest' ? 1 : -1;
  const sliceSeconds = traffic.seconds / SLICES;
  // Nobody knows when the first is.
  const firstLook = lookEvery * createUniform(seed ^ 0x100c)();

  /** By when they are done; by which goes first; by when they end. */
  const busy = new InstanceHeap();
  const resting = new InstanceHeap();
  const ending = new InstanceHeap();
  /** By instance: how it ranks among those that rest. */
  const ranks: number[] = [];
  const unused: number[] = [];
  let made = 0;
  let alive = 0;
  let aliveSince = 0;
  let tokens = growth * GROWTH_SECONDS;
  let tokensAt = 0;
  const slices: Slice[] = [];
  let slice = new Slice(sliceSeconds);

  /** The instances from now on. */
  function count(change: number, now: number): void {
    slice.instanceSeconds += alive * (now - aliveSince);
    aliveSince = now;
    alive += change;
    if (alive > slice.instancesMax) slice.instancesMax = alive;
  }

  /** Everything that happens until then without a request. */
  function settle(until: number): void {
    for (;;) {
      const done = busy.least;
      const end = ending.least;
      if (Math.min(done, end) > until) return;
      if (done <= end) {
        const id = busy.pop();
        resting.push(id, ranks[id] as number);
        if (id >= provisioned) {
          const due = done + keepAlive;
          const looks = Math.ceil((due - firstLook) / lookEvery);
          ending.push(id, lookEvery > 0 ? firstLook + looks * lookEvery : due);
        }
      } else {
        const id = ending.pop();
        resting.remove(id);
        unused.push(id);
        count(-1, end);
      }
    }
  }

  /** Whether one more instance may be made. */
  function mayGrow(now: number): boolean {
    if (growth === Number.POSITIVE_INFINITY) return true;
    tokens = Math.min(growth * GROWTH_SECONDS, tokens + (now - tokensAt) * growth);
    tokensAt = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  }

  /** A request, or a ping. */
  function come(now: number, isPing: boolean): void {
    if (!isPing) slice.requests += 1;
    if (busy.size >= concurrency) {
      if (!isPing) slice.refused += 1;
      return;
    }
    let id: number;
    let cold = 0;
    if (resting.size > 0) {
      id = resting.pop();
      if (id >= provisioned) ending.remove(id);
    } else {
      if (!mayGrow(now)) {
        if (!isPing) slice.refused += 1;
        return;
      }
      id = unused.pop() ?? ranks.length;
      made += 1;
      ranks[id] = sign * made;
      cold = coldStart();
      if (!isPing) slice.cold += 1;
      count(1, now);
    }
    const seconds = cold + (isPing ? PING_SECONDS : service());
    busy.push(id, now + seconds);
    slice.bill(seconds, id < provisioned);
    if (isPing) slice.pings += 1;
    else slice.latencies.add(seconds);
  }

  for (let id = 0; id < provisioned; id += 1) {
    ranks[id] = Number.NEGATIVE_INFINITY;
    resting.push(id, Number.NEGATIVE_INFINITY);
  }
  count(provisioned, 0);
  let ping = Number.isFinite(pingEvery) ? 0 : Number.POSITIVE_INFINITY;
  let arrival = next();
  for (let number = 1; number <= SLICES; number += 1) {
    const end = (number * traffic.seconds) / SLICES;
    for (let now = Math.min(arrival, ping); now < end; now = Math.min(arrival, ping)) {
      settle(now);
      if (ping <= arrival) {
        come(ping, true);
        ping += pingEvery;
      } else {
        come(arrival, false);
        arrival = next();
      }
    }
    settle(end);
    count(0, end);
    slices.push(slice);
    slice = new Slice(sliceSeconds);
    slice.instancesMax = alive;
    progress(number / SLICES);
  }
  return slices;
}
