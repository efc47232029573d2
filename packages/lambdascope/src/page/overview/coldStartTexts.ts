/** Cold starts in a few words. */
import type { ColdStart } from '../../emulator/live/frame.ts';
import type { LiveService } from '../../emulator/livePage.ts';
import { formatCount, formatSeconds } from '../format.ts';

/** While the server has not told. */
export const NO_FACTS: InitFacts = { cores: Number.POSITIVE_INFINITY, uncontendedInitSeconds: {} };

/** What is known of inits beside what was measured. */
export type InitFacts = Pick<LiveService, 'cores' | 'uncontendedInitSeconds'>;

/**
 * Why inits took longer than in AWS, where instances start side by side: "7 at once on 2 cores; alone 62 ms".
 * Nothing where there was a core for each.
 */
export function contentionText(
  { function: name, initConcurrency }: Pick<ColdStart, 'function' | 'initConcurrency'>,
  { cores, uncontendedInitSeconds }: InitFacts,
): string {
  if (initConcurrency === null || initConcurrency <= cores) return '';
  const alone = uncontendedInitSeconds[name];
  const crowd = `${formatCount(initConcurrency)} at once on ${formatCount(cores)} cores`;
  return alone === undefined ? crowd : `${crowd}; alone ${formatSeconds(alone)}`;
}

/** How many there are, over all functions. */
export function countOf(coldStarts: readonly ColdStart[]): number {
  return coldStarts.reduce((all, { count }) => all + count, 0);
}

/** The function whose cold starts took longest. */
export function slowest(coldStarts: readonly ColdStart[]): ColdStart | undefined {
  return coldStarts.toSorted((a, b) => (a.latencySeconds ?? 0) - (b.latencySeconds ?? 0)).at(-1);
}

/** For beside a mark: "×2  init 121 ms", of the slowest. */
export function markText(coldStarts: readonly ColdStart[]): string {
  const shown = slowest(coldStarts);
  if (shown === undefined) return '';
  const count = countOf(coldStarts);
  return `${count > 1 ? `×${count}  ` : ''}init ${formatSeconds(shown.initSeconds)}`;
}

/** For the legend: "orders ×2 184 ms (init 121 ms), health …". */
export function legendText(coldStarts: readonly ColdStart[]): string {
  return coldStarts
    .map(({ function: name, count, latencySeconds, initSeconds }) => {
      const often = count > 1 ? ` ×${count}` : '';
      return `${name}${often} ${formatSeconds(latencySeconds)} (init ${formatSeconds(initSeconds)})`;
    })
    .join(', ');
}
