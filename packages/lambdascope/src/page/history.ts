/** The scrapes of the last minutes, with counters that only grow, however often the server restarts. */
import type { Sample } from '../prometheusText.ts';

/** A series and the column of its values in every reading. */
export interface Series {
  readonly labels: ReadonlyMap<string, string>;
  readonly column: number;
}

/** One scrape: a value for each series known by then, by column. */
export interface Reading {
  /** Unix time in seconds. */
  readonly time: number;
  readonly values: Float64Array;
}

/** What the page keeps of the scrapes. */
export interface History {
  /** Takes a scrape at a Unix time in seconds; what is older than the history's length is dropped. */
  add(time: number, samples: readonly Sample[]): Reading;
  /** The newest reading at least `seconds` older than the newest one, else the oldest. */
  before(seconds: number): Reading | undefined;
  /** The series of a sample name (`…_bucket`, `…_sum`, `…_count` for a histogram), first seen first. */
  series(name: string): readonly Series[];
}

/** When the server process started: a change tells a restart even where no counter went back. */
const PROCESS_START = 'process_start_time_seconds';

/**
 * An empty history.
 *
 * A counter that goes back was reset, and what it shows then came after the reset, as in PromQL's
 * `rate()`. Unlike there, a series that appears later counts from zero: the server sets every
 * label set that it knows to zero at start, so a new one has just begun.
 *
 * @param keepSeconds how far back to keep readings
 */
export function createHistory(keepSeconds: number): History {
  const byName = new Map<string, Series[]>();
  const columns = new Map<string, number>();
  const readings: Reading[] = [];
  let processStart: number | undefined;
  /** By column: the last value as scraped, and what came before the last reset. */
  const last: number[] = [];
  const beforeReset: number[] = [];

  function columnOf({ series, name, labels }: Sample): number {
    const known = columns.get(series);
    if (known !== undefined) return known;
    const column = columns.size;
    columns.set(series, column);
    const family = byName.get(name);
    if (family === undefined) byName.set(name, [{ labels, column }]);
    else family.push({ labels, column });
    return column;
  }

  function reset(column: number): void {
    beforeReset[column] = (beforeReset[column] ?? 0) + (last[column] ?? 0);
    last[column] = 0;
  }

  return {
    add(time, samples) {
      const start = samples.find(({ name }) => name === PROCESS_START)?.value;
      if (processStart !== undefined && start !== processStart) {
        for (const column of columns.values()) reset(column);
      }
      processStart = start;

      const gaugeValues = new Map<number, number>();
      for (const sample of samples) {
        const column = columnOf(sample);
        if (!sample.isCounter) gaugeValues.set(column, sample.value);
        else {
          if (sample.value < (last[column] ?? 0)) reset(column);
          last[column] = sample.value;
        }
      }
      const values = Float64Array.from(
        { length: columns.size },
        (_, column) => (beforeReset[column] ?? 0) + (last[column] ?? 0),
      );
      for (const [column, value] of gaugeValues) values[column] = value;

      const reading = { time, values };
      readings.push(reading);
      while ((readings[0]?.time ?? time) < time - keepSeconds) readings.shift();
      return reading;
    },
    before(seconds) {
      const limit = (readings.at(-1)?.time ?? 0) - seconds;
      return readings.findLast(({ time }) => time <= limit) ?? readings[0];
    },
    series: (name) => byName.get(name) ?? [],
  };
}
