/** The trained model that this deployment serves. */
import artifact from '../model/artifact.json' with { type: 'json' };
import { decodeModel } from './artifact.ts';
import type { Model } from './model.ts';

/**
 * The model in `model/artifact.json`.
 *
 * @throws ModelArtifactError at import, when the artifact cannot be served
 */
export const model: Model = decodeModel(artifact);
