/** Shows how a run goes: a bar on a terminal, a line now and then elsewhere. */
import { Presets, SingleBar } from 'cli-progress';
import { formatCount, formatRate, formatTime } from './format.ts';
import type { Progress } from './play.ts';

/** Time between two looks, and between two lines where there is no terminal, in milliseconds. */
const LOOK = 200;
const ELSEWHERE = 5000;

/** Looks over which the rate is taken: a second. */
const RATE_LOOKS = 5;

/**
 * Follows a part of a run, named by its position, on a stream that should not be the report's.
 *
 * @returns ends it; leaves no line behind on a terminal
 */
export function showProgress(
  stream: NodeJS.WritableStream,
  position: string,
  progress: () => Progress,
): () => void {
  const bar = new SingleBar(
    {
      format: `${position} {profile} {bar} {percentage} %  {state}`,
      barsize: 20,
      stream,
      noTTYOutput: true,
      notTTYSchedule: ELSEWHERE,
      hideCursor: true,
      clearOnComplete: true,
      autopadding: true,
    },
    Presets.shades_classic,
  );
  const counts = [0];
  const payload = ({ part, tally, waiting }: Progress) => {
    counts.push(tally.answered);
    const [before = 0] = counts.slice(-1 - RATE_LOOKS);
    const seconds = (Math.min(RATE_LOOKS, counts.length - 1) * LOOK) / 1000;
    const failed = [...tally.failures.values()].reduce((sum, count) => sum + count, tally.errors);
    const p95 = tally.latencies()?.p95;
    const going = [
      `${formatRate((tally.answered - before) / seconds)}/s`.padStart(8),
      `${formatCount(failed)} errors`.padStart(11),
      `p95 ${p95 === undefined ? '–' : formatTime(p95)}`,
    ];
    return { profile: part.profile.padEnd(8), state: waiting ?? going.join('  ') };
  };
  const show = () => {
    const now = progress();
    bar.update(now.fraction, payload(now));
  };
  bar.start(1, 0, payload(progress()));
  const timer = setInterval(show, LOOK);
  return () => {
    clearInterval(timer);
    show();
    bar.stop();
  };
}
