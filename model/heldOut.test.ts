import { describe, expect, it } from 'vitest';
import { loadModel } from '../lib/artifact.ts';
import { infer } from '../lib/inference.ts';
import { makeArtifact } from './artifactFile.ts';
import { irisDataset } from './dataset.ts';
import { pick, stratifiedFolds } from './folds.ts';
import { trainModel } from './trainModel.ts';

const iris = irisDataset();
const options = { trees: 100, seed: 42 };

describe('on flowers that it has not seen, a model of Iris', () => {
  it('warns in at most 5 % of cases, of both kinds together', async () => {
    let warned = 0;
    for (const { train, heldOut } of stratifiedFolds(iris.labels, 1)) {
      const known = { ...iris, rows: pick(iris.rows, train), labels: pick(iris.labels, train) };
      const artifact = makeArtifact(known, await trainModel(known, options), '', []);
      const model = loadModel(artifact);
      const rows = Float64Array.from(pick(iris.rows, heldOut).flat());
      const { outOfDistribution, confidences } = infer(model, rows);
      for (const [row, confidence] of confidences.entries()) {
        if (outOfDistribution[row] === 1 || confidence < model.lowConfidence) warned += 1;
      }
    }
    expect(warned).toBeGreaterThan(0);
    expect(warned / 150).toBeLessThanOrEqual(0.05);
  });
});
