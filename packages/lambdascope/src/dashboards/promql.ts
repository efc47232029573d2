/**
 * PromQL for rules and dashboards, built from the definitions of metrics so that no name is written twice.
 *
 * `$function` and `$interval` are the dashboards' variables, `$__…` are Grafana's own.
 */
import { metrics } from '../builtInMetrics.ts';
import { type MetricDefinition, type MetricKind, seriesLabels } from '../metrics.ts';

/** What a query needs of a metric. */
export interface Queried<Kind extends MetricKind = MetricKind> {
  readonly name: string;
  readonly kind: Kind;
  /** Every label of its series, `function` too. */
  readonly labels: readonly string[];
}

/** A metric that only goes up: the one kind, with histograms, of which a rate makes sense. */
export type Counter = Queried<'counter'>;
export type Histogram = Queried<'histogram'>;
export type Gauge = Queried<'gauge'>;

/** How an expression is narrowed and split. */
export interface Selection {
  /** Labels to keep; none: one value in all. */
  readonly by?: readonly string[];
  /** More label matchers, such as `cold_start="true"`. */
  readonly where?: string;
  /** What a rate or an increase looks back over. @default `CHOSEN` for rates, `SHOWN` for increases */
  readonly window?: string;
  /** Those chosen at the top of the dashboard; rules, which have no variables, need every. @default 'chosen' */
  readonly functions?: 'chosen' | 'every';
}

/** What the reader chose. */
export const CHOSEN = '$interval';
/** The whole time range that the dashboard shows. */
export const SHOWN = '$__range';
/** The time between two points of a line. */
const STEP = '$__interval';
/** The functions chosen at the top of the dashboard. */
export const CHOSEN_FUNCTIONS = 'function=~"$function"';
/** The kinds of error that are the service's own, not the client's. */
export const SERVER_ERRORS = 'kind=~"handler|timeout|memory"';
/** Refused as no instance was to be had: Lambda's `Throttles`. */
export const BY_CONCURRENCY = 'reason=~"reserved|account|scaling"';
/** Refused by a usage plan or a method: the gateway's 429. */
export const BY_GATEWAY = 'reason=~"rate|burst|quota"';
export const WARM = 'cold_start="false"';
export const COLD = 'cold_start="true"';

/** A metric of a service's own, whose definition leaves out the label `function`. */
export function queried<Definition extends MetricDefinition>(
  definition: Definition,
): Queried<Definition['kind']> {
  const { name, kind } = definition;
  return { name, kind, labels: seriesLabels(definition) };
}

/** The series of a metric, of the chosen functions where it has that label. */
export function series(
  { name, labels }: Queried,
  { where = '', functions = 'chosen' }: Pick<Selection, 'where' | 'functions'> = {},
  suffix = '',
): string {
  const chosen = functions === 'chosen' && labels.includes('function') ? CHOSEN_FUNCTIONS : '';
  const matchers = [chosen, where].filter((matcher) => matcher !== '').join(', ');
  return selected(name + suffix, matchers);
}

/** The series of a name that label matchers select, or all. */
export function selected(name: string, matchers = ''): string {
  return matchers === '' ? name : `${name}{${matchers}}`;
}

/** Labels as PromQL lists them. */
export function labelList(labels: readonly string[], ...more: readonly string[]): string {
  return [...labels, ...more].join(', ');
}

function sumOf(expression: string, by: readonly string[] = []): string {
  return by.length === 0 ? `sum(${expression})` : `sum by (${by.join(', ')}) (${expression})`;
}

function rateOf(metric: Queried, suffix: string, selection: Selection): string {
  const { by, window = CHOSEN } = selection;
  return sumOf(`rate(${series(metric, selection, suffix)}[${window}])`, by);
}

/** Events per second. */
export function rate(metric: Counter, selection: Selection = {}): string {
  return rateOf(metric, '', selection);
}

function increaseOf(metric: Queried, suffix: string, selection: Selection): string {
  const { by, window = SHOWN } = selection;
  return sumOf(`increase(${series(metric, selection, suffix)}[${window}])`, by);
}

/** Events in the window. */
export function increase(metric: Counter, selection: Selection = {}): string {
  return increaseOf(metric, '', selection);
}

/** Observations of a histogram in the window. */
export function observed(metric: Histogram, selection: Selection = {}): string {
  return increaseOf(metric, '_count', selection);
}

/** Observations in the window that were at most `edge`, which must be an edge of a bucket. */
export function observedWithin(metric: Histogram, edge: number, selection: Selection = {}): string {
  return increaseOf(metric, '_bucket', within(edge, selection));
}

/** Observations of a histogram per second. */
export function observations(metric: Histogram, selection: Selection = {}): string {
  return rateOf(metric, '_count', selection);
}

/** Observations per second that were at most `edge`, which must be an edge of a bucket. */
export function observationsWithin(
  metric: Histogram,
  edge: number,
  selection: Selection = {},
): string {
  return rateOf(metric, '_bucket', within(edge, selection));
}

function within(edge: number, selection: Selection): Selection {
  return { ...selection, where: [selection.where, `le="${edge}"`].filter(Boolean).join(', ') };
}

/** What a histogram adds up to per second. */
export function amount(metric: Histogram, selection: Selection = {}): string {
  return rateOf(metric, '_sum', selection);
}

/** Part of a whole; no value, rather than 0/0, while the whole is zero. */
export function share(part: string, whole: string): string {
  return `${part} / (${whole} > 0)`;
}

/** The share that each value of a label has of all. */
export function shareByLabel(metric: Counter, label: string, selection: Selection = {}): string {
  const each = rate(metric, { ...selection, by: [label] });
  return `${each} / on () group_left () (${rate(metric, selection)} > 0)`;
}

/** Mean of a histogram. */
export function mean(metric: Histogram, selection: Selection = {}): string {
  return share(amount(metric, selection), observations(metric, selection));
}

/** Quantile of a histogram; no value, rather than NaN (which no comparison keeps), without traffic. */
export function quantile(q: number, metric: Histogram, selection: Selection = {}): string {
  const { by = [] } = selection;
  const buckets = rateOf(metric, '_bucket', {
    ...selection,
    by: by.includes('le') ? by : ['le', ...by],
  });
  return `histogram_quantile(${q}, ${buckets}) >= 0`;
}

/** Mean, median and tail of a histogram, each by its legend. */
export function meanAndTail(metric: Histogram): Readonly<Record<string, string>> {
  return {
    mean: mean(metric),
    median: quantile(0.5, metric),
    p95: quantile(0.95, metric),
    p99: quantile(0.99, metric),
  };
}

/** Events in each step: whole numbers, each event in one step. */
export function counted(metric: Counter, selection: Selection = {}): string {
  return sumOf(since(series(metric, selection)), selection.by);
}

/** Observations of each bucket in each step, for a heatmap. */
export function heatmapOf(metric: Histogram, where = ''): string {
  return sumOf(since(series(metric, { where }, '_bucket')), ['le']);
}

/**
 * What a counter gained since the step before. `increase()` extrapolates to parts of an event, and
 * over a window that is longer than a step, as it must be, counts each event several times.
 *
 * Where it was not there at the step before, or has begun anew since, it is what it gained from its
 * lowest in the step: its first events are not lost at long steps.
 */
function since(counter: string): string {
  const before = `${counter} offset ${STEP}`;
  return `${counter} - ${before} >= 0 or ${counter} - min_over_time(${counter}[${STEP}])`;
}

/** Only the first of the steps without a gap in which an expression is above zero. */
export function beginning(expression: string): string {
  const before = `max_over_time((${expression})[1ms:1ms] offset ${STEP})`;
  return `${expression} > 0 unless ${before} > 0`;
}

/** The largest that a gauge was in each step, whichever series had it; no value while it was 0. */
export function peak(metric: Gauge, where = ''): string {
  return `max(max_over_time(${series(metric, { where })}[${STEP}])) > 0`;
}

/** The largest that a gauge was in each step, by function. */
export function peaks(metric: Gauge): string {
  return `max by (function) (max_over_time(${series(metric)}[${STEP}]))`;
}

/** The present value of a gauge, added up. */
export function level(metric: Gauge, by?: readonly string[]): string {
  return sumOf(series(metric), by);
}

/**
 * The gauge that an instance tells with each answer, by function, of the functions that answered in
 * the window: the others only repeat the last word of an instance that may be gone.
 */
export function lastTold(metric: Gauge): string {
  const answered = observations(metrics.latency, { by: ['function'] });
  return `max by (function) (${series(metric)}) and on (function) (${answered} > 0)`;
}
