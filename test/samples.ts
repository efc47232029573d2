/** Reads single values out of Prometheus' text format. */
import { isDeepStrictEqual } from 'node:util';
import { parsePrometheusText } from 'lambdascope/prometheusText';

/**
 * The value of a series, written as Prometheus writes it: `name{label="value",…}`, labels in any
 * order, all of them given; undefined when there is no such series.
 */
export function sample(text: string, series: string): number | undefined {
  const [wanted] = parsePrometheusText(`${series} 0`);
  return parsePrometheusText(text).find(
    ({ name, labels }) => name === wanted?.name && isDeepStrictEqual(labels, wanted.labels),
  )?.value;
}
