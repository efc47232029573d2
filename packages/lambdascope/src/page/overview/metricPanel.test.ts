import { describe, expect, it } from 'vitest';
import type { Frame } from '../../emulator/live/frame.ts';
import type { MetricPanel } from '../../metrics.ts';
import { formatOf, metricPanel } from './metricPanel.ts';

/** A metric with a panel. */
function metric(name: string, show: MetricPanel['show'], buckets?: readonly number[]) {
  const panel: MetricPanel = { title: 'Orders', show };
  return { name, kind: 'counter', help: 'Help.', panel, ...(buckets && { buckets }) } as const;
}

describe('formatOf', () => {
  it.each([
    [metric('wait_seconds', 'quantiles', [0.1, 0.5]), '250 ms'],
    [metric('wait_seconds_total', 'rate'), '250 ms'],
    [metric('sent_bytes', 'quantiles', [64, 256]), '0.25 B'],
    [metric('load_ratio', 'level'), '25 %'],
    [metric('orders_total', 'share'), '25 %'],
    [metric('orders_total', 'ratio'), '25 %'],
    [metric('confidence', 'quantiles', [0.5, 1]), '25 %'],
    [metric('weight_kilograms', 'quantiles', [0.5, 1, 2]), '0.25'],
    [metric('orders_total', 'rate'), '0.25'],
  ])('writes values after the unit of %o', (one, text) => {
    expect(formatOf(one)(0.25)).toBe(text);
  });

  it('looks at the buckets under every label', () => {
    const edges = { small: [0.1, 1], large: [10, 100] };
    const one = { ...metric('size', 'quantiles'), buckets: { by: 'kind', edges } };
    expect(formatOf(one)(0.25)).toBe('0.25');
  });

  it.each([
    [1000, '1,000 B'],
    [1536, '1.5 KiB'],
    [5 * 2 ** 20, '5 MiB'],
    [null, '–'],
  ])('writes %s bytes as %s', (value, text) => {
    expect(formatOf(metric('sent_bytes', 'level'))(value)).toBe(text);
  });
});

const drift = {
  moderate: 0.1,
  significant: 0.25,
  windowSeconds: 300,
  forSeconds: 120,
  minimumRows: 300,
};

describe('metricPanel', () => {
  it.each([
    ['share', 'share, last 10 s', 'share of requests, last 10 s'],
    ['ratio', 'share, last 10 s', 'share of requests, last 10 s'],
    ['quantiles', 'last 10 s', 'by request, last 10 s'],
    ['rate', 'per second, last 10 s', 'per second, last 10 s'],
    ['level', 'now', 'now'],
  ] as const)('says of %s what it is and of which time', (show, note, noteByRequest) => {
    const one = metric('orders_total', show);
    expect(metricPanel(one, drift)).toMatchObject({ title: 'Orders', description: 'Help.', note });
    const byRequest = { ...one, panel: { ...one.panel, perRequestOf: 'order_seconds' } };
    expect(metricPanel(byRequest, drift).note).toBe(noteByRequest);
  });

  it('has lines to compare drift with, and says over which time it is', () => {
    const { note, lines } = metricPanel(metric('orders_weight', 'drift'), drift);
    expect(note).toBe('distance, last 5 min');
    const limits = lines(undefined).map(({ label, value }) => [label, value({} as Frame)]);
    expect(limits).toEqual([
      ['moderate', 0.1],
      ['significant', 0.25],
    ]);
  });
});
