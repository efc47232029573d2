/** What is observed of a request, read from API Gateway's event. */
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Invocation } from './observation.ts';

/** The part of an Invocation that its event tells. */
export type RequestFacts = Pick<Invocation, 'method' | 'route' | 'requestBytes' | 'client'>;

/** Whether an event is a request to a REST API's proxy integration; an authorizer's has a type. */
export function isRestEvent(event: unknown): event is APIGatewayProxyEvent {
  return (
    typeof event === 'object' &&
    event !== null &&
    'httpMethod' in event &&
    'requestContext' in event &&
    !('type' in event)
  );
}

/** The facts of a request. */
export function requestFacts(event: APIGatewayProxyEvent): RequestFacts {
  return {
    method: event.httpMethod,
    route: event.resource,
    requestBytes: bodyBytes(event),
    client: clientId(event),
  };
}

/** Size of a body as it crosses the network, decoded when it is base64; 0 when it cannot cross it. */
export function bodyBytes({
  body,
  isBase64Encoded,
}: {
  body?: unknown;
  isBase64Encoded?: boolean;
}): number {
  if (typeof body !== 'string') return 0;
  return Buffer.byteLength(body, isBase64Encoded ? 'base64' : 'utf8');
}

/** The API key's id; asked for only when a key was sent, as the emulator names one on every route. */
function clientId(event: APIGatewayProxyEvent): string | undefined {
  for (const header in event.headers) {
    if (header.toLowerCase() === 'x-api-key') {
      return event.requestContext.identity.apiKeyId ?? undefined;
    }
  }
  return undefined;
}
