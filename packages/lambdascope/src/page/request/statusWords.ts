/** How a request ended, in words. */
import type { RequestSummary } from '../../emulator/live/request.ts';

/** What HTTP calls its statuses, as far as Lambda functions and API Gateway are likely to answer them. */
const NAMES: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  418: 'I’m a Teapot',
  422: 'Unprocessable Content',
  428: 'Precondition Required',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** The status with its name, or what there was instead: "422 Unprocessable Content", "The client left". */
export function statusWords({ status, method, error }: RequestSummary): string {
  if (status !== null) return `${status} ${NAMES[status] ?? ''}`.trim();
  if (method !== '') return 'The client left';
  return error === undefined ? 'Done' : 'Failed';
}

/** Why it ended so: "validation error", "refused: burst", "by the gateway"; empty where it went well. */
export function reasonWords({ refused, error }: RequestSummary): string {
  if (refused === 'gateway') return 'by the gateway';
  if (refused !== undefined) return `refused: ${refused}`;
  return error === undefined ? '' : `${error} error`;
}
