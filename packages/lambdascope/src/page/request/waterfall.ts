/** What a request waited for, as bars. */
import type { Phase, PhaseName, RequestDetail, TimedPart } from '../../emulator/live/request.ts';

/** A bar of the waterfall. */
export interface Bar {
  readonly name: string;
  readonly kind: PhaseName | TimedPart['kind'];
  /** What it is, in a sentence; none of parts, which have names of their own. */
  readonly description?: string;
  /** Parts lie within others: 0 for a phase. */
  readonly depth: number;
  readonly startSeconds: number;
  readonly seconds: number;
}

const DESCRIPTIONS: Readonly<Record<PhaseName, string>> = {
  gateway: 'what took the request, before it asked for an instance',
  queue: 'until an instance was free, or its turn to start one came',
  init: 'a new instance started and loaded the function’s modules',
  function: 'the handler, with its middleware',
  answer: 'the way of the answer to the client',
};

/** The bars from top to bottom: phases that took any time, with the function's parts below it. */
export function bars({ phases, parts }: Pick<RequestDetail, 'phases' | 'parts'>): Bar[] {
  return phases
    .filter(({ name, seconds }) => seconds > 0 || (name === 'function' && parts.length > 0))
    .flatMap((phase) => [barOf(phase), ...(phase.name === 'function' ? nested(parts) : [])]);
}

function barOf(phase: Phase): Bar {
  return { ...phase, kind: phase.name, depth: 0, description: DESCRIPTIONS[phase.name] };
}

/** Parts in the order of their starts, each one deeper than what it lies in. */
function nested(parts: readonly TimedPart[]): Bar[] {
  const around: TimedPart[] = [];
  return parts
    .toSorted((a, b) => a.startSeconds - b.startSeconds || b.seconds - a.seconds)
    .map((part) => {
      while (around.length > 0 && !isWithin(part, around.at(-1))) around.pop();
      around.push(part);
      return { ...part, depth: around.length };
    });
}

/** Clocks of two sides may differ by a little. */
const TOLERANCE = 1e-5;

function isWithin(part: TimedPart, outer: TimedPart | undefined): boolean {
  if (outer === undefined) return true;
  const end = ({ startSeconds, seconds }: TimedPart) => startSeconds + seconds;
  return part.startSeconds >= outer.startSeconds - TOLERANCE && end(part) <= end(outer) + TOLERANCE;
}
