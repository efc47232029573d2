import { describe, expect, it } from 'vitest';
import { parsePrometheusText } from '../prometheusText.ts';
import { createHistory, type History, type Reading } from './history.ts';

const ERRORS = 'lambda_errors_total';

/** Adds a scrape of the error counts by function, the instances, and the start of the process. */
function add(
  history: History,
  time: number,
  counts: Readonly<Record<string, number>>,
  start = 100,
): Reading {
  const lines = Object.entries(counts).map(
    ([name, value]) => `${ERRORS}{function="${name}"} ${value}`,
  );
  return history.add(
    time,
    parsePrometheusText(
      [
        `# TYPE ${ERRORS} counter`,
        ...lines,
        '# TYPE process_start_time_seconds gauge',
        `process_start_time_seconds ${start}`,
      ].join('\n'),
    ),
  );
}

function countIn(history: History, reading: Reading, name: string): number | undefined {
  const series = history.series(ERRORS).find(({ labels }) => labels.get('function') === name);
  return series && reading.values[series.column];
}

describe('createHistory', () => {
  it('keeps counters as they are while they grow', () => {
    const history = createHistory(60);
    add(history, 1, { a: 5 });
    expect(countIn(history, add(history, 2, { a: 7 }), 'a')).toBe(7);
  });

  it('counts on through a reset, as rate() does', () => {
    const history = createHistory(60);
    add(history, 1, { a: 5 });
    expect(countIn(history, add(history, 2, { a: 2 }), 'a')).toBe(7);
    expect(countIn(history, add(history, 3, { a: 4 }), 'a')).toBe(9);
  });

  it('notices a restart after which the counter is already higher', () => {
    const history = createHistory(60);
    add(history, 1, { a: 5 });
    expect(countIn(history, add(history, 2, { a: 6 }, 200), 'a')).toBe(11);
  });

  it('keeps the count of a series that a restart took away', () => {
    const history = createHistory(60);
    add(history, 1, { a: 5, b: 3 });
    const without = add(history, 2, { a: 0 }, 200);
    expect(countIn(history, without, 'b')).toBe(3);
    expect(countIn(history, add(history, 3, { a: 0, b: 1 }, 200), 'b')).toBe(4);
  });

  it('counts a new series from zero', () => {
    const history = createHistory(60);
    const before = add(history, 1, { a: 5 });
    const after = add(history, 2, { a: 5, b: 1 });
    expect(countIn(history, before, 'b') ?? 0).toBe(0);
    expect(countIn(history, after, 'b')).toBe(1);
  });

  it('takes gauges as they are, also when they fall or go', () => {
    const history = createHistory(60);
    const gauge = (time: number, text: string) => {
      const reading = history.add(time, parsePrometheusText(text));
      const [series] = history.series('lambda_instances');
      return series && reading.values[series.column];
    };
    expect(gauge(1, 'lambda_instances{function="a"} 4')).toBe(4);
    expect(gauge(2, 'lambda_instances{function="a"} 1')).toBe(1);
    expect(gauge(3, 'api_requests_total 1')).toBe(0);
  });

  it('forgets what is older than it keeps', () => {
    const history = createHistory(60);
    for (const time of [0, 30, 61, 90]) add(history, time, { a: time });
    expect(history.before(Number.POSITIVE_INFINITY)?.time).toBe(30);
  });

  it('finds the reading that a trailing window starts at', () => {
    const history = createHistory(60);
    expect(history.before(10)).toBeUndefined();
    for (const time of [0, 5, 9, 20]) add(history, time, { a: time });
    expect(history.before(10)?.time).toBe(9);
    expect(history.before(0)?.time).toBe(20);
    expect(history.before(50)?.time).toBe(0);
  });
});
