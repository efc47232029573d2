/** Instances as they live, second by second: when each started, loaded, worked and ended. */
import {
  type GivenInvocation,
  type InitializationType,
  type Instance,
  instanceEvents,
  instances,
} from '../instanceEvents.ts';
import { KEPT_SECONDS } from './frame.ts';
import type { InstanceLane } from './functionView.ts';
import { millisOf, unixSeconds } from './unixTime.ts';

/** Instances that have ended and are kept, at most. */
const MOST_ENDED = 500;

/** Times are of `performance.now()`. */
interface Lane {
  readonly number: number;
  readonly function: string;
  readonly initializationType: InitializationType;
  readonly startedAt: number;
  loadedAt: number | undefined;
  endedAt: number | undefined;
  invocations: number;
  /** Since when it is at an invocation. */
  busySince: number | undefined;
  /** Milliseconds in which it was busy, by the second of Unix time, those of the seconds up to `newest`. */
  readonly busy: Float32Array;
  newest: number;
}

export interface Lanes {
  /** Those that lived within a span, in whole seconds of Unix time, in the order in which they started. */
  between(from: number, to: number): readonly (InstanceLane & { readonly function: string })[];
  close(): void;
}

/** Follows every instance from now on. */
export function followInstances(): Lanes {
  const alive = new Map<Instance, Lane>();
  /** Oldest first. */
  const ended: Lane[] = [];

  function laneOf(instance: Instance): Lane {
    const known = alive.get(instance);
    if (known !== undefined) return known;
    const { number, function: name, initializationType, startedAt } = instance;
    const lane: Lane = {
      number,
      function: name,
      initializationType,
      startedAt,
      loadedAt: undefined,
      endedAt: undefined,
      invocations: 0,
      busySince: undefined,
      busy: new Float32Array(KEPT_SECONDS),
      newest: Math.floor(unixSeconds(startedAt)),
    };
    alive.set(instance, lane);
    return lane;
  }

  function given({ instance, givenAt }: GivenInvocation): void {
    const lane = laneOf(instance);
    lane.busySince = givenAt;
    lane.invocations += 1;
  }

  function over({ instance }: GivenInvocation): void {
    const lane = laneOf(instance);
    lane.loadedAt = instance.loadedAt;
    workUntil(lane, performance.now());
    lane.busySince = undefined;
  }

  function end(instance: Instance): void {
    const lane = laneOf(instance);
    alive.delete(instance);
    lane.loadedAt = instance.loadedAt;
    lane.endedAt = performance.now();
    ended.push(lane);
    if (ended.length > MOST_ENDED) ended.shift();
  }

  instanceEvents.on('given', given).on('over', over).on('ended', end);

  return {
    between(from, to) {
      for (const instance of instances) laneOf(instance).loadedAt = instance.loadedAt;
      return [...ended, ...alive.values()]
        .filter(({ endedAt }) => endedAt === undefined || unixSeconds(endedAt) >= from)
        .toSorted((a, b) => a.number - b.number)
        .map((lane) => shown(lane, from, to));
    },
    close() {
      instanceEvents.off('given', given).off('over', over).off('ended', end);
    },
  };
}

/** Adds what a lane has worked until now: at every request, so mostly within one second. */
function workUntil(lane: Lane, now: number): void {
  // What waits for its instance to load is no work.
  let at = Math.max(lane.busySince ?? now, lane.loadedAt ?? 0);
  const last = Math.floor(unixSeconds(now));
  for (let second = Math.floor(unixSeconds(at)); second < last; second += 1) {
    const end = Math.max(at, millisOf(second + 1));
    add(lane, second, end - at);
    at = end;
  }
  add(lane, last, Math.max(0, now - at));
  lane.busySince = now;
}

function add(lane: Lane, second: number, millis: number): void {
  const { busy } = lane;
  // The places of those that are no longer kept.
  const cleared = Math.max(lane.newest, second - KEPT_SECONDS);
  for (let gone = cleared + 1; gone <= second; gone += 1) busy[gone % KEPT_SECONDS] = 0;
  lane.newest = Math.max(lane.newest, second);
  const place = second % KEPT_SECONDS;
  busy[place] = (busy[place] ?? 0) + millis;
}

function busyIn({ busy, newest }: Lane, second: number): number {
  const isKept = second <= newest && second > newest - KEPT_SECONDS;
  return isKept ? (busy[second % KEPT_SECONDS] ?? 0) : 0;
}

function shown(lane: Lane, from: number, to: number): InstanceLane & { readonly function: string } {
  const { number, function: name, initializationType, startedAt, loadedAt, endedAt } = lane;
  const isBusy = lane.busySince !== undefined;
  if (isBusy && loadedAt !== undefined) workUntil(lane, performance.now());
  return {
    number,
    function: name,
    initializationType,
    startedAt: unixSeconds(startedAt),
    ...(loadedAt !== undefined && { loadedAt: unixSeconds(loadedAt) }),
    ...(endedAt !== undefined && { endedAt: unixSeconds(endedAt) }),
    isBusy,
    invocations: lane.invocations,
    busy: Array.from({ length: to - from }, (_, index) =>
      Math.min(100, Math.round(busyIn(lane, from + index) / 10)),
    ),
  };
}
