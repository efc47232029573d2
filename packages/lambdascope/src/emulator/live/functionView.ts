/** A function as the live page shows it: its configuration, its instances as they live, its cost. */
import type { InitializationType } from '../instanceEvents.ts';

/** What a function is, may do, and has done since the emulator started. */
export interface FunctionView {
  /** Key in `serverless.yml`. */
  readonly key: string;
  /** Name in AWS. */
  readonly name: string;
  readonly handler: string;
  readonly runtime: string;
  readonly architecture: 'x86_64' | 'arm64';
  readonly memorySizeMegabytes: number;
  readonly timeoutSeconds: number;
  /** Concurrency; none: what the account has. */
  readonly reserved?: number;
  readonly provisioned?: number;
  /** What invokes it: `POST /orders`, `schedule`. */
  readonly triggers: readonly string[];
  /** The limits of its routes, one a line: `POST /orders 100/s, burst 200 (key, usage plan default)`. */
  readonly limits: readonly string[];
  readonly invocations: number;
  /** The latest, newest first. */
  readonly coldStarts: readonly {
    readonly id: string;
    readonly time: number;
    readonly seconds: number;
    readonly initSeconds: number;
  }[];
  readonly cost: Cost;
  /** Those alive, and those that ended within what is shown, in the order in which they started. */
  readonly instances: readonly InstanceLane[];
  /** Instances that are left out of `instances`, as there are too many. */
  readonly moreInstances: number;
}

/** What AWS would bill for what a function did since the emulator started, without the free tier, in US dollars. */
export interface Cost {
  readonly region: string;
  readonly gbSeconds: number;
  readonly duration: number;
  readonly provisioned: number;
  readonly invocations: number;
  readonly api: number;
  readonly total: number;
}

/** An instance's life, in Unix time in seconds. */
export interface InstanceLane {
  readonly number: number;
  readonly initializationType: InitializationType;
  readonly startedAt: number;
  /** None while it loads, and where nobody can tell. */
  readonly loadedAt?: number;
  readonly endedAt?: number;
  readonly isBusy: boolean;
  readonly invocations: number;
  /**
   * Busy share, 0 to 100, of each second from `from` to `to` of the answer; a lane is then a row of cells.
   * What is before `loadedAt` is init, and what is idle is 0.
   */
  readonly busy: readonly number[];
}

/** What `GET /functions?seconds=300` answers. */
export interface FunctionsView {
  /** Unix time in whole seconds: the span that lanes are of. */
  readonly from: number;
  readonly to: number;
  readonly functions: readonly FunctionView[];
}
