/** A request as the live page shows it: a line of the list, and all that is kept of it. */
import type { ErrorKind } from '../../function/observation.ts';
import type { Labels } from '../../metrics.ts';
import type { SpanKind } from '../../span.ts';
import type { ThrottleReason } from '../limits/throttleReason.ts';

/** A line of the list: an invocation, or what a limit kept from being one. */
export interface RequestSummary {
  /** Lambda's id of the request, the one of its REPORT line; one of its own where no function got it. */
  readonly id: string;
  /** Unix time in seconds at which it came. */
  readonly time: number;
  /** Key in `serverless.yml`; empty where the gateway answered before any function. */
  readonly function: string;
  /** In capitals; empty when it is no HTTP request. */
  readonly method: string;
  /** As it was sent, without query; else what triggered the function. */
  readonly path: string;
  /** What the client got; null when it left before. */
  readonly status: number | null;
  /** From its coming to the end of its answer. */
  readonly seconds: number;
  /** Whether it waited for an instance to start. */
  readonly isCold: boolean;
  /** Number of the instance; null where none was given it. */
  readonly instance: number | null;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Why no function got it: a limit, its size, or what else the gateway asks for, such as a key or a route. */
  readonly refused?: ThrottleReason | 'size' | 'gateway' | undefined;
  readonly error?: ErrorKind | undefined;
}

/**
 * What a request waited for, one after the other: the gateway or endpoint that took it, an instance (a free
 * one, or its turn), the init of a new one, the function, and the way of the answer to the client.
 */
export type PhaseName = 'gateway' | 'queue' | 'init' | 'function' | 'answer';

/** A phase; each begins where the one before ends, and together they are the whole of the request. */
export interface Phase {
  readonly name: PhaseName;
  /** Since the request came. */
  readonly startSeconds: number;
  readonly seconds: number;
}

/** A part of the function's phase that it timed itself. Parts may lie within others. */
export interface TimedPart {
  readonly name: string;
  readonly kind: SpanKind;
  /** Since the request came. */
  readonly startSeconds: number;
  readonly seconds: number;
}

/** A header or parameter; no value where it is a secret, which is not kept. */
export type KeptField = readonly [name: string, value: string | null];

/** A body, or the beginning of it. */
export interface KeptBody {
  /** As text, or in base64 where it is not text. */
  readonly text: string;
  readonly isBase64: boolean;
  /** Whether it is all of it. */
  readonly isWhole: boolean;
}

/** What is kept of a request or an answer. */
export interface KeptMessage {
  readonly headers: readonly KeptField[];
  /** None when it has none, or none is kept (`custom.lambdascope.bodies: false`). */
  readonly body?: KeptBody;
}

/** What a function wrote while it was at the request, in the order in which it did. */
export interface LogLine {
  /** Since the request came. */
  readonly startSeconds: number;
  readonly stream: 'stdout' | 'stderr';
  /** One write, mostly one line, without the line break at its end. */
  readonly text: string;
}

/** Values of a metric of the service's own. */
export interface RecordedValue {
  readonly name: string;
  readonly labels: Labels;
  /** The value, or the sum of several. */
  readonly value: number;
  /** How many values, where a histogram took several. */
  readonly count?: number;
}

/** Modules that a function loads, the heaviest first: by bytes in its bundle, or milliseconds. */
export interface LoadedModules {
  readonly unit: 'bytes' | 'millis';
  readonly modules: readonly { readonly name: string; readonly weight: number }[];
}

/** All that is kept of a request. */
export interface RequestDetail extends RequestSummary {
  /** Resource path of the route: `/orders/{id}`; else what triggered the function. */
  readonly route: string;
  readonly query: readonly KeptField[];
  /** Of `traceparent`, or of `X-Amzn-Trace-Id`, which the emulated gateway adds as API Gateway does. */
  readonly traceId?: string;
  readonly phases: readonly Phase[];
  /** Of a function that is observed; those of Middy's with `middleware` and `handler`. */
  readonly parts: readonly TimedPart[];
  /** For a cold start, what `lambdascope coldstart` found in the function; none before it was run. */
  readonly modules?: LoadedModules;
  /** Most instances that were starting at once while this one did. */
  readonly initConcurrency?: number;
  /** What `api_request_latency_seconds` has of it; none where no function got it. */
  readonly countedSeconds?: number;
  /** What Lambda would bill, init included; none where no function got it. */
  readonly billedSeconds?: number;
  /** Most memory that the instance used; none where nobody can tell. */
  readonly maxMemoryUsedBytes?: number;
  readonly memorySizeBytes?: number;
  readonly request: KeptMessage;
  /** None when the client left before. */
  readonly response?: KeptMessage;
  /** None where the function's runner does not tell (serverless-offline's own, Docker). */
  readonly logs?: readonly LogLine[];
  /** Whether more was written than is kept. */
  readonly areLogsCut: boolean;
  readonly recorded: readonly RecordedValue[];
  /** The command that sends it again, with `$API_KEY` and such in the place of secrets; none where it is no HTTP request. */
  readonly curl?: string;
  /** Why it cannot be sent again as it is: its body was not kept whole. None where it can. */
  readonly resendNeeds?: 'body';
}

/** What `POST /requests/{id}/again` takes. */
export interface Again {
  /** Another body, as text. @default the one that is kept */
  readonly body?: string;
}

/** And gives: the new request is in the list by then. */
export interface SentAgain {
  readonly id: string;
}
