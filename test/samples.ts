/** Reads single values out of Prometheus' text format. */

/**
 * The value of a series, written as Prometheus writes it: `name{label="value",…}`, labels in any
 * order, all of them given; undefined when there is no such series.
 */
export function sample(text: string, series: string): number | undefined {
  const wanted = normalize(series);
  for (const line of text.split('\n')) {
    const space = line.lastIndexOf(' ');
    if (!line.startsWith('#') && normalize(line.slice(0, space)) === wanted) {
      return Number(line.slice(space + 1));
    }
  }
  return undefined;
}

function normalize(series: string): string {
  const [name = '', labels = ''] = series.split(/[{}]/);
  return `${name}{${labels.split(',').toSorted().join(',')}}`;
}
