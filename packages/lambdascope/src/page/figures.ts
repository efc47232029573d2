/** Adds up what the server counts by name. */
import type { Figures } from '../emulator/live/frame.ts';

/** The sum of a split count. */
export function total(figures: Figures): number {
  return Object.values(figures).reduce<number>((all, one) => all + (one ?? 0), 0);
}
