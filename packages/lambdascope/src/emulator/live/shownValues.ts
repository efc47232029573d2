/** What a metric of the service's own shows: a value for each line of its chart. */
import type { ShownMetric } from '../livePage.ts';
import { driftValues } from './driftValues.ts';
import { distribution, type Measure, type Span, sum, sumBy } from './span.ts';

const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });
const ENDINGS: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd' };

/** Drift needs more values than other figures, and so a longer span. */
export interface DriftSpan {
  readonly span: Span;
  readonly minimumRows: number;
}

/**
 * The values of a metric in a span, by what the legend calls them; NaN where nothing, or too little,
 * was counted.
 *
 * A metric that names a histogram of requests is weighed by request: a batch counts as one, or its
 * thousands of values would hide every single one.
 *
 * @param drift what drift is taken over, and how many rows it needs
 */
export function shownValues(
  metric: ShownMetric,
  span: Span,
  drift: DriftSpan,
): ReadonlyMap<string, number> {
  const { name, labels: [label] = [], help, panel } = metric;
  const all = help.replace(/\.$/, '');
  const series = span.series(name);
  const measure = panel.perRequestOf === undefined ? span.increase : byRequest(metric, span);
  switch (panel.show) {
    case 'rate': {
      const perSecond: Measure = (one) => measure(one) / span.seconds;
      if (label === undefined) return new Map([[all, sum(series, perSecond)]]);
      return sumBy(series, label, perSecond);
    }
    case 'share': {
      const whole = sum(series, measure);
      return sumBy(series, label ?? 'function', (one) => measure(one) / whole);
    }
    case 'ratio':
      return new Map([[all, sum(series, measure) / sum(span.series(panel.of ?? ''), measure)]]);
    case 'level':
      return sumBy(series, label ?? 'function', span.level);
    case 'quantiles': {
      const { mean, quantile } = distribution(span, name, measure);
      const quantiles = panel.quantiles ?? [0.5, 0.95];
      return new Map([
        ['mean', mean],
        ...quantiles.map((one) => [percentile(one), quantile(one)] as const),
      ]);
    }
    case 'drift':
      return driftValues(metric, drift.span, drift.minimumRows);
    case 'info':
      return new Map();
  }
}

/** A measure of values in which each request of a function weighs one, however many values it has. */
function byRequest({ name, kind, panel }: ShownMetric, { series, increase }: Span): Measure {
  const by = (one: string) => sumBy(series(one), 'function', increase);
  const requests = by(`${panel.perRequestOf}_count`);
  const values = by(
    panel.show === 'ratio' ? (panel.of ?? '') : kind === 'histogram' ? `${name}_count` : name,
  );
  return (one) => {
    const counted = increase(one);
    const of = String(one.labels['function'] ?? '');
    return counted === 0 ? 0 : (counted * (requests.get(of) ?? 0)) / (values.get(of) ?? 0);
  };
}

/** "10th percentile". */
function percentile(quantile: number): string {
  const percent = Number((quantile * 100).toPrecision(12));
  return `${percent}${ENDINGS[ordinals.select(percent)] ?? 'th'} percentile`;
}
