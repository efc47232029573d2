/** Asks Evidently and NannyML for their figures of the same rows. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../tools/root.ts';
import { statisticsPython } from '../programs/folder.ts';

/** What is known from training, and what was seen. */
interface Parts<Training, Seen = Training> {
  readonly training: Training;
  readonly seen: Seen;
}

/** Vote shares of all classes by row, and the class predicted. */
interface Predicted {
  readonly shares: readonly (readonly number[])[];
  readonly predictions: readonly string[];
}

/** What `reference.py` takes. */
export interface ReferenceInput {
  /** By feature: the bucket of each row. */
  readonly values?: Readonly<Record<string, Parts<readonly number[]>>>;
  /** The predicted class of each row. */
  readonly classes?: Parts<readonly string[]>;
  /** How probable it is that each prediction is right. */
  readonly beingRight?: Parts<
    { readonly probabilities: readonly number[]; readonly right: readonly boolean[] },
    { readonly probabilities: readonly number[] }
  >;
  readonly accuracy?: Parts<Predicted & { readonly classes: readonly string[] }, Predicted>;
}

/** Estimated accuracy, and how far chance may take it, up or down. */
interface Estimate {
  readonly accuracy: number;
  readonly band: number;
}

/** What it answers to each part. */
export interface ReferenceFigures {
  readonly values: Readonly<Record<string, number>>;
  readonly classes: { readonly nannyml: number; readonly evidently: number };
  readonly beingRight: Estimate;
  readonly accuracy: Estimate;
}

/**
 * The figures of what is given.
 *
 * @throws Error with what Python wrote when it failed
 */
export function referenceFigures(input: ReferenceInput): ReferenceFigures {
  const { status, stdout, stderr } = spawnSync(
    statisticsPython,
    [join(root, 'test/statistics/reference.py')],
    { input: JSON.stringify(input), encoding: 'utf8', maxBuffer: 2 ** 26 },
  );
  if (status !== 0) throw new Error(`reference.py failed:\n${stderr}`);
  return JSON.parse(stdout);
}
