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
import { awaitedRequest } from './awaitedResponse.ts';
import {
  type GivenInvocation,
  type Instance,
  instanceEvents,
  instances,
  nextInstanceNumber,
  type Outcome,
} from './instanceEvents.ts';
import type { HandlerRunner } from './internals.ts';
import { FunctionError, timedOut } from './lambdaErrors.ts';
import type { FunctionDefinition } from './serverless.ts';

/** A function as it is watched. */
export interface WatchedFunction extends Pick<FunctionDefinition, 'name'> {
  readonly key: string;
  /** Time limit of an invocation, in milliseconds; none: as long as it takes. */
  readonly timeoutMillis: number | undefined;
  readonly memorySizeBytes: number;
}

/** What serverless-offline sees as a runner, this sees as an instance. */
class StockInstance implements Instance {
  readonly number = nextInstanceNumber();
  readonly function: string;
  readonly memorySizeBytes: number;
  readonly startedAt = performance.now();
  readonly loadedAt = undefined;
  initSeconds: number | undefined;
  readonly initConcurrency = undefined;
  readonly initializationType = 'on-demand';
  readonly maxMemoryUsedBytes = undefined;
  threadId: number | undefined;
  reports: unknown[] = [];
  pending: GivenInvocation | undefined;
  hasBeenInvoked = false;

  constructor({ key, memorySizeBytes }: WatchedFunction) {
    this.function = key;
    this.memorySizeBytes = memorySizeBytes;
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
    const invocation = give(instance, event, context.awsRequestId);
    const late = timeLimit(instance, invocation, definition.timeoutMillis);
    try {
      const result = await Promise.race([
        running.run(instance, () => run.call(this, event, context)),
        late.promise,
      ]);
      settle(instance, invocation, { kind: 'answered', result });
      return result;
    } catch (error) {
      const isLate = error instanceof FunctionError;
      settle(instance, invocation, { kind: isLate ? 'timeout' : 'failed' });
      // It would go on, and be given the next.
      if (isLate) await this.cleanup();
      throw error;
    } finally {
      late.clear();
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
  subscribe(REPORTS, (report) => takeOf(running.getStore(), withoutInit(report as Report)));

  function give(instance: StockInstance, event: unknown, requestId = ''): GivenInvocation {
    const invocation = {
      instance,
      event,
      requestId,
      beganAt: undefined,
      logs: undefined,
      isFirst: !instance.hasBeenInvoked,
      givenAt: performance.now(),
      awaited: awaitedRequest(),
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

  function end(instance: StockInstance): void {
    if (!instances.delete(instance)) return;
    if (instance.pending !== undefined) settle(instance, instance.pending, { kind: 'failed' });
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

/** What runs in the emulator's own process had no start of its own. */
function withoutInit(report: Report): Report {
  if (report.kind !== 'observation') return report;
  const { initSeconds, seconds, ...observation } = report.observation;
  return {
    kind: 'observation',
    observation: { ...observation, initSeconds: 0, seconds: seconds - initSeconds },
  };
}

/** Fails once an invocation has taken longer than it may; the time to load does not count where it is known. */
function timeLimit(
  instance: StockInstance,
  { givenAt, isFirst, requestId }: GivenInvocation,
  limit: number | undefined,
): { readonly promise: Promise<never>; clear(): void } {
  let reject: (error: FunctionError) => void = () => {};
  const promise = new Promise<never>((_resolve, rejected) => {
    reject = rejected;
  });
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    if (limit === undefined) return;
    const initMillis = isFirst ? (instance.initSeconds ?? 0) * 1000 : 0;
    const left = givenAt + initMillis + limit - performance.now();
    if (left > 0) timer = setTimeout(look, left);
    else {
      reject(timedOut(limit, requestId));
    }
  };
  look();
  return { promise, clear: () => clearTimeout(timer) };
}
