import fc from 'fast-check';
import { expect, it } from 'vitest';
import { metrics } from './metrics.ts';
import { model } from './model.ts';
import type { PredictionsObserved } from './observation.ts';
import { countPredictions } from './predictionCounts.ts';

const width = model.features.length;

function observed(rows: readonly { class: number; confidence: number; features: number[] }[]) {
  return {
    modelVersion: model.version,
    classNames: model.classes,
    featureNames: model.features.map(({ name }) => name),
    classes: Uint8Array.from(rows, (row) => row.class),
    confidences: Float64Array.from(rows, ({ confidence }) => confidence),
    features: Float64Array.from(rows.flatMap(({ features }) => features)),
    outOfDistribution: 0,
    inferenceSeconds: 1e-5,
  } satisfies PredictionsObserved;
}

/** Values at or below each edge, as Prometheus defines its buckets. */
function atOrBelow(values: readonly number[], edges: readonly number[]): number[] {
  return [...edges, Number.POSITIVE_INFINITY].map(
    (edge) => values.filter((value) => value <= edge).length,
  );
}

function cumulative(counts: readonly number[]): number[] {
  let sum = 0;
  return counts.map((count) => {
    sum += count;
    return sum;
  });
}

it('counts every row once, in the bucket and class where it belongs', () => {
  const onAnEdge = fc.constantFrom(...model.features.flatMap(({ deciles }) => deciles));
  const row = fc.record({
    class: fc.nat(model.classes.length - 1),
    confidence: fc.nat(100).map((votes) => votes / 100),
    features: fc.array(fc.oneof(onAnEdge, fc.double({ min: -5, max: 12, noNaN: true })), {
      minLength: width,
      maxLength: width,
    }),
  });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 50 }), (rows) => {
      const counts = countPredictions(observed(rows), model);
      expect(counts.classes).toEqual(
        model.classes.map((_, index) => rows.filter((row) => row.class === index).length),
      );
      expect(cumulative(counts.confidence.counts)).toEqual(
        atOrBelow(
          rows.map(({ confidence }) => confidence),
          metrics.confidence.buckets,
        ),
      );
      for (const [index, { deciles }] of model.features.entries()) {
        const values = rows.map(({ features }) => features[index] as number);
        expect(cumulative(counts.features[index]?.counts ?? [])).toEqual(
          atOrBelow(values, deciles),
        );
        expect(counts.features[index]?.sum).toBeCloseTo(values.reduce((a, b) => a + b, 0));
      }
    }),
  );
});

it('keeps sums finite when a client sends the greatest numbers there are', () => {
  const row = { class: 0, confidence: 1, features: model.features.map(() => Number.MAX_VALUE) };
  const { features } = countPredictions(observed([row, row, row]), model);
  expect(features.map(({ counts }) => counts.at(-1))).toEqual(model.features.map(() => 3));
  expect(features.every(({ sum }) => Number.isFinite(sum))).toBe(true);
});
