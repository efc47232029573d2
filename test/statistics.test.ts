/** Drift and estimated accuracy, as Prometheus records them, beside Evidently's and NannyML's figures of the same rows. */
import type { LiveUpdate } from 'lambdascope/emulator/live/update';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../lib/artifact.ts';
import { accuracyAt } from '../lib/calibration.ts';
import { infer } from '../lib/inference.ts';
import type { Model } from '../lib/model.ts';
import { model } from '../lib/servedModel.ts';
import { makeArtifact } from '../model/artifactFile.ts';
import { irisDataset } from '../model/dataset.ts';
import { trainModel } from '../model/trainModel.ts';
import { createRandom } from '../tools/load/random.ts';
import { createSampler } from '../tools/load/sampler.ts';
import type { Emulator } from './emulator.ts';
import { eventually } from './eventually.ts';
import { type MonitoredEmulator, startMonitoredEmulator } from './monitoredEmulator.ts';
import { missingStatistics } from './programs/folder.ts';
import type { PrometheusClient } from './prometheusClient.ts';
import { missing } from './servers.ts';
import { type ReferenceFigures, referenceFigures } from './statistics/reference.ts';

const ROWS = 700;
/** Of each function: rows that have drifted, and rows that are all alike. */
const BY_FUNCTION = '{function="batchPredict"}';

/** Rows on their way from the training data. */
function driftedRows(): readonly (readonly number[])[] {
  const sampler = createSampler(model, createRandom(1));
  return Array.from({ length: ROWS }, (_, index) => sampler.drifted(index / ROWS));
}

/** The bucket of each row's value, by feature. */
function bucketsOf(rows: readonly (readonly number[])[]): Record<string, number[]> {
  return Object.fromEntries(
    model.features.map(({ name, deciles }, column) => [
      name,
      rows.map((row) => deciles.filter((edge) => edge < (row[column] ?? 0)).length),
    ]),
  );
}

/** What the two libraries say of rows that the served model was asked. */
function figuresOf(rows: readonly (readonly number[])[]): ReferenceFigures {
  const { heldOut, classes, calibration, forest, trainingRows } = model;
  const inference = infer(model, Float64Array.from(rows.flat()));
  const training = bucketsOf(irisDataset().rows);
  const seen = bucketsOf(rows);
  return referenceFigures({
    values: Object.fromEntries(
      Object.entries(seen).map(([feature, buckets]) => [
        feature,
        { training: training[feature] ?? [], seen: buckets },
      ]),
    ),
    classes: {
      training: classes.flatMap((name, index) =>
        Array<string>(heldOut.predictions[index] ?? 0).fill(name),
      ),
      seen: [...inference.classes].map((index) => classes[index] ?? ''),
    },
    beingRight: {
      training: {
        right: Array.from({ length: trainingRows }, (_, row) => row < heldOut.right),
        // Not what the estimate is made of: NannyML wants them to be there.
        probabilities: Array.from({ length: trainingRows }, (_, row) => (row % 10) / 10),
      },
      seen: {
        probabilities: [...inference.confidences].map((share) =>
          accuracyAt(calibration, share, forest.trees),
        ),
      },
    },
  });
}

describe.skipIf(missing('prometheus', 'prometheus-pushgateway') || missingStatistics())(
  'what Prometheus records of rows that have drifted',
  () => {
    let monitored: MonitoredEmulator | undefined;
    const rows = driftedRows();
    let emulator: Emulator;
    let prometheus: PrometheusClient;
    let figures: ReferenceFigures;

    beforeAll(async () => {
      monitored = await startMonitoredEmulator();
      ({ emulator, prometheus } = monitored);
      // Zeros must have been seen: a rate is the difference to them.
      await eventually(async () => {
        expect(await prometheus.now(`model_predictions_total${BY_FUNCTION}`)).not.toEqual([]);
      });
      const columns = model.features.map(({ name }) => name);
      const { status } = await emulator.post('/predict/batch', { columns, data: rows });
      expect(status).toBe(200);
      figures = figuresOf(rows);
    });

    afterAll(() => monitored?.stop());

    /** What is recorded of the batch, once it is. */
    const recorded = (record: string) =>
      eventually(async () => {
        const series = await prometheus.now(record + BY_FUNCTION);
        expect(series).not.toEqual([]);
        return series;
      });

    it("has Evidently's stability index of each feature", async () => {
      const series = await recorded('function_feature:model_feature_value:psi5m');
      const values = series.map(({ labels, values }) => [labels['feature'], values[0]]);
      expect(Object.fromEntries(values)).toEqual(
        Object.fromEntries(
          Object.entries(figures.values).map(([name, value]) => [name, expect.closeTo(value, 9)]),
        ),
      );
      expect(Math.max(...Object.values(figures.values))).toBeGreaterThan(0.25);
    });

    it("has NannyML's distance of the predicted classes, and Evidently's by its logarithms", async () => {
      const [series] = await recorded('function:model_predictions:js_distance5m');
      expect(series?.values).toEqual([expect.closeTo(figures.classes.nannyml, 6)]);
      expect(series?.values[0] ?? 0).toBeCloseTo(
        figures.classes.evidently / Math.sqrt(Math.LN2),
        6,
      );
    });

    it("has NannyML's estimated accuracy, and its band but for what Prometheus extrapolates", async () => {
      const [estimate] = await recorded('function:model_estimated_accuracy:ratio_rate5m');
      expect(estimate?.values).toEqual([expect.closeTo(figures.beingRight.accuracy, 6)]);
      // The less, the longer it has scraped.
      await eventually(async () => {
        const [band] = await prometheus.now(`function:model_accuracy:band5m${BY_FUNCTION}`);
        const share = (band?.values[0] ?? 0) / figures.beingRight.band;
        expect(Math.abs(share - 1)).toBeLessThan(0.1);
      });
    });

    it('is what the live page shows', async () => {
      await eventually(async () => {
        const answer = await fetch(`${emulator.metricsUrl}/live`);
        const { lately } = (await answer.json()) as LiveUpdate;
        const shown = (values: Readonly<Record<string, number>>) =>
          Object.fromEntries(
            Object.entries(values).map(([name, value]) => [name, expect.closeTo(value, 6)]),
          );
        expect(lately.shown).toMatchObject({
          model_training_feature_value: shown(figures.values),
          model_training_predictions: { batchPredict: expect.closeTo(figures.classes.nannyml, 6) },
        });
      });
    });
  },
);

describe.skipIf(missingStatistics())(
  'the estimated accuracy of rows of which fewer are easy',
  () => {
    const random = createRandom(3);
    const classes = ['apart', 'near', 'nearer'];
    const middles = [-10, 0, 1.5];

    /** Rows with their classes: two numbers around the middle of a class, kept as often as `keep` says. */
    function draw(count: number, keep: (row: readonly number[]) => number) {
      const drawn: { row: readonly number[]; label: number }[] = [];
      while (drawn.length < count) {
        const label = Math.floor(random.uniform() * classes.length);
        const middle = middles[label] ?? 0;
        const row = [middle + random.normal(), middle + random.normal()];
        if (random.uniform() < keep(row)) drawn.push({ row, label });
      }
      return drawn;
    }

    /** What a model says of rows, as NannyML takes it. */
    function predict(served: Model, drawn: ReturnType<typeof draw>) {
      const rows = Float64Array.from(drawn.flatMap(({ row }) => row));
      const { classes: predicted, votes, expectedCorrect } = infer(served, rows);
      const right = drawn.filter(({ label }, index) => label === predicted[index]).length;
      return {
        accuracy: right / drawn.length,
        estimate: expectedCorrect / drawn.length,
        shares: drawn.map((_, row) =>
          classes.map(
            (_, index) => (votes[row * classes.length + index] ?? 0) / served.forest.trees,
          ),
        ),
        predictions: [...predicted].map((index) => classes[index] ?? ''),
      };
    }

    it("is the true one, and NannyML's own, but for chance", async () => {
      const everywhere = draw(4000, () => 1);
      const data = {
        name: 'crowd',
        source: 'drawn',
        features: [
          { name: 'x', unit: '' },
          { name: 'y', unit: '' },
        ],
        classes,
        rows: everywhere.map(({ row }) => row),
        labels: everywhere.map(({ label }) => label),
      };
      const trained = await trainModel(data, { trees: 50, seed: 1 });
      const served = loadModel(JSON.parse(JSON.stringify(makeArtifact(data, trained, '', []))));
      const reference = draw(4000, () => 1);
      const training = predict(served, reference);
      const seen = predict(
        served,
        draw(4000, ([x = 0]) => (x < -5 ? 0.1 : 1)),
      );
      const { accuracy: nannyml } = referenceFigures({
        accuracy: {
          training: {
            shares: training.shares,
            predictions: training.predictions,
            classes: reference.map(({ label }) => classes[label] ?? ''),
          },
          seen: { shares: seen.shares, predictions: seen.predictions },
        },
      });
      // It falls by more than chance, and so does what is estimated.
      expect(training.accuracy - seen.accuracy).toBeGreaterThan(nannyml.band);
      expect(training.estimate - seen.estimate).toBeGreaterThan(nannyml.band);
      // Chance is in the rows seen, and in as many that it was learned from.
      const chance = 2 * nannyml.band;
      expect(Math.abs(seen.estimate - seen.accuracy)).toBeLessThan(chance);
      expect(Math.abs(seen.estimate - nannyml.accuracy)).toBeLessThan(chance);
    });
  },
);
