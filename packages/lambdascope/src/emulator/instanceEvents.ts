/** What becomes of the instances of this process, whoever runs them. */
import { EventEmitter } from 'node:events';
import type { Taken, Wanted } from '../function/asks.ts';
import type { Answer, Awaited } from './awaitedResponse.ts';
import type { ThrottleReason } from './limits/throttleReason.ts';
import type { InvocationLogs } from './runner/invocationLogs.ts';

/** A Lambda instance; times are of `performance.now()`. */
export interface Instance {
  /** Of those of this process, in the order in which they started. */
  readonly number: number;
  /** Its function's key in `serverless.yml`. */
  readonly function: string;
  readonly startedAt: number;
  /** When its module had loaded; none until then, and where nobody can tell. */
  readonly loadedAt: number | undefined;
  /** Whether it is at an invocation. */
  readonly isBusy: boolean;
  /** Seconds from its start to the end of module load; none until then, and where nobody can tell. */
  readonly initSeconds: number | undefined;
  /** Most instances that were starting at once, itself among them, while it was; none where nobody can tell. */
  readonly initConcurrency: number | undefined;
  /** As Lambda names it in `AWS_LAMBDA_INITIALIZATION_TYPE`. */
  readonly initializationType: InitializationType;
  /** Its function's `memorySize`, in bytes. */
  readonly memorySizeBytes: number;
  /** Most memory that it used since its last invocation began, in bytes; none where nobody can tell. */
  readonly maxMemoryUsedBytes: number | undefined;
}

/** For whom an instance was made: for a request that waits, or before any. */
export const initializationTypes = ['on-demand', 'provisioned-concurrency'] as const;

export type InitializationType = (typeof initializationTypes)[number];

/** Whether an instance was made before any request, and is kept however long it is idle. */
export function isProvisioned({
  initializationType,
}: Pick<Instance, 'initializationType'>): boolean {
  return initializationType === 'provisioned-concurrency';
}

/** One invocation of a function; times are of `performance.now()`. */
export interface GivenInvocation {
  readonly instance: Instance;
  readonly event: unknown;
  /** As its context has it. */
  readonly requestId: string;
  /** Whether the instance had none before. */
  readonly isFirst: boolean;
  readonly givenAt: number;
  /** When the handler was called; none until it is over, and where nobody can tell. */
  readonly beganAt: number | undefined;
  /** The request that led to it; none, when none did. */
  readonly awaited: Awaited | undefined;
  /** What the function wrote meanwhile; none until it is over, and where nobody can tell. */
  readonly logs: InvocationLogs | undefined;
}

/** Whether an invocation waited for its instance to start, or would have: provisioned ones start before any. */
export function isCold({
  instance,
  isFirst,
}: Pick<GivenInvocation, 'instance' | 'isFirst'>): boolean {
  return isFirst && instance.initializationType === 'on-demand';
}

/** An invocation that no instance was given, as a limit of AWS' stood against it; no reason where its event was too large. */
export type RefusedInvocation = Pick<GivenInvocation, 'event' | 'awaited'> & {
  /** Its function's key in `serverless.yml`. */
  readonly function: string;
  readonly reason?: ThrottleReason;
};

/** A request that the gateway answered by itself. */
export type Unreached = Awaited & { readonly answer: Answer };

/** How an invocation ended: with a result, or it failed, or its time was up, or its memory. */
export type Outcome =
  | { readonly kind: 'answered'; readonly result: unknown }
  | { readonly kind: 'failed' | 'timeout' | 'memory' };

/** What is told of instances. Reports are what the function told of itself. */
interface InstanceEvents {
  /** The module has loaded. */
  loaded: [instance: Instance, reports: readonly unknown[]];
  given: [invocation: GivenInvocation];
  refused: [invocation: RefusedInvocation];
  over: [invocation: GivenInvocation, outcome: Outcome, reports: readonly unknown[]];
  /** A function asks for what was remembered. */
  asked: [wanted: Wanted, answer: (taken: Taken) => void];
  ended: [instance: Instance];
  /** The gateway has answered a request by itself, before any function. */
  unreached: [request: Unreached];
}

/** Tells what becomes of the instances of this process. */
export const instanceEvents = new EventEmitter<InstanceEvents>();

/** The instances that are alive; whoever runs them adds and deletes. */
export const instances = new Set<Instance>();

let started = 0;

/** A number for a new instance. */
export function nextInstanceNumber(): number {
  started += 1;
  return started;
}
