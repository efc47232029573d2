/** An instance's life in runs of seconds in which it did the same. */
import type { InstanceLane } from '../../emulator/live/functionView.ts';

/** Some seconds in which an instance did the same; times are from the left edge of what is shown. */
export interface Run {
  readonly kind: 'init' | 'busy' | 'idle';
  readonly from: number;
  readonly to: number;
  /** 0 to 1, of a busy run, in tenths: what is nearly the same is drawn as one. */
  readonly share: number;
}

/** The runs of a lane from left to right, over the span of Unix time that is shown. */
export function laneRuns(lane: InstanceLane, from: number, to: number): Run[] {
  const runs: Run[] = [];
  const add = (run: Run) => {
    if (run.to <= run.from) return;
    const last = runs.at(-1);
    if (last?.kind === run.kind && last.share === run.share && last.to === run.from) {
      runs[runs.length - 1] = { ...last, to: run.to };
    } else runs.push(run);
  };
  const start = Math.max(lane.startedAt, from) - from;
  const end = Math.min(lane.endedAt ?? to, to) - from;
  const loaded = lane.loadedAt === undefined ? start : Math.max(lane.loadedAt - from, start);
  const isLoading = lane.loadedAt === undefined && lane.invocations === 0 && !lane.isBusy;
  if (isLoading) return end > start ? [{ kind: 'init', from: start, to: end, share: 1 }] : [];
  add({ kind: 'init', from: start, to: Math.min(loaded, end), share: 1 });
  for (let second = Math.floor(loaded); second < end; second += 1) {
    const busy = (lane.busy[second] ?? 0) / 100;
    const share = busy === 0 ? 0 : Math.max(0.1, Math.round(busy * 10) / 10);
    add({
      kind: share > 0 ? 'busy' : 'idle',
      from: Math.max(second, loaded),
      to: Math.min(second + 1, end),
      share,
    });
  }
  return runs;
}

/** How much of what is shown it was busy, 0 to 1. */
export function busyShare({ busy }: InstanceLane): number {
  return busy.length === 0 ? 0 : busy.reduce((all, one) => all + one, 0) / busy.length / 100;
}
