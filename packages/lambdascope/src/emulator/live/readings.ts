/** What metrics read in the last minutes: every second of late, and every tenth before. */

/** A value of a metric, as a registry has it. */
export interface SeriesValue {
  /** `…_bucket`, `…_sum`, `…_count` for a histogram. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** A series, and the column of its values in every reading. */
export interface Series extends Pick<SeriesValue, 'labels'> {
  readonly column: number;
}

/** All values at one time, by column; a series that is not there yet, or no more, reads 0. */
export interface Reading {
  /** Unix time in seconds. */
  readonly time: number;
  readonly values: Float64Array;
}

export interface Readings {
  /** Takes a reading; what is older than is kept goes. */
  add(time: number, values: readonly SeriesValue[]): Reading;
  /** The newest reading at least `seconds` older than the newest one, else the oldest. */
  before(seconds: number): Reading | undefined;
  /** The series of a name, first seen first. */
  series(name: string): readonly Series[];
}

/** Distance of the older readings, in seconds. */
const COARSE = 10;

/**
 * @param keptSeconds how far back readings go
 * @param fineSeconds how far back they go second by second
 */
export function createReadings(keptSeconds: number, fineSeconds: number): Readings {
  const byName = new Map<string, Series[]>();
  const columns = new Map<string, number>();
  /** Oldest first. */
  const coarse: Reading[] = [];
  const fine: Reading[] = [];

  function columnOf({ name, labels }: SeriesValue): number {
    const key = `${name}\n${Object.values(labels).join('\n')}`;
    const known = columns.get(key);
    if (known !== undefined) return known;
    const column = columns.size;
    columns.set(key, column);
    const family = byName.get(name);
    if (family === undefined) byName.set(name, [{ labels, column }]);
    else family.push({ labels, column });
    return column;
  }

  return {
    add(time, given) {
      const places = given.map(columnOf);
      const values = new Float64Array(columns.size);
      given.forEach(({ value }, index) => {
        values[places[index] ?? 0] = value;
      });
      const reading = { time, values };
      fine.push(reading);
      for (let [first] = fine; first && first.time < time - fineSeconds; [first] = fine) {
        fine.shift();
        const last = coarse.at(-1);
        if (last === undefined || first.time - last.time >= COARSE) coarse.push(first);
      }
      while (coarse[0] !== undefined && coarse[0].time < time - keptSeconds) coarse.shift();
      return reading;
    },
    before(seconds) {
      const limit = (fine.at(-1)?.time ?? 0) - seconds;
      const isBefore = ({ time }: Reading) => time <= limit;
      return fine.findLast(isBefore) ?? coarse.findLast(isBefore) ?? coarse[0] ?? fine[0];
    },
    series: (name) => byName.get(name) ?? [],
  };
}
