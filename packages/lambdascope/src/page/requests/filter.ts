/** Which requests the list shows. */
import type { RequestSummary } from '../../emulator/live/request.ts';

/** How a request ended, for its reader: by its status, or that a limit or its client ended it. */
export type StatusClass = 'ok' | '4xx' | '5xx' | 'refused' | 'left';

/** What is asked for; empty texts ask for nothing. */
export interface Filter {
  readonly function: string;
  readonly status: StatusClass | '';
  readonly coldOnly: boolean;
  /** Part of the id, method, path, status or function. */
  readonly text: string;
}

/** Every request. */
export const ALL: Filter = { function: '', status: '', coldOnly: false, text: '' };

/** The class of a request's end. */
export function statusClass({ status, method, refused, error }: RequestSummary): StatusClass {
  // What the gateway refuses for want of a key or a route is the client's, as its status says.
  if (refused !== undefined && refused !== 'gateway') return 'refused';
  if (status === null && method !== '') return 'left';
  if (status === null) return error === undefined ? 'ok' : '5xx';
  if (status >= 500) return '5xx';
  return status >= 400 ? '4xx' : 'ok';
}

/** How it ended in a word or two: "200", "422 validation", "429 burst", "left". */
export function statusText(request: RequestSummary): string {
  const { status, method, refused, error } = request;
  const code = status ?? (method === '' ? (error ? '' : 'done') : 'left');
  return [code, refused ?? error ?? ''].filter((part) => part !== '').join(' ');
}

/** Whether a request is asked for. */
export function suits(request: RequestSummary, filter: Filter): boolean {
  if (filter.function !== '' && request.function !== filter.function) return false;
  if (filter.status !== '' && statusClass(request) !== filter.status) return false;
  if (filter.coldOnly && !request.isCold) return false;
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { id, method, path } = request;
  const all = `${id} ${method} ${path} ${statusText(request)} ${request.function}`.toLowerCase();
  return words.every((word) => all.includes(word));
}
