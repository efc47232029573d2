/** The gate that every invocation goes through: what AWS would refuse is refused, counted, and said in its words. */
import { setTimeout } from 'node:timers/promises';
import {
  apiKeyOf,
  type InvocationFacts,
  isHttpEvent,
  routeOf,
  triggerOf,
} from '../../function/invocationFacts.ts';
import { awaitedRequest, awaitedResponse } from '../awaitedResponse.ts';
import { apiOf, type GatewayAnswer, proxyAnswer } from '../gatewayAnswers.ts';
import { instanceEvents } from '../instanceEvents.ts';
import type { HandlerRunner } from '../internals.ts';
import { failInvoke, isAsynchronous } from '../lambdaEndpoint.ts';
import {
  FunctionError,
  InvokeRefusedError,
  RequestTooLargeError,
  ThrottledError,
} from '../lambdaErrors.ts';
import { PROVISION } from '../runner/provisioned.ts';
import type { Concurrency } from './concurrency.ts';
import type { GatewayLimits } from './gatewayLimits.ts';
import { eventExcess, resultExcess } from './payloads.ts';
import type { ThrottleReason } from './throttleReason.ts';

/**
 * Pauses of an asynchronous invocation that is throttled, in milliseconds, and when it is given up; after
 * "Asynchronous invocation" in Lambda's guide.
 */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 300_000;
const LONGEST_WAIT = 6 * 3_600_000;

export interface InvocationLimits {
  /** Keys in `serverless.yml` by names in AWS. */
  readonly functions: ReadonlyMap<string, string>;
  readonly concurrency: Concurrency;
  /** What the gateway refuses; none where it, and sizes, are not limited. */
  readonly gateway: GatewayLimits | undefined;
  /** Whether a method of a route asks for an API key. */
  readonly isPrivate: (at: Pick<InvocationFacts, 'method' | 'route'>) => boolean;
}

/** @param runner prototype of serverless-offline's runner, which is extended */
export function limitInvocations(runner: HandlerRunner, limits: InvocationLimits): void {
  const { run } = runner;

  runner.run = async function limitedRun(event, context) {
    const name = limits.functions.get(context.functionName);
    if (name === undefined || event === PROVISION) return run.call(this, event, context);
    const awaited = awaitedRequest();
    if (awaited !== undefined) awaited.invokedAt = performance.now();
    const answer = refusedByGateway(name, event) ?? refusedForSize(name, event);
    if (answer !== undefined) return answer.refused;
    const result = await whenThereIsRoom(name, event, () => run.call(this, event, context));
    if (result instanceof InvokeRefusedError) return instead(event, result);
    const excess = limits.gateway && resultExcess(result);
    if (excess === undefined) return result;
    const reason = `Response payload size (${excess.bytes} bytes) exceeded maximum allowed payload size (${excess.limit} bytes).`;
    return instead(event, new FunctionError('Function.ResponseSizeTooLarge', reason));
  };

  function refusedByGateway(name: string, event: unknown): { refused: unknown } | undefined {
    if (limits.gateway === undefined || !isHttpEvent(event)) return undefined;
    const at = routeOf(event);
    const api = apiOf(event);
    const isPrivate = limits.isPrivate(at);
    const apiKey = isPrivate ? apiKeyOf(event) : undefined;
    const reason = limits.gateway.refusal({ api, ...at, isPrivate, apiKey });
    if (reason === undefined) return undefined;
    refuse(name, event, reason);
    return { refused: proxyAnswer(reason === 'quota' ? 'QUOTA_EXCEEDED' : 'THROTTLED', api) };
  }

  function refusedForSize(name: string, event: unknown): { refused: unknown } | undefined {
    const how = isWaitedFor(event) ? 'RequestResponse' : 'Event';
    const excess = limits.gateway && eventExcess(event, how);
    if (excess === undefined) return undefined;
    refuse(name, event);
    return { refused: instead(event, new RequestTooLargeError(excess, how)) };
  }

  /** Its result, or why there was no room; what nobody waits for is tried again. */
  async function whenThereIsRoom(
    name: string,
    event: unknown,
    work: () => Promise<unknown>,
  ): Promise<unknown> {
    const until = performance.now() + LONGEST_WAIT;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      const result = await attempt(name, event, work);
      if (!(result instanceof ThrottledError)) return result;
      refuse(name, event, result.reason);
      if (isWaitedFor(event) || performance.now() > until) return result;
      await setTimeout(pause, undefined, { ref: false });
    }
  }

  async function attempt(
    name: string,
    event: unknown,
    work: () => Promise<unknown>,
  ): Promise<unknown> {
    try {
      limits.concurrency.enter(name);
    } catch (error) {
      return error;
    }
    try {
      return await work();
    } catch (error) {
      return insteadOf(event, error);
    } finally {
      limits.concurrency.leave(name);
    }
  }
}

function refuse(name: string, event: unknown, reason?: ThrottleReason): void {
  const awaited = awaitedRequest();
  instanceEvents.emit('refused', { function: name, event, awaited, ...(reason && { reason }) });
}

/** What takes the place of the result of a function that failed; why it did is in the log. */
function insteadOf(event: unknown, error: unknown): unknown {
  if (error instanceof FunctionError) return instead(event, error);
  if (isAnswered(event)) return proxyAnswer('FUNCTION_ERROR', apiOf(event));
  const response = awaitedResponse('lambda');
  // Nobody waits for it, not even serverless-offline, which would end.
  if (response !== undefined && isAsynchronous(response)) return undefined;
  throw error;
}

/** What takes the place of a result: an answer of the gateway's, or of Lambda's to an SDK. */
function instead(event: unknown, error: InvokeRefusedError | FunctionError): unknown {
  if (isAnswered(event)) return proxyAnswer(gatewayAnswerTo(error), apiOf(event));
  const response = awaitedResponse('lambda');
  if (response === undefined) throw error;
  failInvoke(response, error);
  return undefined;
}

/** Whether a client of the gateway waits for what a function gives. */
function isAnswered(event: unknown): boolean {
  return isHttpEvent(event) && awaitedResponse() !== undefined;
}

function gatewayAnswerTo(error: InvokeRefusedError | FunctionError): GatewayAnswer {
  if (error instanceof FunctionError) return 'FUNCTION_ERROR';
  return error instanceof RequestTooLargeError ? 'REQUEST_TOO_LARGE' : 'INTEGRATION_FAILURE';
}

/** Whether somebody waits for the result; else the invocation is asynchronous. */
function isWaitedFor(event: unknown): boolean {
  const response = awaitedResponse('lambda');
  if (response !== undefined) return !isAsynchronous(response);
  return awaitedResponse() !== undefined || WAITING.has(triggerOf(event));
}

/** What waits for results at servers whose answers are not known. */
const WAITING: ReadonlySet<string> = new Set(['alb', 'websocket']);
