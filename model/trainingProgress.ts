/** Shows how far training is: a bar with the time left on a terminal, a line now and then elsewhere. */
import { Presets, SingleBar } from 'cli-progress';

/** Time between two lines where there is no terminal, in milliseconds. */
const ELSEWHERE = 5000;

/** Shows the growth of so many trees on standard output, one an `add`, until `end`. */
export function trainingProgress(trees: number): { add(): void; end(): void } {
  const bar = new SingleBar(
    {
      format: 'Growing {bar} {percentage} %  {value} of {total} trees, {eta_formatted} left',
      barsize: 20,
      stream: process.stdout,
      noTTYOutput: true,
      notTTYSchedule: ELSEWHERE,
      hideCursor: true,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  );
  bar.start(trees, 0);
  return { add: () => bar.increment(), end: () => bar.stop() };
}
