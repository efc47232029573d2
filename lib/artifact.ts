/** The artifact: the file that training writes and serving reads, checked against its hash. */
import { hash } from 'node:crypto';
import type { ArtifactContent } from './artifactContent.ts';
import { accuracyByVotes } from './calibration.ts';
import { type ContentTables, contentFault } from './contentFault.ts';
import { prepareForest } from './forest.ts';
import type { Model } from './model.ts';
import { prepareReference } from './outOfDistribution.ts';

/** What training writes and serving reads. */
export interface Artifact {
  readonly format: number;
  readonly sha256: string;
  readonly trainedAt: string;
  readonly content: ArtifactContent;
}

/** Raised when the form of the content changes. */
export const ARTIFACT_FORMAT = 2;

/** Digits of the hash that name a version: enough to tell any two models apart. */
const VERSION_DIGITS = 12;

/** Why an artifact cannot be served. */
export type ModelArtifactErrorCode =
  | 'malformed'
  | 'unknown_format'
  | 'hash_mismatch'
  | 'contradictory';

/** The artifact cannot be served. */
export class ModelArtifactError extends Error {
  override readonly name = 'ModelArtifactError';
  readonly code: ModelArtifactErrorCode;

  constructor(code: ModelArtifactErrorCode, reason: string, options?: ErrorOptions) {
    super(`The model artifact ${reason}. Write it anew: npm run train`, options);
    this.code = code;
  }
}

/** Hash of an artifact's content. */
export function contentHash(content: ArtifactContent): string {
  return hash('sha256', JSON.stringify(content));
}

/**
 * Checks an artifact against its hash and all of its content against itself, and decodes it: what
 * every build does before anything is served.
 *
 * @throws ModelArtifactError when it is not whole, or not what training wrote
 */
export function loadModel(artifact: unknown): Model {
  const { sha256, content } = asArtifact(artifact);
  if (contentHash(content) !== sha256) {
    throw new ModelArtifactError('hash_mismatch', 'was changed after training: its hash differs');
  }
  const fault = contentFault(content, decodeTables(content));
  if (fault !== undefined) throw contradictory(fault);
  return decodeModel(artifact);
}

/**
 * Decodes an artifact that the build has checked; here only the sizes of its parts are. A function
 * that checked the hash again would load Node's crypto for it, and each cold start would take several
 * milliseconds longer (`npm run bench`).
 *
 * @throws ModelArtifactError when it is not whole, or of another format, or its parts do not fit
 */
export function decodeModel(artifact: unknown): Model {
  const { sha256, trainedAt, content } = asArtifact(artifact);
  const { forest, means, whitening } = decodeTables(content);
  const prepared = prepareForest(forest);
  return {
    ...content,
    version: sha256.slice(0, VERSION_DIGITS),
    sha256,
    trainedAt,
    forest: prepared,
    accuracyByVotes: accuracyByVotes(content.calibration, prepared.trees),
    outOfDistribution: prepareReference({ ...content.outOfDistribution, means, whitening }),
  };
}

function asArtifact(value: unknown): Artifact {
  const artifact = value as Partial<Artifact> | null | undefined;
  if (
    typeof artifact?.sha256 !== 'string' ||
    typeof artifact.trainedAt !== 'string' ||
    typeof artifact.content !== 'object' ||
    artifact.content === null
  ) {
    throw new ModelArtifactError('malformed', 'is missing or incomplete');
  }
  if (artifact.format !== ARTIFACT_FORMAT) {
    throw new ModelArtifactError(
      'unknown_format',
      `has format ${artifact.format}, this program reads ${ARTIFACT_FORMAT}`,
    );
  }
  return artifact as Artifact;
}

function contradictory(fault: string): ModelArtifactError {
  return new ModelArtifactError('contradictory', `contradicts itself: ${fault}`);
}

/** The arrays of a content, each of the size that the others call for; a quick look at all else. */
function decodeTables({
  features,
  classes,
  lowConfidence,
  heldOut,
  calibration,
  forest,
  outOfDistribution,
}: ArtifactContent): ContentTables {
  const thresholds = {
    lowConfidence,
    'heldOut.right': heldOut?.right,
    'calibration.a': calibration?.a,
    'calibration.b': calibration?.b,
    'calibration.c': calibration?.c,
    'outOfDistribution.threshold': outOfDistribution?.threshold,
  };
  for (const [field, value] of Object.entries(thresholds)) {
    if (!Number.isFinite(value)) throw contradictory(`${field} is no number`);
  }
  const lists = {
    features,
    classes,
    'heldOut.predictions': heldOut?.predictions,
  };
  for (const [field, list] of Object.entries(lists)) {
    if (!Array.isArray(list) || list.length === 0) throw contradictory(`${field} is no list`);
  }
  const featureCount = features.length;
  const classCount = classes.length;
  const sized = <T extends { readonly length: number }>(
    field: string,
    array: T,
    size: number,
  ): T => {
    if (array.length === size) return array;
    throw contradictory(
      `${field} has ${array.length} values, not ${size}, for ${featureCount} features and ${classCount} classes`,
    );
  };
  const starts = decode('forest.starts', forest?.starts, Int32Array);
  const means = decode('outOfDistribution.means', outOfDistribution?.means, Float64Array);
  const whitening = decode(
    'outOfDistribution.whitening',
    outOfDistribution?.whitening,
    Float64Array,
  );
  return {
    forest: {
      featureCount,
      classCount,
      thresholds: decode('forest.thresholds', forest?.thresholds, Float64Array),
      starts: sized('forest.starts', starts, featureCount + 1),
      nodes: decode('forest.nodes', forest?.nodes, Int32Array),
    },
    means: sized('outOfDistribution.means', means, classCount * featureCount),
    whitening: sized('outOfDistribution.whitening', whitening, featureCount ** 2),
  };
}

/** Typed array of base64 text. The copy aligns it, which a slice of Buffer's pool is not. */
function decode<T>(
  field: string,
  text: unknown,
  ArrayType: { new (buffer: ArrayBuffer): T; readonly BYTES_PER_ELEMENT: number },
): T {
  const bytes = typeof text === 'string' ? new Uint8Array(Buffer.from(text, 'base64')) : undefined;
  if (bytes && bytes.length % ArrayType.BYTES_PER_ELEMENT === 0) return new ArrayType(bytes.buffer);
  throw contradictory(`${field} is not base64 of ${ArrayType.BYTES_PER_ELEMENT} bytes a value`);
}
