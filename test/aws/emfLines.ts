/** Reads the metrics out of what a function wrote to its log, as CloudWatch does. */

/** A line in Embedded Metric Format. */
export interface EmfLine {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  readonly [member: string]: unknown;
}

/** A metric that CloudWatch would make of a line. */
export interface EmfMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, unknown>>;
}

/** The lines that are JSON as a whole, with metrics in them; CloudWatch passes over all others. */
export function emfLines(lines: readonly string[]): EmfLine[] {
  return lines.flatMap((line) => {
    if (!line.startsWith('{')) return [];
    const parsed = JSON.parse(line) as Partial<EmfLine>;
    return parsed._aws ? [parsed as EmfLine] : [];
  });
}

/** The metrics in lines. */
export function emfMetrics(lines: readonly EmfLine[]): EmfMetric[] {
  return lines.flatMap((line) =>
    line._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
      Dimensions.flatMap((names) =>
        Metrics.map(({ Name }) => ({
          namespace: Namespace,
          name: Name,
          dimensions: Object.fromEntries(names.map((name) => [name, line[name]])),
        })),
      ),
    ),
  );
}
