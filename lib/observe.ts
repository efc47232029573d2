/** The outermost part of the Middy chain: turns each invocation into exactly one Observation. */
import type middy from '@middy/core';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Answer } from './answer.ts';
import { config } from './config.ts';
import { startInstance } from './instance.ts';
import { errorKindOf, type Invocation } from './observation.ts';
import { answerFault } from './proxyAnswer.ts';
import { bodyBytes, requestFacts } from './requestFacts.ts';
import { chooseSink, type Sink } from './sink.ts';
import { isWarmUp } from './warmUp.ts';

export interface ObserveOptions {
  /** Short name of the function, the `function` label of its metrics. */
  readonly functionName: string;
  /** @default the sink that the environment chooses */
  readonly sink?: Sink;
  /** Whether the instance was made for a waiting client. @default what the environment says */
  readonly onDemand?: boolean;
}

/** Middy's hooks around a whole request, for the options of `middy()`. */
export interface ObserveHooks {
  requestStart(request: middy.Request): void;
  requestEnd(request: middy.Request): Promise<void>;
}

/** What API Gateway answers when there is no answer, or none that it could send. */
const BAD_GATEWAY = 502;
const NO_ANSWER: Answer = { statusCode: BAD_GATEWAY, body: '' };

/**
 * Observes every invocation of a function, as options of its chain:
 * `middy({ ...observe({ functionName }), timeoutEarlyInMillis })`.
 *
 * They are Middy's request hooks and not `before`, `after` and `onError`, because a `before` that
 * answers early skips every `after`, while `requestEnd` runs once, last, whatever happened. Call it
 * at module load, as late as may be: init ends there.
 */
export function observe({
  functionName,
  sink = chooseSink(config),
  onDemand = config.onDemand,
}: ObserveOptions): ObserveHooks {
  const instance = startInstance(onDemand);
  const begun = new WeakMap<middy.Request, { startedAt: number; invocation: Invocation }>();
  let failed = false;

  return {
    requestStart: function observeRequestStart(request) {
      const startedAt = performance.now();
      const event = request.event as APIGatewayProxyEvent;
      const coldStart = instance.takeColdStart();
      // The next request finds the instance warm; this is none, and is not counted.
      if (isWarmUp(event)) return;
      try {
        const invocation: Invocation = {
          instance: instance.id,
          function: functionName,
          coldStart,
          initSeconds: coldStart ? instance.initSeconds : 0,
          ...requestFacts(event),
        };
        begun.set(request, { startedAt, invocation });
      } catch (error) {
        report(error);
      }
    },

    requestEnd: async function observeRequestEnd(request) {
      const start = begun.get(request);
      if (start === undefined) return;
      const answer = (request.response as Answer | undefined) ?? NO_ANSWER;
      const { observed } = answer;
      delete answer.observed;
      const { startedAt, invocation } = start;
      const status = answerFault(answer) ? BAD_GATEWAY : answer.statusCode;
      try {
        await sink({
          ...invocation,
          status,
          seconds: invocation.initSeconds + (performance.now() - startedAt) / 1000,
          responseBytes: bodyBytes(answer),
          batchSize: observed?.batchSize,
          predictions: observed?.predictions,
          heapUsedBytes: instance.heapUsedBytes(),
          eventLoopUtilization: instance.eventLoopUtilization(),
          errorKind: errorKindOf(status),
        });
      } catch (error) {
        report(error);
      }
    },
  };

  /**
   * Metrics are about the request, so what goes wrong with them must not fail it. Said once: a broken
   * sink would otherwise write a line for every request.
   */
  function report(error: unknown): void {
    if (failed) return;
    failed = true;
    console.error('lambdascope: a request goes unobserved, as may others after it:', error);
  }
}
