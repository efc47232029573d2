/** Our inference beside scikit-learn's `predict_proba`, each in its own process and without a server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { infer } from '../../lib/inference.ts';
import { model } from '../../lib/servedModel.ts';
import { inTurn, secondsOf } from '../measure.ts';
import { realRows } from '../rowRequest.ts';
import type { Forest } from './forest.ts';

const ROUNDS = 7;
/** Time that each gets in a round, in milliseconds. */
const SLICE = 500;

/** Median seconds a call, by number of rows. */
export interface InProcess {
  readonly rows: number;
  /** Votes, confidences and the out-of-distribution check. */
  readonly ours: number;
  /** `predict_proba` alone. */
  readonly theirs: number;
}

/** Both in turn, for each number of rows. */
export async function compareInProcess(
  forest: Forest,
  sizes: readonly number[],
): Promise<readonly InProcess[]> {
  const [program, ...args] = forest.command('predict_proba.py');
  const python = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface(python.stdout)[Symbol.asyncIterator]();
  const timePeer = async (rows: number) => {
    python.stdin.write(`${rows} ${SLICE / 1000}\n`);
    return Number((await answers.next()).value);
  };
  const results: InProcess[] = [];
  for (const rows of sizes) {
    const ours = inference(rows);
    const measures = { ours: () => secondsOf(ours, SLICE), theirs: () => timePeer(rows) };
    results.push({ rows, ...(await inTurn(measures, ROUNDS)) });
  }
  python.stdin.end();
  await once(python, 'exit');
  return results;
}

function inference(rows: number) {
  const values = Float64Array.from(realRows(rows).flat());
  return { run: () => infer(model, values) };
}
