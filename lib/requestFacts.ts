/** What is observed of a request, read from API Gateway's event. */
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Invocation } from './observation.ts';

/** The part of an Invocation that its event tells. */
export type RequestFacts = Pick<Invocation, 'method' | 'route' | 'requestBytes' | 'client'>;

/** The facts of a request. */
export function requestFacts(event: APIGatewayProxyEvent): RequestFacts {
  return {
    method: event.httpMethod,
    route: event.resource,
    requestBytes: bodyBytes(event),
    client: clientId(event),
  };
}

/** Size of a body as it crosses the network, decoded when it is base64. */
export function bodyBytes(message: { body: string | null; isBase64Encoded?: boolean }): number {
  return Buffer.byteLength(message.body ?? '', message.isBase64Encoded ? 'base64' : 'utf8');
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
