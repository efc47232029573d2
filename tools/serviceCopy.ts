/** A copy of the service for tests that change its files. */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { root } from './root.ts';

/** What a copy does without: history, what is built, and the dependencies, which it shares. */
const LEFT_OUT = new Set(['.git', 'dist', 'node_modules', '.serverless', '.lambdascope', '.env']);

/** A copy in a temporary folder. */
export type ServiceCopy = Awaited<ReturnType<typeof copyService>>;

/** Copies the service as it is now. */
export async function copyService() {
  const folder = await mkdtemp(join(tmpdir(), 'lambdascope-'));
  await cp(root, folder, {
    recursive: true,
    filter: (source) => !LEFT_OUT.has(basename(source)),
  });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  return {
    /** The folder, without a slash at its end. */
    folder,
    /** Changes the time limit of every function that has one of few seconds. */
    async setTimeLimits(seconds: number) {
      const service = join(folder, 'serverless.yml');
      const text = await readFile(service, 'utf8');
      await writeFile(service, text.replaceAll(/timeout: 5$/gm, `timeout: ${seconds}`));
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * A copy whose `health` does as its query asks: `?wait=<milliseconds>`, `?fail=1`, `?crash=1`,
 * `?exit=1`, `?spin=1`, `?until=<file that is to appear>`, and what else the fixture has.
 */
export async function copyTroubledService(): Promise<ServiceCopy> {
  const copy = await copyService();
  const source = await readFile(join(root, 'test/fixtures/troubledHealth.ts'), 'utf8');
  await writeFile(
    join(copy.folder, 'functions/health.ts'),
    source.replaceAll('../../lib/', '../lib/'),
  );
  return copy;
}
