/** The edges of histograms of constants as histograms of their own, by which rules tell their buckets' order. */
import { edgesOf, type MetricDefinition } from '../metrics.ts';

/** Those of every definition with which values are compared by bucket. */
export function edgeCounts(definitions: readonly MetricDefinition[]): MetricDefinition[] {
  return definitions
    .filter(({ kind, panel }) => kind === 'histogram' && panel?.show === 'drift')
    .map(edgeCount);
}

/**
 * A histogram that has counted each edge of another's buckets once: its count at an edge is the number
 * of that bucket, by which a rule finds the bucket before. What is called `le` is written anew by
 * Prometheus (`1` as `1.0`), and a label of ours is not, so that no label can tell it.
 */
export function edgeCount(definition: MetricDefinition): MetricDefinition {
  const { name, labels = [], buckets = [], constants = [] } = definition;
  return {
    name: `${name}_edge`,
    kind: 'histogram',
    labels,
    buckets,
    help: `Each bucket edge of ${name} once, constant: how many there are up to each.`,
    constants: constants.map(({ labels: of }) => {
      const edges = edgesOf(definition, of);
      return {
        labels: of,
        value: {
          counts: [...edges, Number.POSITIVE_INFINITY].map(() => 1),
          sum: edges.reduce((sum, edge) => sum + edge, 0),
        },
      };
    }),
    cloudWatch: 'constant',
  };
}
