import { describe, expect, it } from 'vitest';
import { createReadings, type Reading, type Readings } from './readings.ts';

const ERRORS = 'lambda_errors_total';

/** Reads the error counts by function. */
function add(readings: Readings, time: number, counts: Readonly<Record<string, number>>): Reading {
  return readings.add(
    time,
    Object.entries(counts).map(([name, value]) => ({
      name: ERRORS,
      labels: { function: name },
      value,
    })),
  );
}

function countIn(readings: Readings, reading: Reading, name: string): number | undefined {
  const series = readings.series(ERRORS).find(({ labels }) => labels['function'] === name);
  return series && reading.values[series.column];
}

describe('createReadings', () => {
  it('counts a new series from zero, and one that is gone as zero', () => {
    const readings = createReadings(60, 10);
    const before = add(readings, 1, { a: 5 });
    const after = add(readings, 2, { a: 5, b: 1 });
    const last = add(readings, 3, { b: 2 });
    expect(countIn(readings, before, 'b') ?? 0).toBe(0);
    expect(countIn(readings, after, 'b')).toBe(1);
    expect(countIn(readings, last, 'a')).toBe(0);
    expect(countIn(readings, last, 'b')).toBe(2);
  });

  it('tells series apart by all their labels', () => {
    const readings = createReadings(60, 10);
    const labels = [
      { function: 'a', kind: 'x' },
      { function: 'a', kind: 'y' },
    ];
    const { values } = readings.add(
      1,
      labels.map((one, value) => ({ name: ERRORS, labels: one, value })),
    );
    expect(readings.series(ERRORS).map((one) => one.labels)).toEqual(labels);
    expect([...values]).toEqual([0, 1]);
  });

  it('finds the reading that a trailing window starts at', () => {
    const readings = createReadings(60, 60);
    expect(readings.before(10)).toBeUndefined();
    for (const time of [0, 5, 9, 20]) add(readings, time, { a: time });
    expect(readings.before(10)?.time).toBe(9);
    expect(readings.before(0)?.time).toBe(20);
    expect(readings.before(50)?.time).toBe(0);
  });

  it('goes back as far as it keeps: second by second of late, in steps before', () => {
    const readings = createReadings(60, 10);
    for (let time = 0; time <= 200; time += 1) add(readings, time, { a: time });
    const times = Array.from({ length: 100 }, (_, ago) => readings.before(ago)?.time ?? 0);
    expect(times.slice(0, 11)).toEqual(Array.from({ length: 11 }, (_, ago) => 200 - ago));
    expect(Math.min(...times)).toBe(140);
    expect(new Set(times).size).toBeLessThan(20);
    times.slice(0, 60).forEach((time, ago) => {
      expect(200 - ago - time).toBeGreaterThanOrEqual(0);
      expect(200 - ago - time).toBeLessThan(10);
    });
  });
});
