/** What is in an artifact. */
import type { Calibration } from './calibration.ts';
import type { Feature, HeldOut } from './model.ts';

/** What the hash of an artifact covers. Typed arrays are base64 of their little-endian bytes. */
export interface ArtifactContent {
  readonly name: string;
  readonly trainingRows: number;
  readonly features: readonly Feature[];
  readonly classes: readonly string[];
  readonly lowConfidence: number;
  readonly heldOut: HeldOut;
  readonly calibration: Calibration;
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
