/** The peers' forest of scikit-learn, trained once for all of them. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Row } from '../../tools/load/sampler.ts';
import { root } from '../../tools/root.ts';
import { benchProgram } from '../programs.ts';
import { type Verdict, verdict } from './verdict.ts';

const run = promisify(execFile);

/** Where the scripts and services of the peers are. */
export const PEER_FOLDER = join(root, 'bench/peer');

/** A trained forest in a folder of its own. */
export type Forest = Awaited<ReturnType<typeof trainForest>>;

/**
 * Trains it.
 *
 * @throws MissingProgram when the peers are not installed
 */
export async function trainForest() {
  const python = benchProgram('fastapi', 'bin/python');
  const folder = await mkdtemp(join(tmpdir(), 'peer-'));
  const file = join(folder, 'model.joblib');
  /** Command of a script, which gets the model's file as its first argument. */
  const command = (script: string) => [python, join(PEER_FOLDER, script), file] as const;
  const output = async (script: string, ...more: readonly string[]) => {
    const [program, ...args] = command(script);
    return (await run(program, [...args, ...more])).stdout;
  };
  await output('train.py');
  return {
    /** For what belongs to the model, and goes with it. */
    folder,
    file,
    command,
    /** What scikit-learn itself says of rows. */
    async verdicts(rows: readonly Row[]): Promise<readonly Verdict[]> {
      const shares = JSON.parse(await output('shares.py', JSON.stringify(rows))) as number[][];
      return shares.map(verdict);
    },
    remove: () => rm(folder, { recursive: true }),
  };
}
