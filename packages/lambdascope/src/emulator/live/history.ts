/** The last minutes of what the live page shows, frame by frame: the same for every page, whenever it was opened. */
import { randomUUID } from 'node:crypto';
import type { Registry } from 'prom-client';
import { metrics } from '../../builtInMetrics.ts';
import type { Thresholds } from '../../dashboards/thresholds.ts';
import type { ShownMetric } from '../livePage.ts';
import { type Frame, KEPT_SECONDS, WINDOW_SECONDS } from './frame.ts';
import { createReadings, type Reading, type SeriesValue } from './readings.ts';
import type { RequestLog } from './requestLog.ts';
import { coldStartsOf, metricsRead, signalsOf } from './signals.ts';
import { type Span, spanBetween, sum } from './span.ts';
import { unixSeconds } from './unixTime.ts';
import type { LiveUpdate } from './update.ts';

/** Time from one frame to the next, in milliseconds. */
const PERIOD = 1000;

export interface HistoryOptions {
  readonly registry: Registry;
  /** Counts what waits to be counted. */
  readonly drain: () => void;
  /** The service's own metrics that have a chart. */
  readonly shown: () => readonly ShownMetric[];
  readonly log: RequestLog;
  readonly drift: Thresholds['drift'];
}

export interface History {
  /** A LiveUpdate as JSON: what is new since a frame of a history, or all that is kept where it is another's. */
  update(history: string | null, after: number): string;
  /** Resolves with the next frame. */
  next(): Promise<void>;
  close(): void;
}

/** What is kept of the frames, as it is sent: a third of the memory, and nothing to do for each page. */
interface KeptFrame {
  readonly time: number;
  readonly json: string;
}

/** What holds at the newest frame. */
type Now = Pick<LiveUpdate, 'lately' | 'coldStarts' | 'infos' | 'startedAt'>;

/** Begins to keep a frame a second. */
export async function startHistory(options: HistoryOptions): Promise<History> {
  const { registry, drain, shown, log, drift } = options;
  let state = begin();
  let waiting: (() => void)[] = [];
  await tick();
  const timer = setInterval(() => {
    tick().catch((error: unknown) => console.error('The live page misses a second:', error));
  }, PERIOD);
  timer.unref();

  /** Before the first frame. */
  function begin() {
    return {
      id: randomUUID(),
      readings: createReadings(KEPT_SECONDS, WINDOW_SECONDS),
      frames: [] as KeptFrame[],
      /** Number of the newest frame; counted on when the clock was set back, as the log knows them. */
      newest: 0,
      now: (): Now | undefined => undefined,
    };
  }

  async function tick(): Promise<void> {
    drain();
    const own = shown();
    const values = await valuesOf(registry, metricsRead(own));
    const time = Date.now() / 1000;
    // A clock that was set back leaves no order in what was kept.
    if (time <= (state.frames.at(-1)?.time ?? 0)) state = { ...begin(), newest: state.newest };
    add(time, values, own);
    const told = waiting;
    waiting = [];
    for (const tell of told) tell();
  }

  function add(time: number, values: readonly SeriesValue[], own: readonly ShownMetric[]): void {
    const { readings, frames } = state;
    const before = readings.before(0);
    const reading = readings.add(time, values);
    const since = (from: Reading | undefined) => spanBetween(readings, from ?? reading, reading);
    const driftSpan = (span: Span) => ({ span, minimumRows: drift.minimumRows });
    state.newest += 1;
    const frame: Frame = {
      time,
      signals: signalsOf(
        since(readings.before(WINDOW_SECONDS)),
        driftSpan(since(readings.before(drift.windowSeconds))),
        own,
      ),
      coldStarts: coldStartsOf(since(before)),
      ...log.endFrame(state.newest, state.newest - frames.length),
    };
    frames.push({ time, json: JSON.stringify(frame) });
    while (frames[0] !== undefined && frames[0].time < time - KEPT_SECONDS) frames.shift();
    state.now = once(() => {
      const whole = since(readings.before(KEPT_SECONDS));
      return {
        lately: signalsOf(whole, driftSpan(whole), own),
        coldStarts: sum(readings.series(metrics.coldStarts.name), whole.level),
        infos: infosOf(own, values),
        startedAt: unixSeconds(0),
      };
    });
  }

  return {
    update(history, after) {
      const { id, frames, newest, now } = state;
      const oldest = newest - frames.length;
      const from = history === id ? Math.min(Math.max(after, oldest), newest) : oldest;
      const requests = log.since(history === id ? after : 0);
      const sent = frames.slice(from - oldest).map(({ json }) => json);
      const rest = { history: id, newest, time: Date.now() / 1000, requests, ...now() };
      return `{"frames":[${sent}],${JSON.stringify(rest).slice(1)}`;
    },
    next: () => new Promise((resolve) => waiting.push(resolve)),
    close() {
      clearInterval(timer);
    },
  };
}

/** What is made when it is first asked for: where no page is open, nobody does. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The values of some metrics, as they are now. */
async function valuesOf(registry: Registry, names: ReadonlySet<string>): Promise<SeriesValue[]> {
  const all = await Promise.all([...names].map((name) => registry.getSingleMetric(name)?.get()));
  return all.flatMap((metric) =>
    (metric?.values ?? []).map(({ labels, value, ...more }) => ({
      // A histogram's have names of their own.
      name: 'metricName' in more ? String(more.metricName) : (metric?.name ?? ''),
      labels: labels as SeriesValue['labels'],
      value,
    })),
  );
}

/** The labels of each metric that is an info. */
function infosOf(
  shown: readonly ShownMetric[],
  values: readonly SeriesValue[],
): LiveUpdate['infos'] {
  const infos = shown.filter(({ panel }) => panel.show === 'info');
  return Object.fromEntries(
    infos.map(({ name }) => {
      const { labels = {} } = values.find((one) => one.name === name) ?? {};
      return [
        name,
        Object.fromEntries(Object.entries(labels).map(([key, one]) => [key, String(one)])),
      ];
    }),
  );
}
