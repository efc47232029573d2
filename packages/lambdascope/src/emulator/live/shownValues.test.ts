import { describe, expect, it } from 'vitest';
import type { MetricPanel } from '../../metrics.ts';
import { parsePrometheusText } from '../../prometheusText.ts';
import type { ShownMetric } from '../livePage.ts';
import { createReadings } from './readings.ts';
import { shownValues } from './shownValues.ts';
import { spanBetween } from './span.ts';

const orders = {
  name: 'orders_total',
  kind: 'counter',
  labels: ['country'],
  help: 'Orders taken.',
} as const;
const weight = {
  name: 'weight_kilograms',
  kind: 'histogram',
  help: 'Weight of an order.',
} as const;

/** What a metric shows of two scrapes, ten seconds apart. */
function shown(
  metric: Omit<ShownMetric, 'panel'>,
  panel: Omit<MetricPanel, 'title'>,
  before: string,
  after: string,
): Record<string, number> {
  const readings = createReadings(60, 60);
  const [from, to] = [before, after].map((text, index) =>
    readings.add(
      10 * index,
      parsePrometheusText(text).map(({ labels, ...sample }) => ({
        ...sample,
        labels: Object.fromEntries(labels),
      })),
    ),
  );
  if (from === undefined || to === undefined) throw new Error('no reading');
  const one = { ...metric, panel: { title: 'Shown', ...panel } };
  const span = spanBetween(readings, from, to);
  return Object.fromEntries(shownValues(one, span, { span, minimumRows: 100 }));
}

/** Orders by country and function. */
function taken(nl: number, be: number, bulk = 0): string {
  return `# TYPE orders_total counter
orders_total{function="order",country="NL"} ${nl}
orders_total{function="order",country="BE"} ${be}
orders_total{function="bulk",country="BE"} ${bulk}
`;
}

/** Requests of the two functions. */
function asked(order: number, bulk: number): string {
  return `# TYPE order_seconds histogram
order_seconds_count{function="order"} ${order}
order_seconds_count{function="bulk"} ${bulk}
`;
}

/** Orders up to 1 kg, up to 10 kg, and their sum. */
function weighed(light: number, heavy: number, name = 'order'): string {
  return `# TYPE weight_kilograms histogram
weight_kilograms_bucket{function="${name}",le="1"} ${light}
weight_kilograms_bucket{function="${name}",le="10"} ${light + heavy}
weight_kilograms_bucket{function="${name}",le="+Inf"} ${light + heavy}
weight_kilograms_sum{function="${name}"} ${light + 10 * heavy}
weight_kilograms_count{function="${name}"} ${light + heavy}
`;
}

describe('a rate', () => {
  it('is per second, by the first label', () => {
    expect(shown(orders, { show: 'rate' }, taken(10, 10), taken(30, 15, 5))).toEqual({
      NL: 2,
      BE: 1,
    });
  });

  it('is one line without a label, called as the metric says', () => {
    const { labels, ...all } = orders;
    expect(shown(all, { show: 'rate' }, taken(0, 0), taken(10, 5))).toEqual({
      'Orders taken': 1.5,
    });
  });
});

describe('a share', () => {
  it('is of all that was counted, by the first label', () => {
    expect(shown(orders, { show: 'share' }, taken(10, 0), taken(13, 0, 1))).toEqual({
      NL: 0.75,
      BE: 0.25,
    });
  });

  it('has no value while nothing is counted', () => {
    expect(shown(orders, { show: 'share' }, taken(10, 0), taken(10, 0))).toEqual({
      NL: NaN,
      BE: NaN,
    });
  });

  it('is not hidden by a batch: each request weighs one', () => {
    const panel = { show: 'share', perRequestOf: 'order_seconds' } as const;
    const before = taken(0, 0) + asked(0, 0);
    expect(shown(orders, panel, before, taken(3, 0, 10_000) + asked(3, 1))).toEqual({
      NL: 0.75,
      BE: 0.25,
    });
  });
});

describe('a ratio', () => {
  const returned = { name: 'returned_total', kind: 'counter', help: 'Orders sent back.' } as const;
  const back = (count: number) => `# TYPE returned_total counter
returned_total{function="order"} ${count}
returned_total{function="bulk"} 0
`;

  it('is the part of another counter', () => {
    const panel = { show: 'ratio', of: 'orders_total' } as const;
    const values = shown(returned, panel, back(0) + taken(0, 0), back(3) + taken(6, 6));
    expect(values).toEqual({ 'Orders sent back': 0.25 });
  });

  it('weighs each request as one, by what it is a part of', () => {
    const panel = { show: 'ratio', of: 'orders_total', perRequestOf: 'order_seconds' } as const;
    const before = back(0) + taken(0, 0) + asked(0, 0);
    const after = back(3) + taken(3, 0, 10_000) + asked(3, 1);
    expect(shown(returned, panel, before, after)).toEqual({ 'Orders sent back': 0.75 });
  });
});

describe('a level', () => {
  const stock = { name: 'stock', kind: 'gauge', help: 'Pieces in stock.' } as const;
  const left = (count: number) => `# TYPE stock gauge
stock{function="order",shelf="a"} ${count}
stock{function="order",shelf="b"} 2
`;

  it('is the last, by the first label', () => {
    const values = shown({ ...stock, labels: ['shelf'] }, { show: 'level' }, left(9), left(4));
    expect(values).toEqual({ a: 4, b: 2 });
  });

  it('is by function without a label', () => {
    expect(shown(stock, { show: 'level' }, left(9), left(4))).toEqual({ order: 6 });
  });
});

describe('quantiles', () => {
  it('are the median and the 95th percentile, with the mean', () => {
    const values = shown(weight, { show: 'quantiles' }, weighed(5, 5), weighed(15, 15));
    expect(values).toEqual({
      mean: 5.5,
      '50th percentile': 1,
      '95th percentile': expect.closeTo(9.1),
    });
  });

  it('are those that the panel names', () => {
    const panel = { show: 'quantiles', quantiles: [0.01, 0.1, 0.999] } as const;
    expect(Object.keys(shown(weight, panel, '', weighed(1, 1)))).toEqual([
      'mean',
      '1st percentile',
      '10th percentile',
      '99.9th percentile',
    ]);
  });

  it('have no value without values', () => {
    const values = shown(weight, { show: 'quantiles', quantiles: [0.1] }, '', weighed(0, 0));
    expect(values).toEqual({ mean: NaN, '10th percentile': NaN });
  });

  it('weigh each request as one', () => {
    const panel = { show: 'quantiles', quantiles: [0.5], perRequestOf: 'order_seconds' } as const;
    const after = weighed(3, 0) + weighed(0, 10_000, 'bulk') + asked(3, 1);
    const values = shown(weight, panel, asked(0, 0), after);
    expect(values['mean']).toBeCloseTo((3 * 1 + 10) / 4);
    expect(values['50th percentile']).toBeLessThan(1);
  });
});

describe('drift', () => {
  const panel = { show: 'drift', of: 'weight_kilograms' } as const;
  const usual = {
    name: 'usual_kilograms',
    kind: 'histogram',
    labels: ['kind'],
    help: 'Usual weights, constant.',
  } as const;
  /** Weights of a kind up to 1 kg and above; of a function, or constant. */
  const weights = (light: number, heavy: number, name?: string) => {
    const labels = `{${name === undefined ? '' : `function="${name}",`}kind="parcel"`;
    const metric = name === undefined ? 'usual_kilograms' : 'weight_kilograms';
    return `# TYPE ${metric} histogram
${metric}_bucket${labels},le="1"} ${light}
${metric}_bucket${labels},le="+Inf"} ${light + heavy}
${metric}_count${labels}} ${light + heavy}
`;
  };

  it('of a histogram is its stability index, of the function that is furthest off', () => {
    const before = weights(75, 75) + weights(10, 0, 'order') + weights(0, 0, 'bulk');
    const after = weights(75, 75) + weights(60, 50, 'order') + weights(600, 400, 'bulk');
    expect(shown(usual, panel, before, after)).toEqual({ parcel: expect.closeTo(0.040547, 6) });
  });

  it('has no value of too few', () => {
    const before = weights(75, 75) + weights(0, 0, 'order');
    const after = weights(75, 75) + weights(99, 0, 'order');
    expect(shown(usual, panel, before, after)).toEqual({ parcel: NaN });
  });

  it('of a gauge is the distance of a counter, by function', () => {
    const usualOrders = {
      name: 'usual_orders',
      kind: 'gauge',
      labels: ['country'],
      help: 'Usual orders by country, constant.',
    } as const;
    const constant =
      '# TYPE usual_orders gauge\nusual_orders{country="NL"} 5\nusual_orders{country="BE"} 5\n';
    const values = shown(
      usualOrders,
      { show: 'drift', of: 'orders_total' },
      constant + taken(0, 0),
      constant + taken(0, 100, 50),
    );
    expect(values).toEqual({ order: expect.closeTo(0.557923, 6), bulk: NaN });
  });
});

it('shows no value of an info', () => {
  const version = { name: 'shop_info', kind: 'gauge', labels: ['version'], help: 'Shop.' } as const;
  expect(shown(version, { show: 'info' }, '', 'shop_info{version="1"} 1')).toEqual({});
});
