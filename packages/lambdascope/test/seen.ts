/** What `/metrics` says, in the form in which tests say what it must. */
import { parsePrometheusText } from '../src/prometheusText.ts';

/** One reading. */
export class Seen {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Every series of a metric: value by its labels' values, such as `hello GET /hello 200`. */
  of(metric: string): Record<string, number> {
    return Object.fromEntries(
      parsePrometheusText(this.#text)
        .filter(({ name }) => name === metric)
        .map(({ labels, value }) => [[...labels.values()].filter(Boolean).join(' '), value]),
    );
  }

  /** The series that are not zero. */
  counted(metric: string): Record<string, number> {
    return Object.fromEntries(Object.entries(this.of(metric)).filter(([, value]) => value !== 0));
  }

  /** How many series of the kit's counts there are, and how many of those are zero. */
  get zeros(): { readonly series: number; readonly zero: number } {
    const counts = parsePrometheusText(this.#text).filter(({ name }) => COUNTS.test(name));
    return { series: counts.length, zero: counts.filter(({ value }) => value === 0).length };
  }
}

const COUNTS = /^(api|lambda)_.*(_total|_count|_bucket)$/;
