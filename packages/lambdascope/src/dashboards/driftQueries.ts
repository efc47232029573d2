/** What the two statistics of drift have in common as queries. */
import type { MetricDefinition } from '../metrics.ts';
import type { RecordingRule } from './recordingRule.ts';

/** What is compared. */
export interface Comparison {
  /** The constants, a histogram or a gauge. */
  readonly reference: MetricDefinition;
  /** Name of what functions record: a histogram, or a counter. */
  readonly seen: string;
}

/** Which values are compared. */
export interface DriftWindow {
  /** What is looked back over, as PromQL writes it. */
  readonly window: string;
  /** Fewer rows in the window have no drift. */
  readonly minimumRows: number;
  /** Label matchers of what is seen. @default every function's */
  readonly where?: string;
}

/** How a comparison is written. */
export interface DriftQueries {
  /** Of the constants: asked for by the others by name. */
  readonly rules: readonly RecordingRule[];
  /** Name of the recorded share of what is seen, by bucket or class. */
  readonly shareRecord: string;
  /** Name of the recorded drift. */
  readonly record: string;
  /** That share. */
  share(window: DriftWindow): string;
  /** The drift of a share, given by its expression or its name. */
  drift(share: string, window: DriftWindow): string;
}
