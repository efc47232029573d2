/** Watches the instances that serverless-offline itself runs: threads, containers, other runtimes. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import {
  BroadcastChannel,
  type MessagePort,
  receiveMessageOnPort,
  type Worker,
} from 'node:worker_threads';
import { REPORTS, type Report, type ThreadReport } from '../function/localSink.ts';
import { awaitedResponse } from './awaitedResponse.ts';
import {
  type GivenInvocation,
  type Instance,
  instanceEvents,
  instances,
  nextInstanceNumber,
  type Outcome,
} from './instanceEvents.ts';
import type { HandlerRunner } from './internals.ts';
import type { FunctionDefinition } from './serverless.ts';

/** A function as it is watched. */
export interface WatchedFunction extends FunctionDefinition {
  readonly key: string;
  /** Time limit of an invocation, in milliseconds. */
  readonly timeoutMillis: number;
}

/** What serverless-offline sees as a runner, this sees as an instance. */
class StockInstance implements Instance {
  readonly number = nextInstanceNumber();
  readonly function: string;
  readonly timeoutMillis: number;
  initSeconds: number | undefined;
  readonly initializationType = 'on-demand';
  readonly maxMemoryUsedBytes = undefined;
  threadId: number | undefined;
  reports: unknown[] = [];
  pending: GivenInvocation | undefined;
  hasBeenInvoked = false;

  constructor({ key, timeoutMillis }: WatchedFunction) {
    this.function = key;
    this.timeoutMillis = timeoutMillis;
  }

  get isBusy(): boolean {
    return this.pending !== undefined;
  }
}

/**
 * Watches every invocation from now on.
 *
 * @param runner prototype of serverless-offline's runner, which is extended
 * @param functions by their names in AWS
 */
export function watchStockRunner(
  runner: HandlerRunner,
  functions: ReadonlyMap<string, WatchedFunction>,
): void {
  const known = new WeakMap<HandlerRunner, StockInstance>();
  const running = new AsyncLocalStorage<StockInstance>();
  const reports = new BroadcastChannel(REPORTS);
  const { run, cleanup } = runner;

  runner.run = async function watchedRun(event, context) {
    const definition = functions.get(context.functionName);
    if (definition === undefined) return run.call(this, event, context);
    const instance = known.get(this) ?? new StockInstance(definition);
    known.set(this, instance);
    instances.add(instance);
    const invocation = give(instance, event);
    try {
      const result = await running.run(instance, () => run.call(this, event, context));
      settle(instance, invocation, { kind: 'answered', result });
      return result;
    } catch (error) {
      settle(instance, invocation, { kind: 'failed' });
      throw error;
    }
  };

  runner.cleanup = async function watchedCleanup() {
    const instance = known.get(this);
    known.delete(this);
    if (instance !== undefined) end(instance);
    return cleanup.call(this);
  };

  // Node tells of each new thread in the context in which it was made.
  process.on('worker', (worker: Worker) => {
    const instance = running.getStore();
    if (instance === undefined) return;
    instance.threadId = worker.threadId;
    worker.once('exit', () => end(instance));
  });
  reports.onmessage = ({ data }: { data: unknown }) => take(data);
  reports.unref();
  // A function that runs in this process tells it here.
  subscribe(REPORTS, (report) => takeOf(running.getStore(), report as Report));

  function give(instance: StockInstance, event: unknown): GivenInvocation {
    const invocation = {
      instance,
      event,
      isFirst: !instance.hasBeenInvoked,
      givenAt: performance.now(),
      response: awaitedResponse(),
    };
    instance.hasBeenInvoked = true;
    instance.pending = invocation;
    instanceEvents.emit('given', invocation);
    return invocation;
  }

  function settle(instance: StockInstance, invocation: GivenInvocation, outcome: Outcome): void {
    if (instance.pending !== invocation) return;
    takeWhatWaits();
    instance.pending = undefined;
    const told = instance.reports;
    instance.reports = [];
    instanceEvents.emit('over', invocation, outcome, told);
  }

  /** serverless-offline ends an instance whose time is up, which has no other sign. */
  function end(instance: StockInstance): void {
    if (!instances.delete(instance)) return;
    const { pending } = instance;
    if (pending !== undefined) {
      const isLate = performance.now() - pending.givenAt >= instance.timeoutMillis - 1;
      settle(instance, pending, { kind: isLate ? 'timeout' : 'failed' });
    }
    instanceEvents.emit('ended', instance);
  }

  /** What an instance told before it answered is there when its answer is, though perhaps not yet heard. */
  function takeWhatWaits(): void {
    for (;;) {
      // Node takes a broadcast channel too; its types do not say so.
      const waiting = receiveMessageOnPort(reports as unknown as MessagePort);
      if (waiting === undefined) return;
      take(waiting.message);
    }
  }

  function take(message: unknown): void {
    const { threadId, report } = message as ThreadReport;
    for (const one of instances) {
      if (one instanceof StockInstance && one.threadId === threadId) takeOf(one, report);
    }
  }
}

function takeOf(instance: StockInstance | undefined, report: ThreadReport['report']): void {
  if (instance === undefined) return;
  if (report.kind === 'hello') instanceEvents.emit('loaded', instance, [report]);
  else if (report.kind === 'loaded') instance.initSeconds = report.initSeconds;
  else instance.reports.push(report);
}
