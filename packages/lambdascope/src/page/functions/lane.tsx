/** An instance as it lives: when it started, was busy, was idle and ended. */
import { useEffect, useRef } from 'preact/hooks';
import type { InstanceLane } from '../../emulator/live/functionView.ts';
import { formatClock, formatNoun, formatSeconds, formatShare } from '../format.ts';
import { color, onColors } from '../theme.ts';
import { busyShare, laneRuns } from './laneRuns.ts';

interface Props {
  readonly lane: InstanceLane;
  /** Unix time in seconds. */
  readonly from: number;
  readonly to: number;
}

export function Lane({ lane, from, to }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const redraw = () => canvas.current && draw(canvas.current, lane, from, to);
    redraw();
    return onColors(redraw);
  }, [lane, from, to]);
  return (
    <li class="lane">
      <span class="lane-label">
        #{lane.number} {lane.initializationType}, {formatNoun(lane.invocations, 'invocation')}
      </span>
      <canvas class="lane-canvas" height={1} role="img" aria-label={described(lane)} ref={canvas} />
    </li>
  );
}

/** A cell has the width of a pixel at least, so that no short init is lost. */
function draw(canvas: HTMLCanvasElement, lane: InstanceLane, from: number, to: number): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  canvas.width = Math.round(canvas.clientWidth * devicePixelRatio);
  const scale = canvas.width / Math.max(1, to - from);
  // Short inits last, or what comes next would cover them.
  const runs = laneRuns(lane, from, to);
  for (const run of runs.toSorted(
    (a, b) => Number(a.kind === 'init') - Number(b.kind === 'init'),
  )) {
    const left = Math.floor(run.from * scale);
    const width = Math.max(
      run.kind === 'init' ? 2 * devicePixelRatio : 1,
      Math.ceil(run.to * scale) - left,
    );
    context.globalAlpha = 1;
    context.fillStyle = color('lane-idle');
    context.fillRect(left, 0, width, 1);
    if (run.kind === 'idle') continue;
    context.globalAlpha = 0.25 + 0.75 * run.share;
    context.fillStyle = color(run.kind === 'init' ? 'vermilion' : 'blue');
    context.fillRect(left, 0, width, 1);
  }
}

/** The lane in words. */
function described(lane: InstanceLane): string {
  const { number, initializationType, startedAt, loadedAt, endedAt, isBusy } = lane;
  return [
    `#${number}, ${initializationType}`,
    `started ${formatClock(startedAt)}`,
    loadedAt !== undefined && `init ${formatSeconds(loadedAt - startedAt)}`,
    `busy ${formatShare(busyShare(lane))} of the time shown`,
    endedAt === undefined ? isBusy && 'busy now' : `ended ${formatClock(endedAt)}`,
  ]
    .filter(Boolean)
    .join(', ');
}
