/** Makes the artifact file of a trained model. */
import { readFileSync } from 'node:fs';
import { ARTIFACT_FORMAT, type Artifact, contentHash } from '../lib/artifact.ts';
import type { ArtifactContent } from '../lib/artifactContent.ts';
import type { Dataset } from './dataset.ts';
import { type TrainedModel, WARNING_RATE } from './trainModel.ts';

/**
 * Makes an artifact. The same model gives the same bytes: where a known file holds it already, the
 * date there is kept.
 *
 * @param date when the model was trained, in ISO 8601
 * @param known files that may hold the same model
 */
export function makeArtifact(
  data: Dataset,
  trained: TrainedModel,
  date: string,
  known: readonly string[],
): Artifact {
  const { forest, moments, crossValidation, calibrated } = trained;
  const content: ArtifactContent = {
    name: `${data.name}-forest`,
    trainingRows: data.rows.length,
    features: trained.features,
    classes: data.classes,
    lowConfidence: trained.lowConfidence,
    heldOut: {
      predictions: data.classes.map((_, predicted) =>
        crossValidation.confusion.reduce((sum, line) => sum + (line[predicted] as number), 0),
      ),
      right: crossValidation.heldOut.filter(({ right }) => right).length,
    },
    calibration: calibrated.calibration,
    forest: {
      thresholds: encode(forest.thresholds),
      starts: encode(forest.starts),
      nodes: encode(forest.nodes),
    },
    outOfDistribution: {
      threshold: trained.threshold,
      falseAlarmRate: WARNING_RATE,
      means: encode(moments.means),
      whitening: encode(moments.whitening),
    },
  };
  const sha256 = contentHash(content);
  const same = known.map(readArtifact).find((artifact) => artifact?.sha256 === sha256);
  return { format: ARTIFACT_FORMAT, sha256, trainedAt: same?.trainedAt ?? date, content };
}

/** The artifact as text. */
export function artifactJson(artifact: Artifact): string {
  return `${JSON.stringify(artifact, null, 2)}\n`;
}

function readArtifact(path: string): Partial<Artifact> | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // No artifact yet, or a broken one, which is about to be replaced.
    return undefined;
  }
}

function encode(array: Float64Array | Int32Array): string {
  return Buffer.from(array.buffer).toString('base64');
}
