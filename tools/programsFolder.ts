/** Where programs at fixed versions are that tests and benchmarks compare with, as `tools/programs.sh` says. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Outside the tree, so that a new clone finds them. */
export const programsFolder = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'lambdascope/programs',
);
