/** Reads the Prometheus text format, version 0.0.4: what `/metrics` answers. */

/** One line of an exposition. */
export interface Sample {
  /** The series as it was written, `name{label="value"}`: the same in every scrape of one server. */
  readonly series: string;
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
  /** Whether it only grows while the server runs: a counter, or a part of a histogram. */
  readonly isCounter: boolean;
}

/** A line of the exposition is not a sample. */
export class PrometheusTextError extends Error {
  override readonly name = 'PrometheusTextError';
}

// `name`, `{labels}` with quoted values that may hold escaped quotes and braces, the value, and a
// timestamp that nothing here needs.
const LINE = /^([a-zA-Z_:][\w:]*)(\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?\s+(\S+)(?:\s+-?\d+)?\s*$/;
const COUNTER_TYPE = /^# TYPE (\S+) (?:counter|histogram)\s*$/;
const LABEL = /([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"/g;

/**
 * Every sample of an exposition, in its order; comments are skipped.
 *
 * Format: https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-details
 *
 * @throws PrometheusTextError naming the first line that is neither a sample nor a comment.
 */
export function parsePrometheusText(text: string): Sample[] {
  const samples: Sample[] = [];
  let counter: string | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith('# TYPE')) counter = COUNTER_TYPE.exec(line)?.[1];
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, name, labels = '', value] = LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      throw new PrometheusTextError(`not a sample: ${line}`);
    }
    samples.push({
      series: name + labels,
      name,
      labels: parseLabels(labels),
      value: parseValue(value),
      isCounter: counter !== undefined && name.startsWith(counter),
    });
  }
  return samples;
}

/** The sum of those samples of a metric whose series matches, 0 if there are none. */
export function sum(text: string, name: string, series: RegExp): number {
  return parsePrometheusText(text)
    .filter((sample) => sample.name === name && series.test(sample.series))
    .reduce((total, { value }) => total + value, 0);
}

function parseLabels(text: string): Map<string, string> {
  const labels = new Map<string, string>();
  for (const [, name, value] of text.matchAll(LABEL)) {
    if (name !== undefined && value !== undefined) labels.set(name, unescapeLabelValue(value));
  }
  return labels;
}

function unescapeLabelValue(value: string): string {
  if (!value.includes('\\')) return value;
  return value.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}

function parseValue(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  return Number(text); // "NaN", and prom-client's "Nan", are NaN
}
