/** `lambdascope coldstart --compare`: what a pull request may add to this service. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from '../tools/root.ts';
import { copyService, type ServiceCopy } from '../tools/serviceCopy.ts';
import { expectSuccess } from './expectSuccess.ts';

/** Far more than a busy machine adds to the median of pairs, and far less than the module below. */
const BUDGET = '300ms';
const BUSY = `
const end = Date.now() + 1000;
while (Date.now() < end);
export const heavy = true;
`;

let copy: ServiceCopy;

beforeAll(async () => {
  copy = await copyService();
  const git = (...args: string[]) => expectSuccess('git', '-C', copy.folder, ...args);
  git('init', '--quiet');
  git('add', '.', ':!node_modules');
  git('-c', 'user.name=A', '-c', 'user.email=a@example.com', 'commit', '--quiet', '-m', 'Before');
});

afterAll(() => copy?.remove());

/** Compares a function with what was committed. */
function compare(name: string) {
  const cli = join(root, 'packages/lambdascope/dist/cli.js');
  const args = [cli, 'coldstart', '--compare', 'HEAD', '-f', name, '--runs', '6'];
  return spawnSync(process.execPath, [...args, '--budget', BUDGET], {
    cwd: copy.folder,
    encoding: 'utf8',
  });
}

it('passes what has not changed', () => {
  const { status, stdout, stderr } = compare('bulkPredict');
  expect(status, stderr).toBe(0);
  // Wherever it was built.
  expect(stdout).toMatch(/^bulkPredict .* 300 ms +\+0 B +10\.0 kB +within$/m);
});

it('fails a module that takes long to load, and names it', () => {
  const handler = join(copy.folder, 'functions/health.ts');
  writeFileSync(join(copy.folder, 'lib/heavy.ts'), BUSY);
  writeFileSync(handler, `import '../lib/heavy.ts';\n${readFileSync(handler, 'utf8')}`);
  const { status, stdout, stderr } = compare('health');
  expect(stdout).toMatch(/^health .* over$/m);
  expect(stderr).toMatch(
    /^health: its cold start grew by \+\d+ ms .*, over 300 ms\. Added: lib\/heavy\.ts \d+ B/m,
  );
  expect(status).toBe(1);
  // The other version is gone.
  const trees = expectSuccess('git', '-C', copy.folder, 'worktree', 'list');
  expect(trees.trim().split('\n')).toHaveLength(1);
});
