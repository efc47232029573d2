/** Reads a request's body as JSON. */
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { HttpProblem } from './problem.ts';

/** `application/json` and `application/anything+json`, with or without parameters. */
const JSON_MEDIA_TYPE = /^application\/(?:[\w.!#$&^-]+\+)?json\s*(?:;|$)/i;

/**
 * Strings, or the number words that JSON lacks but Python, R and JavaScript write. A string need not
 * end: one that must would be looked for anew from each of its escaped quotes, which is quadratic.
 */
const STRING_OR_NUMBER_WORD = /"(?:[^"\\]|\\.)*"?|-?\b(?:NaN|Infinity)\b/gs;

/**
 * The parsed body of a request.
 *
 * @param maxBytes largest body that is read, in bytes
 * @throws HttpProblem 415 not JSON, 413 too large, 400 empty or malformed
 */
export function jsonBody(event: APIGatewayProxyEvent, maxBytes: number): unknown {
  if (!JSON_MEDIA_TYPE.test(contentType(event))) {
    throw new HttpProblem('unsupported_media_type', 'Send the body as application/json.');
  }
  const text = bodyText(event);
  if (Buffer.byteLength(text) > maxBytes) {
    throw new HttpProblem('content_too_large', `The body is larger than ${maxBytes} bytes.`);
  }
  if (text.trim() === '') {
    throw new HttpProblem('empty_body', 'The body is empty; send a JSON object.');
  }
  return parse(text);
}

function contentType({ headers }: APIGatewayProxyEvent): string {
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (name.toLowerCase() === 'content-type') return value ?? '';
  }
  return '';
}

function bodyText({ body, isBase64Encoded }: APIGatewayProxyEvent): string {
  if (body === null || body === undefined) return '';
  return isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    try {
      // A bare NaN is not JSON, but its sender deserves to hear which field holds it: a number
      // too large for a double parses to Infinity, which validation then refuses by name.
      return JSON.parse(
        text.replace(STRING_OR_NUMBER_WORD, (token) => (token.startsWith('"') ? token : '1e999')),
      );
    } catch {
      throw new HttpProblem('malformed_json', 'The body is not valid JSON.', { cause });
    }
  }
}
