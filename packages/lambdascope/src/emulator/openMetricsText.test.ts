import fc from 'fast-check';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { parsePrometheusText } from '../prometheusText.ts';
import { createBucketHistogram } from './bucketHistogram.ts';
import { type Family, familiesOf } from './metricFamilies.ts';
import { openMetricsText } from './openMetricsText.ts';

it('is that of the specification, with the time since which each series counts', async () => {
  const registry = new Registry();
  const registers = [registry];
  new Counter({ name: 'orders_total', help: 'Orders "taken".', registers }).inc(3);
  new Gauge({ name: 'stock', help: 'Left.', labelNames: ['item'], registers }).set(
    { item: 'a' },
    -1.5,
  );
  const size = new Histogram({
    name: 'order_size_bytes',
    help: 'Sizes.',
    labelNames: ['country'],
    buckets: [0.5, 1024],
    registers,
  });
  for (const value of [0.1, 1024, 5000]) size.observe({ country: 'nl' }, value);
  const families = await familiesOf(registry);
  const started = families.map((family) =>
    family.kind === 'gauge'
      ? family
      : { ...family, series: family.series.map((one) => ({ ...one, since: 1_700_000_000_250 })) },
  );
  expect(openMetricsText(started)).toBe(`# TYPE orders counter
# HELP orders Orders \\"taken\\".
orders_total 3
orders_created 1700000000.25
# TYPE stock gauge
# HELP stock Left.
stock{item="a"} -1.5
# TYPE order_size_bytes histogram
# UNIT order_size_bytes bytes
# HELP order_size_bytes Sizes.
order_size_bytes_bucket{country="nl",le="0.5"} 1
order_size_bytes_bucket{country="nl",le="1024.0"} 2
order_size_bytes_bucket{country="nl",le="+Inf"} 3
order_size_bytes_sum{country="nl"} 6024.1
order_size_bytes_count{country="nl"} 3
order_size_bytes_created{country="nl"} 1700000000.25
# EOF
`);
});

it('has the values of the usual text, of both kinds of histogram', async () => {
  const registry = new Registry();
  const plain = new Histogram({
    name: 'plain',
    help: '.',
    buckets: [1, 2, 5],
    registers: [registry],
  });
  const own = createBucketHistogram(registry, { name: 'own', help: '.' });
  const [first, second] = [own.series({ of: 'a' }, [1, 2]), own.series({ of: 'b' }, [10])];
  for (const value of [0, 1, 1.5, 2, 3, 99])
    for (const add of [plain.observe.bind(plain), first, second]) add(value);
  const values = (text: string) =>
    parsePrometheusText(text.replace('# EOF\n', '')).map(({ name, labels, value }) => [
      name,
      [...labels].map(([label, of]) => [
        label,
        label === 'le' ? Number(of.replace('+Inf', 'Infinity')) : of,
      ]),
      value,
    ]);
  expect(values(openMetricsText(await familiesOf(registry)))).toEqual(
    values(await registry.metrics()),
  );
});

it('gives back every label and every value, whatever is in them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.double()), {
        minLength: 1,
        maxLength: 5,
      }),
      (given) => {
        const series = given.map(([text, value]) => ({ labels: { text }, value }));
        const family: Family = { name: 'odd', kind: 'gauge', help: 'a\\n\n"', series };
        const read = parsePrometheusText(openMetricsText([family]));
        expect(read.map(({ labels, value }) => [labels.get('text'), value])).toEqual(
          // A number has no negative zero once it is text.
          given.map(([text, value]) => [text, value + 0]),
        );
      },
    ),
  );
});
