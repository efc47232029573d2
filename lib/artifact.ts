/** The artifact: the file that training writes and serving reads, checked against its hash. */
import { hash } from 'node:crypto';
import { prepareForest } from './forest.ts';
import type { Feature, Model } from './model.ts';
import { prepareReference } from './outOfDistribution.ts';

/** What the hash of an artifact covers. Typed arrays are base64 of their little-endian bytes. */
export interface ArtifactContent {
  readonly name: string;
  readonly trainingRows: number;
  readonly features: readonly Feature[];
  readonly classes: readonly string[];
  readonly lowConfidence: number;
  readonly forest: {
    readonly thresholds: string;
    readonly starts: string;
    readonly nodes: string;
  };
  readonly outOfDistribution: {
    readonly threshold: number;
    readonly falseAlarmRate: number;
    readonly means: string;
    readonly whitening: string;
  };
}

/** What training writes and serving reads. */
export interface Artifact {
  readonly format: number;
  readonly sha256: string;
  readonly trainedAt: string;
  readonly content: ArtifactContent;
}

/** Raised when the form of the content changes. */
export const ARTIFACT_FORMAT = 1;

/** Digits of the hash that name a version: enough to tell any two models apart. */
const VERSION_DIGITS = 12;

/** Why an artifact cannot be served. */
export type ModelArtifactErrorCode = 'malformed' | 'unknown_format' | 'hash_mismatch';

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
 * Checks an artifact against its hash and decodes it: what every build does before anything is served.
 *
 * @throws ModelArtifactError when it is not whole, or not what training wrote
 */
export function loadModel(artifact: unknown): Model {
  const { sha256, content } = asArtifact(artifact);
  if (contentHash(content) !== sha256) {
    throw new ModelArtifactError('hash_mismatch', 'was changed after training: its hash differs');
  }
  return decodeModel(artifact);
}

/**
 * Decodes an artifact whose hash the build has checked. A function that checked it again would load
 * Node's crypto for it, and each cold start would take several milliseconds longer (`npm run bench`).
 *
 * @throws ModelArtifactError when it is not whole, or of another format
 */
export function decodeModel(artifact: unknown): Model {
  const { format, sha256, trainedAt, content } = asArtifact(artifact);
  if (format !== ARTIFACT_FORMAT) {
    throw new ModelArtifactError(
      'unknown_format',
      `has format ${format}, this program reads ${ARTIFACT_FORMAT}`,
    );
  }
  const { forest, outOfDistribution, ...rest } = content;
  return {
    ...rest,
    version: sha256.slice(0, VERSION_DIGITS),
    sha256,
    trainedAt,
    forest: prepareForest({
      featureCount: content.features.length,
      classCount: content.classes.length,
      thresholds: decode(forest.thresholds, Float64Array),
      starts: decode(forest.starts, Int32Array),
      nodes: decode(forest.nodes, Int32Array),
    }),
    outOfDistribution: prepareReference({
      ...outOfDistribution,
      means: decode(outOfDistribution.means, Float64Array),
      whitening: decode(outOfDistribution.whitening, Float64Array),
    }),
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
  return artifact as Artifact;
}

/** Typed array of base64 text. The copy aligns it, which a slice of Buffer's pool is not. */
function decode<T>(text: string, ArrayType: new (buffer: ArrayBuffer) => T): T {
  return new ArrayType(new Uint8Array(Buffer.from(text, 'base64')).buffer);
}
