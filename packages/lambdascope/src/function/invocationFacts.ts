/** What is observed of an invocation's event and result, whatever triggered it. */
import type { Invocation } from './observation.ts';
import { answerFault } from './proxyAnswer.ts';

/** The part of an Invocation that its event tells. */
export type InvocationFacts = Pick<Invocation, 'method' | 'route' | 'requestBytes' | 'client'>;

/** What came of an invocation, as the gateway sends it. */
export interface Outcome {
  /** Status that the client gets. */
  readonly status: number;
  readonly responseBytes: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** What API Gateway answers when there is no answer, or none that it could send. */
const BAD_GATEWAY = 502;
/** What an invocation without a client is counted under. */
const [OK, FAILED, TIMED_OUT] = [200, 500, 504];

/**
 * What triggers functions besides HTTP, by what its records or its event call it; after "Using Lambda with
 * other services" in Lambda's guide.
 */
const RECORD_SOURCES: Readonly<Record<string, string>> = {
  'aws:sqs': 'sqs',
  'aws:sns': 'sns',
  'aws:s3': 's3',
  'aws:dynamodb': 'stream',
  'aws:kinesis': 'stream',
  'aws:kafka': 'kafka',
  'aws:ses': 'ses',
};

/** What a route begins with in the events of an HTTP API: `GET /users/{id}`, but `$default`. */
const METHOD = /^[A-Z]+ /;

/** Whether an event is a request to a REST API's proxy integration, or an HTTP API's with payload 1.0; an authorizer's has a type. */
export function isRestEvent(event: unknown): event is Fields {
  return isRecord(event) && 'httpMethod' in event && 'resource' in event && !('type' in event);
}

/** Whether an event is a request to an HTTP API, or a function URL, with payload 2.0. */
export function isHttpApiEvent(event: unknown): event is Fields {
  return isRecord(event) && event['version'] === '2.0' && 'routeKey' in event && !('type' in event);
}

/** Whether a client waits for an HTTP answer. */
export function isHttpEvent(event: unknown): boolean {
  return isRestEvent(event) || isHttpApiEvent(event);
}

/** The facts of an invocation. */
export function invocationFacts(event: unknown): InvocationFacts {
  const route = routeOf(event);
  return isRestEvent(event) || isHttpApiEvent(event)
    ? { ...route, ...requestFacts(event) }
    : { ...route, requestBytes: jsonBytes(event), client: undefined };
}

/** What an invocation is counted under. */
export function routeOf(event: unknown): Pick<InvocationFacts, 'method' | 'route'> {
  if (isRestEvent(event)) {
    const { httpMethod, resource } = event;
    return { method: String(httpMethod), route: String(resource).replace(METHOD, '') };
  }
  if (isHttpApiEvent(event)) {
    const http = recordAt(recordAt(event, 'requestContext'), 'http');
    const route = String(event['routeKey']).replace(METHOD, '');
    return { method: String(http['method'] ?? ''), route };
  }
  return { method: '', route: triggerOf(event) };
}

/** What came of an invocation that gave a result. */
export function outcomeOf(event: unknown, result: unknown): Outcome {
  if (isRestEvent(event)) {
    const status = answerFault(result) ? BAD_GATEWAY : Number(recordOf(result)['statusCode']);
    return { status, responseBytes: bodyBytes(recordOf(result)) };
  }
  if (isHttpApiEvent(event)) {
    // Without a status, the result itself is the body of a 200.
    if (!isRecord(result) || !('statusCode' in result)) {
      return { status: OK, responseBytes: jsonBytes(result) };
    }
    const status = answerFault(result) ? FAILED : Number(result['statusCode']);
    return { status, responseBytes: bodyBytes(result) };
  }
  return { status: OK, responseBytes: jsonBytes(result) };
}

/**
 * What came of an invocation that failed, or was out of time: both gateways answer alike, after "Handling
 * Lambda errors with an API Gateway API" in Lambda's guide.
 */
export function failureOf(event: unknown, kind: 'failed' | 'timeout' | 'memory'): Outcome {
  if (isRestEvent(event)) return { status: BAD_GATEWAY, responseBytes: 0 };
  const isTimeout = kind === 'timeout' && !isHttpApiEvent(event);
  return { status: isTimeout ? TIMED_OUT : FAILED, responseBytes: 0 };
}

/** What an event that is no HTTP request came from. */
export function triggerOf(event: unknown): string {
  if (!isRecord(event)) return 'direct';
  const [first] = Array.isArray(event['Records']) ? event['Records'] : [];
  const record = recordOf(first);
  const source = RECORD_SOURCES[String(record['eventSource'] ?? record['EventSource'])];
  if (source !== undefined) return source;
  if (event['detail-type'] === 'Scheduled Event') return 'schedule';
  if ('detail-type' in event && 'source' in event) return 'eventbridge';
  if (isRecord(recordAt(event, 'requestContext')['elb'])) return 'alb';
  if ('connectionId' in recordAt(event, 'requestContext')) return 'websocket';
  const asks = 'type' in event && ('methodArn' in event || 'routeArn' in event);
  return asks ? 'authorizer' : 'direct';
}

function requestFacts(event: Fields): Pick<InvocationFacts, 'requestBytes' | 'client'> {
  return { requestBytes: bodyBytes(event), client: clientId(event) };
}

/** Size of a body as it crosses the network, decoded when it is base64; 0 when it cannot cross it. */
function bodyBytes({ body, isBase64Encoded }: Fields): number {
  if (typeof body !== 'string') return 0;
  return Buffer.byteLength(body, isBase64Encoded ? 'base64' : 'utf8');
}

/** Size of a value as Lambda passes it. */
function jsonBytes(value: unknown): number {
  return value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value) ?? '');
}

/** The API key's id; asked for only when a key was sent, as the emulator names one on every route. */
function clientId(event: Fields): string | undefined {
  if (apiKeyOf(event) === undefined) return undefined;
  const { apiKeyId } = recordAt(recordAt(event, 'requestContext'), 'identity');
  return typeof apiKeyId === 'string' ? apiKeyId : undefined;
}

/** The key that a request sent: by the header alone, as API Gateway takes it. */
export function apiKeyOf(event: unknown): string | undefined {
  const headers = recordAt(recordOf(event), 'headers');
  for (const header in headers) {
    if (header.toLowerCase() === 'x-api-key') return String(headers[header]);
  }
  return undefined;
}

function recordAt(value: Fields, key: string): Fields {
  return recordOf(value[key]);
}

function recordOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
