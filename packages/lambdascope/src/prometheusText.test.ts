import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { parsePrometheusText } from './prometheusText.ts';

describe('parsePrometheusText', () => {
  it('reads what prom-client writes', async () => {
    const registry = new Registry();
    const registers = [registry];
    const counter = new Counter({
      name: 'c_total',
      help: 'Two\nlines.',
      labelNames: ['a'],
      registers,
    });
    const gauge = new Gauge({ name: 'g', help: 'G.', labelNames: ['a', 'b'], registers });
    const histogram = new Histogram({ name: 'h', help: 'H.', buckets: [0.5, 2], registers });
    counter.inc({ a: 'x' }, 3);
    gauge.set({ a: '', b: 'y' }, 1.5e-7);
    gauge.set({ a: 'nothing', b: 'y' }, Number.NaN);
    gauge.set({ a: 'below', b: 'y' }, Number.NEGATIVE_INFINITY);
    histogram.observe(1);

    const samples = parsePrometheusText(await registry.metrics());

    const seen = samples.map(({ name, labels, value, isCounter }) => [
      name,
      Object.fromEntries(labels),
      value,
      isCounter,
    ]);
    expect(seen).toEqual([
      ['c_total', { a: 'x' }, 3, true],
      ['g', { a: '', b: 'y' }, 1.5e-7, false],
      ['g', { a: 'nothing', b: 'y' }, Number.NaN, false],
      ['g', { a: 'below', b: 'y' }, Number.NEGATIVE_INFINITY, false],
      ['h_bucket', { le: '0.5' }, 0, true],
      ['h_bucket', { le: '2' }, 1, true],
      ['h_bucket', { le: '+Inf' }, 1, true],
      ['h_sum', {}, 1, true],
      ['h_count', {}, 1, true],
    ]);
  });

  it.each([
    'quote " and } brace',
    'back\\slash',
    'ends in a backslash\\',
    'two\nlines',
    String.raw`not a line \n break`,
    '<img src=x onerror=alert(1)>',
    'comma, equals="1"',
    'setosa – ünïcode 🌸',
  ])('gives back the label value %j', async (value) => {
    const registry = new Registry();
    const gauge = new Gauge({
      name: 'g',
      help: 'G.',
      labelNames: ['a', 'b'],
      registers: [registry],
    });
    gauge.set({ a: value, b: 'after' }, 1);
    const [sample] = parsePrometheusText(await registry.metrics());
    expect(sample?.labels).toEqual(
      new Map([
        ['a', value],
        ['b', 'after'],
      ]),
    );
  });

  it('tells series apart by their labels', () => {
    const series = parsePrometheusText('a{x="1"} 1\na{x="2"} 1\na 1\n').map(
      (sample) => sample.series,
    );
    expect(new Set(series).size).toBe(3);
  });

  it('leaves out timestamps', () => {
    expect(parsePrometheusText('a 1 1395066363000\n')[0]?.value).toBe(1);
  });

  it('refuses what is not an exposition, and says what', () => {
    expect(() => parsePrometheusText('<!doctype html>')).toThrow('<!doctype html>');
  });
});
