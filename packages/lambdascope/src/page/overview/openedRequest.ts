/** Which request a point of the latency chart opens. */
import type uPlot from 'uplot';
import { type Frame, WINDOW_SECONDS } from '../../emulator/live/frame.ts';
import type { RequestSummary } from '../../emulator/live/request.ts';
import { KEPT_REQUESTS } from '../../emulator/live/update.ts';
import { slowest } from './coldStartTexts.ts';

/** How far from its middle a diamond can be hit, in CSS pixels. */
const REACH = 12;
/** Of how long a time the slowest is named, in seconds. */
const LATELY = 60;

/**
 * The request that a click opens: of a diamond the slowest cold start, elsewhere the slowest request of
 * the window that the point is of.
 *
 * @param left distance from the plot's left edge, in CSS pixels
 */
export function requestAt(
  chart: Pick<uPlot, 'posToIdx' | 'valToPos'>,
  frames: readonly Frame[],
  left: number,
  top: number,
): string | undefined {
  const hit = frames
    .flatMap(({ time, coldStarts, slowestCold }) => {
      const cold = slowest(coldStarts);
      const id = cold && slowestCold[cold.function];
      if (id === undefined || typeof cold?.latencySeconds !== 'number') return [];
      const x = chart.valToPos(time, 'x') - left;
      const y = chart.valToPos(cold.latencySeconds, 'y') - top;
      return [{ id, distance: Math.hypot(x, y) }];
    })
    .toSorted((a, b) => a.distance - b.distance)[0];
  if (hit !== undefined && hit.distance <= REACH) return hit.id;
  const time = frames[chart.posToIdx(left)]?.time ?? Number.NEGATIVE_INFINITY;
  return frames.findLast(
    (frame) =>
      frame.slowest !== undefined && frame.time <= time && frame.time > time - WINDOW_SECONDS,
  )?.slowest;
}

/** The slowest of the last minute, or of the requests that are kept where these are fewer. */
export function slowestOf(
  requests: readonly RequestSummary[],
): { readonly request: RequestSummary; readonly of: string } | undefined {
  const newest = requests.at(-1)?.time ?? 0;
  const isAll = requests.length < KEPT_REQUESTS || (requests[0]?.time ?? 0) < newest - LATELY;
  const request = requests
    .filter(({ time, refused }) => refused === undefined && time > newest - LATELY)
    .reduce<RequestSummary | undefined>(
      (most, one) => (most && most.seconds >= one.seconds ? most : one),
      undefined,
    );
  return (
    request && {
      request,
      of: isAll ? 'last minute' : `last ${KEPT_REQUESTS.toLocaleString('en-US')}`,
    }
  );
}
