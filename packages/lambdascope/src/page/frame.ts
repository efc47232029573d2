/** One moment of the page: what every panel draws a point from. */
import type { ColdStart, Signals } from './signals.ts';

export interface Frame {
  /** Unix time in seconds. */
  readonly time: number;
  /** The trailing window that ends here; undefined while the server was not reachable. */
  readonly signals?: Signals;
  /** Cold starts since the frame before. */
  readonly coldStarts: readonly ColdStart[];
}
