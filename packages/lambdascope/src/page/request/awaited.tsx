/** What stands in the place of a request that is not here. */
import type { Asked } from './useRequest.ts';

const TEXTS = {
  asking: 'Asking the server …',
  gone: 'This request is no longer kept: the last 1,000 are, since the emulator started.',
  lost: 'The server does not answer, and is asked again every second.',
} as const;

export function Awaited({ asked }: { readonly asked: Extract<Asked, string> }) {
  return <p class="none">{TEXTS[asked]}</p>;
}
