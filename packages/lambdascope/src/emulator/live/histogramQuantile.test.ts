import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningProgram, startProgram } from '../../../../../test/program.ts';
import { prometheusClient } from '../../../../../test/prometheusClient.ts';
import { missing } from '../../../../../test/servers.ts';
import { type Bucket, histogramQuantile } from './histogramQuantile.ts';

const INFINITY = Number.POSITIVE_INFINITY;

describe('histogramQuantile', () => {
  const buckets: Bucket[] = [
    { upperBound: 0.1, count: 2 },
    { upperBound: 0.5, count: 8 },
    { upperBound: INFINITY, count: 10 },
  ];

  it('interpolates within a bucket', () => {
    expect(histogramQuantile(0.5, buckets)).toBeCloseTo(0.1 + 0.4 * (3 / 6));
  });

  it('gives the highest finite bound for what lies beyond it', () => {
    expect(histogramQuantile(0.99, buckets)).toBe(0.5);
  });

  it('has no answer without values or without a bucket for all of them', () => {
    expect(histogramQuantile(0.5, [])).toBeNaN();
    expect(histogramQuantile(0.5, buckets.slice(0, 2))).toBeNaN();
    expect(
      histogramQuantile(
        0.5,
        buckets.map((bucket) => ({ ...bucket, count: 0 })),
      ),
    ).toBeNaN();
  });
});

describe.skipIf(missing('prometheus'))('histogramQuantile beside a real Prometheus', () => {
  let prometheus: RunningProgram;

  beforeAll(async () => {
    prometheus = await startProgram('prometheus');
  });

  afterAll(async () => {
    await prometheus?.stop();
  });

  it('gives what PromQL gives, for any histogram', async () => {
    const client = prometheusClient(prometheus.url);
    const bounds = fc.uniqueArray(fc.double({ min: 1e-6, max: 1e4, noNaN: true }), {
      minLength: 1,
      maxLength: 12,
    });
    const histogram = bounds.chain((finite) =>
      fc
        .array(fc.nat(1000), { minLength: finite.length + 1, maxLength: finite.length + 1 })
        .map((counts) => {
          let below = 0;
          return [...finite.toSorted((a, b) => a - b), INFINITY].map((upperBound, index) => {
            below += counts[index] ?? 0;
            return { upperBound, count: below };
          });
        }),
    );
    const property = fc.asyncProperty(
      histogram,
      fc.double({ min: 0.001, max: 1, noNaN: true }),
      async (buckets, quantile) => {
        const vector = buckets
          .map(({ upperBound, count }) => {
            const le = upperBound === INFINITY ? '+Inf' : upperBound;
            return `label_replace(vector(${count}), "le", "${le}", "", "")`;
          })
          .join(' or ');
        const [answer] = await client.now(`histogram_quantile(${quantile}, ${vector})`);
        const theirs = answer?.values[0] ?? Number.NaN;
        const ours = histogramQuantile(quantile, buckets);
        if (Number.isNaN(theirs)) expect(ours).toBeNaN();
        else expect(Math.abs(ours - theirs)).toBeLessThanOrEqual(1e-9 * Math.abs(theirs));
      },
    );
    await fc.assert(property, { numRuns: 200 });
  });
});
