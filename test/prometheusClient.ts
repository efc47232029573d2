/** Asks a Prometheus in the ways that Grafana does. */

/** One series of an answer: its labels, and its value at each step where it has one. */
export interface AnsweredSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly number[];
  /** Of the values, in Unix seconds. */
  readonly times: readonly number[];
}

/** A point in Prometheus' JSON: seconds, and the value as text, since JSON has no NaN. */
type Point = readonly [number, string];

interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: Point;
  readonly values?: readonly Point[];
}

export const STEP_SECONDS = 5;

/** What a test asks; every method throws an Error with Prometheus' own words about a bad query. */
export type PrometheusClient = ReturnType<typeof prometheusClient>;

/** @param url base URL, without a slash at its end */
export function prometheusClient(url: string) {
  async function ask<T>(path: string, parameters: Record<string, string>): Promise<T> {
    const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const { data, error } = (await response.json()) as { data: T; error?: string };
    if (error !== undefined) throw new Error(`${error}: ${parameters['query']}`);
    return data;
  }

  async function series(
    path: string,
    parameters: Record<string, string>,
  ): Promise<readonly AnsweredSeries[]> {
    const { result } = await ask<{ result: Result[] }>(path, parameters);
    return result.map(({ metric, value, values = value ? [value] : [] }) => ({
      labels: metric,
      values: values.map(([, text]) => Number(text)),
      times: values.map(([time]) => time),
    }));
  }

  /** The values of an expression between two times, in Unix seconds, one every 5 s. */
  function between(query: string, from: number, to: number) {
    const range = { start: String(from), end: String(to), step: String(STEP_SECONDS) };
    return series('query_range', { query, ...range });
  }

  return {
    /** The values of an expression now. */
    now: (query: string) => series('query', { query }),
    /** The values of an expression at a time, in Unix seconds. */
    at: (query: string, time: number) => series('query', { query, time: String(time) }),
    between,
    /** The values of an expression over the last seconds, one every 5 s, at whole multiples of 5 s. */
    lately(query: string, seconds: number) {
      const now = Date.now() / 1000;
      return between(query, atStep(now - seconds), atStep(now));
    },
    /** The values that a label has among the series of a metric. */
    labelValues: (metric: string, label: string) =>
      ask<readonly string[]>(`label/${label}/values`, { 'match[]': metric }),
  };
}

function atStep(time: number): number {
  return Math.floor(time / STEP_SECONDS) * STEP_SECONDS;
}
