/** Shows how a run goes: one line that is rewritten on a terminal, a plain line now and then elsewhere. */
import { clearLine, cursorTo } from 'node:readline';
import type { WriteStream } from 'node:tty';
import { formatCount, formatRate, formatTime } from './format.ts';
import type { Progress } from './play.ts';
import { type Paint, paintFor } from './style.ts';

/** Shows a run. */
export interface ProgressBar {
  /** Follows the part number `index` of `count`, until `end`. */
  follow(index: number, count: number, progress: () => Progress): void;
  /** Ends the line of a part; leaves none behind on a terminal. */
  end(): void;
}

/** Time between two lines, in milliseconds. */
const ON_TERMINAL = 200;
const ELSEWHERE = 5000;

/** Time over which the rate is taken, in milliseconds. */
const RATE_OVER = 1000;

/** Characters of the bar, at most, and of the rest of the line: a line that wraps cannot be rewritten. */
const BAR = 20;
const REST = 59;

/** A progress bar on a stream, which should not be the one that the report goes to. */
export function createProgressBar(stream: NodeJS.WritableStream): ProgressBar {
  const terminal = 'isTTY' in stream && stream.isTTY ? (stream as WriteStream) : undefined;
  const paint = paintFor(stream);
  let timer: NodeJS.Timeout | undefined;
  let show = () => {};

  return {
    follow(index, count, progress) {
      const rate = rateMeter();
      show = () => {
        const now = progress();
        const width = Math.max(0, Math.min(BAR, (terminal?.columns ?? Infinity) - REST));
        const line = progressLine(`${index}/${count}`, now, rate(now.tally.answered), width, paint);
        if (!terminal) stream.write(`${line}\n`);
        else {
          cursorTo(terminal, 0);
          terminal.write(line);
          clearLine(terminal, 1);
        }
      };
      if (terminal) show();
      timer = setInterval(show, terminal ? ON_TERMINAL : ELSEWHERE);
    },
    end() {
      clearInterval(timer);
      if (!terminal) show();
      else {
        cursorTo(terminal, 0);
        clearLine(terminal, 0);
      }
    },
  };
}

/** One line: part, name, a bar of `width`, share done, rate, errors and p95 so far. */
export function progressLine(
  position: string,
  { part, fraction, tally, waiting }: Progress,
  rate: number,
  width: number,
  paint: Paint,
): string {
  const done = Math.round(fraction * width);
  const bar = paint('cyan', '█'.repeat(done)) + paint('dim', '░'.repeat(width - done));
  const percent = `${Math.floor(fraction * 100)} %`.padStart(5);
  const head = `${paint('dim', position)} ${paint('bold', part.profile.padEnd(8))} ${bar} ${percent}`;
  if (waiting) return `${head}  ${paint('dim', waiting)}`;
  const p95 = tally.latencies()?.p95;
  const failed = [...tally.failures.values()].reduce((sum, count) => sum + count, tally.errors);
  return [
    head,
    `${formatRate(rate)}/s`.padStart(8),
    paint(failed > 0 ? 'yellow' : 'dim', `${formatCount(failed)} errors`.padStart(11)),
    `p95 ${p95 === undefined ? '–' : formatTime(p95)}`,
  ].join('  ');
}

/** Answers a second: over the last second or so, or since the start when asked more seldom. */
function rateMeter(): (count: number) => number {
  const seen = [{ at: performance.now(), count: 0 }];
  return (count) => {
    const at = performance.now();
    seen.push({ at, count });
    while (at - (seen[1]?.at ?? at) >= RATE_OVER) seen.shift();
    const oldest = seen[0] ?? { at, count };
    return at > oldest.at ? ((count - oldest.count) * 1000) / (at - oldest.at) : 0;
  };
}
