import { describe, expect, it } from 'vitest';
import { model } from '../../lib/model.ts';
import { countPredictions } from '../../lib/predictionCounts.ts';
import { anObservation } from '../../test/invocations.ts';
import { createAggregator } from '../aggregator.ts';
import { parsePrometheusText } from '../prometheusText.ts';
import { createHistory } from './history.ts';
import { type Signals, signalsBetween } from './signals.ts';

const routes = [
  { function: 'predict', method: 'POST', route: '/predict' },
  { function: 'batchPredict', method: 'POST', route: '/predict/batch' },
];

/** An answered request: so many rows, all of one class, all odd or none, all with one vote share. */
interface Answered {
  readonly function: 'predict' | 'batchPredict';
  readonly rows: number;
  readonly classIndex: number;
  readonly confidence: number;
  readonly odd: boolean;
}

function observationOf({ function: name, rows, classIndex, confidence, odd }: Answered) {
  const predictions = countPredictions(
    {
      modelVersion: model.version,
      classNames: model.classes,
      featureNames: model.features.map((feature) => feature.name),
      classes: new Uint8Array(rows).fill(classIndex),
      confidences: new Float64Array(rows).fill(confidence),
      features: new Float64Array(rows * model.features.length),
      outOfDistribution: odd ? rows : 0,
      inferenceSeconds: 1e-5,
    },
    model,
  );
  const route = name === 'predict' ? '/predict' : '/predict/batch';
  return anObservation({ function: name, route, predictions });
}

/** What the page makes of requests between two scrapes of the real aggregator. */
async function signalsOf(...answered: readonly Answered[]): Promise<Signals> {
  const aggregator = createAggregator({ routes, clients: [] });
  aggregator.serve(model);
  const history = createHistory(60);
  const scrape = async (time: number) =>
    history.add(time, parsePrometheusText(await aggregator.registry.metrics()));
  const before = await scrape(1);
  for (const one of answered) aggregator.observe(observationOf(one));
  return signalsBetween(history, before, await scrape(2));
}

const odd = { function: 'predict', rows: 1, classIndex: 1, confidence: 0.5, odd: true } as const;
const batch = {
  function: 'batchPredict',
  rows: 10_000,
  classIndex: 0,
  confidence: 1,
  odd: false,
} as const;

describe('what the page tells of rows', () => {
  it('is not hidden by a batch: each request weighs one', async () => {
    const { outOfDistribution, predictions, confidence } = await signalsOf(odd, odd, odd, batch);
    expect(outOfDistribution).toBeCloseTo(3 / 4);
    expect(model.classes.map((name) => predictions.get(name))).toEqual([1, 3, 0]);
    expect(confidence.mean).toBeCloseTo((3 * 0.5 + 1) / 4);
    expect(confidence.p10).toBeLessThan(0.6);
  });

  it('has no value without a prediction', async () => {
    const { outOfDistribution, confidence } = await signalsOf();
    expect(outOfDistribution).toBeNaN();
    expect(confidence.mean).toBeNaN();
    expect(confidence.p10).toBeNaN();
  });
});
