/** Metrics of a service's own: defined once, recorded in its functions, counted by every sink. */

/** How a metric behaves, in Prometheus' terms. */
export type MetricKind = 'counter' | 'gauge' | 'histogram';

/** Label names and their values. */
export type Labels = Readonly<Record<string, string>>;

/** Values sorted into buckets. */
export interface BucketCounts {
  /** Values above the previous edge and at or below this one; one more, last, for those above every edge. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** Bucket edges that differ between the values of one label. */
export interface BucketsByLabel {
  readonly by: string;
  /** Upper bounds, ascending, by the label's value. */
  readonly edges: Readonly<Record<string, readonly number[]>>;
}

/** A chart of a metric, on the live page and on the dashboard. */
export interface MetricPanel {
  readonly title: string;
  /** What the reader sees and what to make of it. @default the metric's help */
  readonly description?: string;
  /**
   * `rate` of a counter per second, its `share` by label, or its `ratio` to another counter; the `level`
   * of a gauge, or its labels as an `info`; mean and `quantiles` of a histogram.
   *
   * `drift` of what functions record from constants, by the first label: of a histogram of constants the
   * population stability index of another histogram with the same buckets, of a gauge of constants the
   * Jensen-Shannon distance of a counter's shares. Both metrics have the same labels.
   */
  readonly show: 'rate' | 'share' | 'ratio' | 'level' | 'info' | 'quantiles' | 'drift';
  /** With `ratio`: name of the counter that it is a part of; with `drift`: of the metric that is compared with it. */
  readonly of?: string;
  /** With `quantiles`: which. @default 0.5 and 0.95 */
  readonly quantiles?: readonly number[];
  /**
   * Name of a histogram that is observed once a request: the live page then weighs each request as one,
   * however many values it recorded. @default each value weighs as much
   */
  readonly perRequestOf?: string;
}

/** How a metric goes to CloudWatch; each combination of dimensions' values is a billed metric. */
export interface CloudWatchTarget {
  /** Sets of labels to split by. @default `[[], ['function']]` */
  readonly dimensions?: readonly (readonly string[])[];
  /**
   * Whether an invocation writes one of its label sets, in turn, with all values since its last: far
   * fewer bytes, for metrics that are looked at by quantile. What an instance has not written when it
   * ends is lost. @default false
   */
  readonly inTurn?: boolean;
}

/** What a metric is called, what it counts and how it may be split. */
export interface MetricDefinition {
  /** Name after Prometheus' naming practices: base unit at its end, `_total` for counters. */
  readonly name: string;
  readonly kind: MetricKind;
  readonly help: string;
  /** Label names beside `function`, which every metric has; each with a bounded set of values. */
  readonly labels?: readonly string[];
  /** Upper bounds, ascending, of a histogram. */
  readonly buckets?: readonly number[] | BucketsByLabel;
  /**
   * Label sets that are there before their first event, at zero, so that `rate()` sees it; those without
   * `function` for every function of the service.
   */
  readonly known?: readonly Labels[];
  /** Series that never change and that no function records; they have no label `function`. */
  readonly constants?: readonly {
    readonly labels: Labels;
    readonly value: number | BucketCounts;
  }[];
  readonly panel?: MetricPanel;
  /** How it goes to CloudWatch, or why it does not. */
  readonly cloudWatch?: CloudWatchTarget | string;
}

/** Values of one metric that an invocation recorded under one label set. */
export interface Recorded {
  readonly metric: MetricDefinition;
  readonly labels: Labels;
  readonly values: number | ArrayLike<number>;
}

type LabelsOf<Definition> = Definition extends { readonly labels: readonly (infer Label)[] }
  ? { readonly [Name in Label & string]: string }
  : Readonly<Record<string, never>>;

/** A metric, to be recorded by its kind's one method. */
type Metric<Definition extends MetricDefinition> = { readonly definition: Definition } & {
  readonly counter: {
    /** Adds to the counter. */
    inc(labels: LabelsOf<Definition>, amount?: number): void;
  };
  readonly gauge: {
    /** Sets the gauge. */
    set(labels: LabelsOf<Definition>, value: number): void;
  };
  readonly histogram: {
    /** Adds one value, or each of many. The array must stay as it is until the invocation has ended. */
    observe(labels: LabelsOf<Definition>, values: number | ArrayLike<number>): void;
  };
}[Definition['kind']];

/** Metrics by the names that the code has for them. */
export type Metrics<Definitions> = {
  readonly [Name in keyof Definitions]: Definitions[Name] extends MetricDefinition
    ? Metric<Definitions[Name]>
    : never;
};

/** A definition contradicts itself or Prometheus' rules. */
export class MetricDefinitionError extends Error {
  override readonly name = 'MetricDefinitionError';
  readonly code = 'metric_definition';
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** Labels that a histogram, or the kit itself, sets. */
const RESERVED = new Set(['function', 'le']);

let recorded: Recorded[] = [];
/** Invocations that are observed now: one, but in an emulator's own process. */
let observedNow = 0;
const defined: MetricDefinition[] = [];

/**
 * Defines metrics, at module load.
 *
 * @example
 * export const metrics = defineMetrics({
 *   orders: { name: 'orders_total', kind: 'counter', labels: ['country'], help: 'Orders taken.' },
 * });
 * metrics.orders.inc({ country: 'NL' });
 *
 * @throws MetricDefinitionError when a definition cannot be a metric
 */
export function defineMetrics<const Definitions extends Readonly<Record<string, MetricDefinition>>>(
  definitions: Definitions,
): Metrics<Definitions> {
  const handles = Object.entries(definitions).map(([key, metric]) => {
    check(metric);
    defined.push(metric);
    const record = (labels: Labels, values: number | ArrayLike<number>): void => {
      if (isRecording()) recorded.push({ metric, labels, values });
    };
    const handle = {
      definition: metric,
      inc(labels: Labels, amount = 1) {
        if (amount !== 0) record(labels, amount);
      },
      set: record,
      observe: record,
    };
    return [key, handle];
  });
  return Object.fromEntries(handles) as Metrics<Definitions>;
}

/** Every definition of this instance. */
export function definedMetrics(): readonly MetricDefinition[] {
  return defined;
}

/** Whether what is recorded now is an observed invocation's. */
export function isRecording(): boolean {
  return observedNow > 0;
}

/** An observed invocation begins: what is recorded without one belongs to none, and is dropped. */
export function beginRecording(): void {
  observedNow += 1;
}

/** An observed invocation ends: what was recorded in it. */
export function endRecording(): readonly Recorded[] {
  observedNow -= 1;
  const taken = recorded;
  recorded = [];
  return taken;
}

/** The labels that a definition's series have: `function` first, but for constants. */
export function seriesLabels({ labels = [], constants }: MetricDefinition): readonly string[] {
  return constants === undefined ? ['function', ...labels] : labels;
}

/** The edges of a histogram's buckets under a label set; none for a value that has none of its own. */
export function edgesOf({ buckets = [] }: MetricDefinition, labels: Labels): readonly number[] {
  if (!('by' in buckets)) return buckets;
  return buckets.edges[labels[buckets.by] ?? ''] ?? [];
}

function check({ name, kind, labels = [], buckets }: MetricDefinition): void {
  const fail = (what: string): never => {
    throw new MetricDefinitionError(`The metric ${name} ${what}.`);
  };
  if (!NAME.test(name)) fail('has no name that Prometheus takes: letters, digits and underscores');
  if (kind === 'counter' && !name.endsWith('_total'))
    fail('is a counter, so its name must end in _total');
  if ((buckets !== undefined) !== (kind === 'histogram'))
    fail('needs buckets if, and only if, it is a histogram');
  for (const label of labels) {
    if (!LABEL.test(label) || RESERVED.has(label)) fail(`cannot have a label ${label}`);
  }
  const lists =
    buckets === undefined ? [] : 'by' in buckets ? Object.values(buckets.edges) : [buckets];
  for (const edges of lists) {
    if (edges.some((edge, index) => !(index === 0 || edge > (edges[index - 1] ?? edge)))) {
      fail('has buckets that do not rise');
    }
  }
}
