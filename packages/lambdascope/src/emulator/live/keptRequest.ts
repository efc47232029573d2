/** What is kept of a request: taken from the invocation as soon as it is over, and nothing else of it stays. */
import { randomUUID } from 'node:crypto';
import { invocationFacts } from '../../function/invocationFacts.ts';
import type { Counted } from '../../function/localSink.ts';
import type { Spans } from '../../span.ts';
import type { CountedInvocation } from '../aggregator.ts';
import type { Answer } from '../awaitedResponse.ts';
import {
  type GivenInvocation,
  isCold,
  isProvisioned,
  type Outcome,
  type RefusedInvocation,
  type Unreached,
} from '../instanceEvents.ts';
import type { BilledTime } from '../reportLine.ts';
import type { InvocationLogs } from '../runner/invocationLogs.ts';
import { type Exchange, exchanged, exchangeOf } from './exchange.ts';
import type { Times } from './phases.ts';
import type { RequestSummary } from './request.ts';
import { unixSeconds } from './unixTime.ts';

/** What is known once an invocation is over. */
export interface OverInvocation {
  readonly invocation: GivenInvocation;
  readonly outcome: Outcome;
  readonly endedAt: number;
  readonly billed: BilledTime;
  readonly maxMemoryUsedBytes: number | undefined;
  /** What is counted of it; none where the function asks for it not to be. */
  readonly counted: CountedInvocation | undefined;
}

/** A request of the log. Objects of one shape, made at once: every request is kept, at whatever rate they come. */
export interface KeptRequest {
  readonly summary: RequestSummary;
  readonly exchange: Exchange;
  readonly traceId: string | undefined;
  readonly times: Times;
  /** None where no instance was given it. */
  readonly invocation: KeptInvocation | undefined;
}

/** What is kept of an invocation beside its event and result. */
export interface KeptInvocation {
  readonly isProvisioned: boolean;
  readonly spans: Spans | undefined;
  readonly counted: readonly Counted[];
  readonly countedSeconds: number | undefined;
  /** Of a cold start. */
  readonly initSeconds: number | undefined;
  readonly initConcurrency: number | undefined;
  readonly billedSeconds: number;
  readonly maxMemoryUsedBytes: number | undefined;
  readonly memorySizeBytes: number;
  readonly logs: InvocationLogs | undefined;
}

/**
 * Keeps an invocation.
 *
 * @param keepsBodies whether bodies are kept at all
 */
export function keepInvocation(
  { invocation, outcome, endedAt, billed, maxMemoryUsedBytes, counted }: OverInvocation,
  answer: Answer,
  keepsBodies: boolean,
): KeptRequest {
  const { instance, event, requestId, givenAt, beganAt, awaited, logs } = invocation;
  const wasCold = isCold(invocation);
  const receivedAt = awaited?.receivedAt ?? givenAt;
  const invokedAt = awaited?.invokedAt ?? givenAt;
  const answeredAt = Math.max(answer.at, endedAt);
  const result = outcome.kind === 'answered' ? outcome.result : undefined;
  const exchange = exchangeOf(event, awaited, answer, keepsBodies, result);
  const isHttp = exchange.api !== undefined;
  return {
    summary: {
      id: requestId || randomUUID(),
      time: unixSeconds(receivedAt),
      function: instance.function,
      method: exchange.method,
      path: exchange.path,
      status: isHttp ? (answer.status ?? null) : (counted?.status ?? STATUS[outcome.kind]),
      seconds: (answeredAt - receivedAt) / 1000,
      isCold: wasCold,
      instance: instance.number,
      requestBytes: counted?.requestBytes ?? invocationFacts(event).requestBytes,
      responseBytes: isHttp ? exchange.responseBytes : (counted?.responseBytes ?? 0),
      refused: undefined,
      error: counted?.errorKind,
    },
    exchange,
    traceId: awaited?.traceId,
    times: { receivedAt, invokedAt, givenAt, beganAt, endedAt, answeredAt },
    invocation: {
      isProvisioned: isProvisioned(instance),
      spans: counted?.spans,
      counted: counted?.counted ?? [],
      countedSeconds: counted?.seconds,
      initSeconds: wasCold ? instance.initSeconds : undefined,
      initConcurrency: wasCold ? instance.initConcurrency : undefined,
      billedSeconds: billed.billedMillis / 1000,
      maxMemoryUsedBytes,
      memorySizeBytes: instance.memorySizeBytes,
      logs,
    },
  };
}

/** Keeps what no instance was given. */
export function keepRefused(
  { event, function: name, awaited, reason }: RefusedInvocation,
  refusedAt: number,
  answer: Answer,
  keepsBodies: boolean,
): KeptRequest {
  const exchange = exchangeOf(event, awaited, answer, keepsBodies);
  const whyNot = reason === undefined ? 413 : 429;
  return notInvoked(exchange, {
    function: name,
    status: answer.status ?? (exchange.api ? null : whyNot),
    requestBytes: invocationFacts(event).requestBytes,
    refused: reason ?? 'size',
    traceId: awaited?.traceId,
    receivedAt: awaited?.receivedAt ?? refusedAt,
    refusedAt,
    answeredAt: answer.at,
  });
}

/** Keeps what the gateway answered before any function; what was in its body is not known. */
export function keepUnreached(
  { response, receivedAt, traceId, answer }: Unreached,
  keepsBodies: boolean,
): KeptRequest {
  return notInvoked(exchanged(response, answer, keepsBodies), {
    function: '',
    status: response.statusCode,
    requestBytes: Number(response.req.headers['content-length'] ?? 0),
    refused: 'gateway',
    traceId,
    receivedAt,
    refusedAt: answer.at,
    answeredAt: answer.at,
  });
}

interface NotInvoked
  extends Required<Pick<RequestSummary, 'function' | 'status' | 'requestBytes' | 'refused'>> {
  readonly traceId: string | undefined;
  readonly receivedAt: number;
  readonly refusedAt: number;
  readonly answeredAt: number;
}

function notInvoked(
  exchange: Exchange,
  { traceId, receivedAt, refusedAt, answeredAt, ...summary }: NotInvoked,
): KeptRequest {
  const { method, path, responseBytes } = exchange;
  return {
    summary: {
      id: randomUUID(),
      time: unixSeconds(receivedAt),
      method,
      path,
      seconds: (answeredAt - receivedAt) / 1000,
      isCold: false,
      instance: null,
      responseBytes,
      ...summary,
    },
    exchange,
    traceId,
    times: {
      receivedAt,
      invokedAt: refusedAt,
      givenAt: undefined,
      beganAt: undefined,
      endedAt: refusedAt,
      answeredAt,
    },
    invocation: undefined,
  };
}

/** What an invocation without a client is shown with, where nothing is counted. */
const STATUS: Readonly<Record<Outcome['kind'], number>> = {
  answered: 200,
  failed: 500,
  timeout: 504,
  memory: 500,
};
