/** How a request ended: in words, and in a colour. */
import type { RequestSummary } from '../../emulator/live/request.ts';
import { statusClass, statusText } from './filter.ts';

interface Props {
  readonly request: RequestSummary;
  /** @default short, as in the list */
  readonly words?: string;
}

export function Status({ request, words = statusText(request) }: Props) {
  return <span class={`outcome outcome-${statusClass(request)}`}>{words}</span>;
}
