import { Counter, Gauge, Registry } from 'prom-client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { familiesOf } from './metricFamilies.ts';
import { withStartTimes } from './startTimes.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1000 });
});

afterEach(() => {
  vi.useRealTimers();
});

function aCounter() {
  const registry = new Registry();
  const counter = new Counter({
    name: 'orders_total',
    help: 'Orders.',
    labelNames: ['country'],
    registers: [registry],
  });
  counter.inc({ country: 'nl' }, 0);
  return { registry, counter };
}

/** Since when each series counts, by its labels. */
async function starts(read: ReturnType<typeof withStartTimes>) {
  const families = await read();
  return families.flatMap(({ series }) =>
    series.map(({ labels, since }) => [...Object.values(labels), since]),
  );
}

it('is the first moment for what was there then, also when nobody looked for long', async () => {
  const { registry, counter } = aCounter();
  const read = withStartTimes(() => familiesOf(registry));
  vi.setSystemTime(9000);
  counter.inc({ country: 'nl' });
  expect(await starts(read)).toEqual([['nl', 1000]]);
});

it('is the last look that did not find it for what came later, and stays so', async () => {
  const { registry, counter } = aCounter();
  const read = withStartTimes(() => familiesOf(registry));
  for (const time of [2000, 3000]) {
    vi.setSystemTime(time);
    await read();
  }
  counter.inc({ country: 'de' });
  for (const time of [4000, 5000]) {
    vi.setSystemTime(time);
    expect(await starts(read)).toEqual([
      ['nl', 1000],
      ['de', 3000],
    ]);
  }
});

it('is unknown of a gauge, and of what never counts', async () => {
  const { registry } = aCounter();
  new Gauge({ name: 'stock', help: 'Stock.', registers: [registry] }).set(3);
  const read = withStartTimes(
    () => familiesOf(registry),
    (name) => name === 'orders_total',
  );
  expect(await starts(read)).toEqual([['nl', undefined], [undefined]]);
});
