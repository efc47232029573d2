/** Turns each invocation of a function into exactly one Observation: as a middleware of Middy's, or around any handler. */
import type middy from '@middy/core';
import { beginRecording, endRecording } from '../metrics.ts';
import { beginSpans, endSpans, type Recording } from '../span.ts';
import { chooseSink } from './chooseSink.ts';
import { config } from './config.ts';
import { startInstance } from './instance.ts';
import { failureOf, invocationFacts, outcomeOf } from './invocationFacts.ts';
import { errorKindOf, type Invocation } from './observation.ts';
import { endProperties } from './properties.ts';
import { endRemembering } from './remember.ts';
import type { Sink } from './sink.ts';

/** What may be told of how a function is observed. */
export interface ObserveOptions {
  /** The `function` label of its metrics. @default its key in `serverless.yml` */
  readonly functionName?: string;
  /** Where Observations go. @default what the environment says: the emulator, or CloudWatch */
  readonly sink?: Sink;
  /** Whether the instance was made for a waiting client. @default what the environment says */
  readonly onDemand?: boolean;
  /** Invocations that are not counted, such as those that only keep an instance warm. @default none */
  readonly ignore?: (event: unknown) => boolean;
  /** What is done about an error of observing, which never fails the invocation. @default logged, once */
  readonly onError?: (error: unknown) => void;
}

type Callback = (error?: Error | string | null, result?: unknown) => void;

/** A function's handler as Lambda calls it. */
type Handler<Event, Context> = (event: Event, context: Context, callback: Callback) => unknown;

interface Begun {
  readonly startedAt: number;
  readonly event: unknown;
  readonly invocation: Invocation;
  readonly spans: Recording;
  hasEnded: boolean;
}

type End = { readonly result: unknown } | { readonly error: unknown };

/**
 * Observes every invocation of a Middy chain. Use it first, so that it sees what all others have done. A
 * middleware that answers early ends Middy's chain without it: where one does, put `observed` around the whole.
 *
 * @example
 * export const handler = middy(core).use(observe()).use(httpErrorHandler());
 */
export function observe(options: ObserveOptions = {}): middy.MiddlewareObj {
  const observer = createObserver(options);
  const all = new WeakMap<middy.Request, Begun | undefined>();
  return {
    before: function observeBefore(request) {
      all.set(request, observer.begin(request.event));
    },
    after: (request) => observer.end(all.get(request), { result: request.response }),
    onError(request) {
      const { response, error } = request;
      return observer.end(
        all.get(request),
        response === undefined ? { error } : { result: response },
      );
    },
  };
}

/**
 * Observes every invocation of a handler, be it asynchronous or with a callback.
 *
 * @example
 * export const handler = observed(async (event) => ({ statusCode: 200, body: 'hello' }));
 */
export function observed<Event, Context>(
  handler: Handler<Event, Context>,
  options: ObserveOptions = {},
): (event: Event, context: Context, callback?: Callback) => Promise<unknown> {
  const observer = createObserver(options);
  return async function observedHandler(event, context) {
    const begun = observer.begin(event);
    try {
      const result = await called(handler, event, context);
      await observer.end(begun, { result });
      return result;
    } catch (error) {
      await observer.end(begun, { error });
      throw error;
    }
  };
}

/** A handler's result, by whichever way it gives it. */
function called<Event, Context>(
  handler: Handler<Event, Context>,
  event: Event,
  context: Context,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const result = handler(event, context, (error, given) =>
      error ? reject(error) : resolve(given),
    );
    // What takes a callback and gives nothing will call it.
    if (result !== undefined || handler.length < 3) resolve(result);
  });
}

/** Call it at module load, as late as may be: init ends there. */
function createObserver({
  functionName = config.functionName,
  sink = chooseSink(config),
  onDemand = config.onDemand,
  ignore = () => false,
  onError = logOnce(),
}: ObserveOptions) {
  const instance = startInstance(onDemand);
  return {
    begin(event: unknown): Begun | undefined {
      const startedAt = performance.now();
      const coldStart = instance.takeColdStart();
      try {
        // The next request finds the instance warm; this is none, and is not counted.
        if (ignore(event)) {
          sink.ignored?.();
          return undefined;
        }
        const invocation: Invocation = {
          instance: instance.id,
          function: functionName,
          coldStart,
          initSeconds: coldStart ? instance.initSeconds : 0,
          ...invocationFacts(event),
        };
        beginRecording();
        return { startedAt, event, invocation, spans: beginSpans(startedAt), hasEnded: false };
      } catch (error) {
        onError(error);
        return undefined;
      }
    },

    async end(begun: Begun | undefined, end: End): Promise<void> {
      if (begun === undefined || begun.hasEnded) return;
      begun.hasEnded = true;
      const recorded = endRecording();
      const properties = endProperties();
      const remembered = endRemembering();
      const spans = endSpans(begun.spans);
      const { startedAt, event, invocation } = begun;
      try {
        const failure = 'result' in end ? undefined : kindOf(end.error);
        const outcome =
          'result' in end ? outcomeOf(event, end.result) : failureOf(event, kindOf(end.error));
        await sink.observe({
          ...invocation,
          ...outcome,
          seconds: invocation.initSeconds + (performance.now() - startedAt) / 1000,
          heapUsedBytes: instance.heapUsedBytes(),
          eventLoopUtilization: instance.eventLoopUtilization(),
          errorKind: failure === 'timeout' ? failure : errorKindOf(outcome.status),
          recorded,
          properties,
          remembered,
          spans,
        });
      } catch (error) {
        onError(error);
      }
    },
  };
}

/** Middy throws it shortly before the time is up. */
function kindOf(error: unknown): 'failed' | 'timeout' {
  return error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'failed';
}

/** Said once: a broken sink would otherwise write a line for every request. */
function logOnce(): (error: unknown) => void {
  let said = false;
  return (error) => {
    if (said) return;
    said = true;
    console.error('lambdascope: a request goes unobserved, as may others after it:', error);
  };
}
