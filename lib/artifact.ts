/** The artifact: the file that training writes and serving reads, checked against its hash. */
import { hash } from 'node:crypto';
import { type Forest, LEAF } from './forest.ts';
import type { Feature, Model } from './model.ts';

/** What the hash of an artifact covers. Typed arrays are base64 of their little-endian bytes. */
export interface ArtifactContent {
  readonly name: string;
  readonly trainingRows: number;
  readonly features: readonly Feature[];
  readonly classes: readonly string[];
  readonly lowConfidence: number;
  /** Nodes in preorder. */
  readonly forest: { readonly features: string; readonly values: string };
  readonly outOfDistribution: {
    readonly threshold: number;
    readonly falseAlarmRate: number;
    readonly means: string;
    readonly whitenings: string;
  };
}

/** What training writes and serving reads. */
export interface Artifact {
  readonly format: number;
  readonly sha256: string;
  readonly trainedAt: string;
  readonly content: ArtifactContent;
}

/** Raised with the format of the artifact. */
export const ARTIFACT_FORMAT = 1;

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
 * Checks an artifact and decodes it.
 *
 * @throws ModelArtifactError when it is not whole, or not what training wrote
 */
export function loadModel(artifact: unknown): Model {
  const { format, sha256, trainedAt, content } = asArtifact(artifact);
  if (format !== ARTIFACT_FORMAT) {
    throw new ModelArtifactError(
      'unknown_format',
      `has format ${format}, this program reads ${ARTIFACT_FORMAT}`,
    );
  }
  if (contentHash(content) !== sha256) {
    throw new ModelArtifactError('hash_mismatch', 'was changed after training: its hash differs');
  }
  const { features, classes } = content;
  return {
    name: content.name,
    version: sha256.slice(0, 12),
    sha256,
    trainedAt,
    trainingRows: content.trainingRows,
    features,
    classes,
    lowConfidence: content.lowConfidence,
    forest: decodeForest(content.forest, features.length, classes.length),
    outOfDistribution: {
      ...content.outOfDistribution,
      means: decode(content.outOfDistribution.means, Float64Array),
      whitenings: decode(content.outOfDistribution.whitenings, Float64Array),
    },
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

function decodeForest(
  { features, values }: ArtifactContent['forest'],
  featureCount: number,
  classCount: number,
): Forest {
  const nodeFeatures = decode(features, Int16Array);
  const rights = new Int32Array(nodeFeatures.length);
  const roots: number[] = [];
  // Splits whose right child is still to come.
  const open: number[] = [];
  for (let node = 0, atRoot = true; node < nodeFeatures.length; node += 1) {
    if (atRoot) roots.push(node);
    atRoot = false;
    if (nodeFeatures[node] !== LEAF) open.push(node);
    else {
      const split = open.pop();
      if (split === undefined) atRoot = true;
      else rights[split] = node + 1;
    }
  }
  return {
    trees: roots.length,
    featureCount,
    classCount,
    roots: Int32Array.from(roots),
    features: nodeFeatures,
    values: decode(values, Float64Array),
    rights,
  };
}

/** Typed array of base64 text. The copy aligns it, which a slice of Buffer's pool is not. */
function decode<T>(text: string, ArrayType: new (buffer: ArrayBuffer) => T): T {
  return new ArrayType(new Uint8Array(Buffer.from(text, 'base64')).buffer);
}
