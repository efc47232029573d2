/** Asks a Prometheus in the ways that Grafana does. */

/** One series of an answer: its labels, and its value at each step where it has one. */
export interface AnsweredSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly number[];
  /** Of the values, in Unix seconds. */
  readonly times: readonly number[];
}

/** What a test asks; every method throws an Error with Prometheus' own words about a bad query. */
export interface PrometheusClient {
  /** The values of an expression now. */
  now(expression: string): Promise<readonly AnsweredSeries[]>;
  /** The values of an expression at a time, in Unix seconds. */
  at(expression: string, time: number): Promise<readonly AnsweredSeries[]>;
  /** The values of an expression between two times, in Unix seconds, one every 5 s. */
  between(expression: string, from: number, to: number): Promise<readonly AnsweredSeries[]>;
  /** The values of an expression over the last seconds, one every 5 s, at whole multiples of 5 s. */
  lately(expression: string, seconds: number): Promise<readonly AnsweredSeries[]>;
  /** The values that a label has among the series of a metric. */
  labelValues(metric: string, label: string): Promise<readonly string[]>;
}

/** A point in Prometheus' JSON: seconds, and the value as text, since JSON has no NaN. */
type Point = readonly [number, string];

interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: Point;
  readonly values?: readonly Point[];
}

export const STEP_SECONDS = 5;

/** @param url base URL, without a slash at its end */
export function prometheusClient(url: string): PrometheusClient {
  async function ask<T>(path: string, parameters: Record<string, string>): Promise<T> {
    const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const { data, error } = (await response.json()) as { data: T; error?: string };
    if (error !== undefined) throw new Error(`${error}: ${parameters['query']}`);
    return data;
  }

  async function series(path: string, parameters: Record<string, string>) {
    const { result } = await ask<{ result: Result[] }>(path, parameters);
    return result.map(({ metric, value, values = value ? [value] : [] }) => ({
      labels: metric,
      values: values.map(([, text]) => Number(text)),
      times: values.map(([time]) => time),
    }));
  }

  function between(query: string, from: number, to: number) {
    const range = { start: String(from), end: String(to), step: String(STEP_SECONDS) };
    return series('query_range', { query, ...range });
  }

  return {
    now: (query) => series('query', { query }),
    at: (query, time) => series('query', { query, time: String(time) }),
    between,
    lately(query, seconds) {
      const now = Date.now() / 1000;
      return between(query, atStep(now - seconds), atStep(now));
    },
    labelValues: (metric, label) => ask(`label/${label}/values`, { 'match[]': metric }),
  };
}

function atStep(time: number): number {
  return Math.floor(time / STEP_SECONDS) * STEP_SECONDS;
}
