/** Another version of the service, checked out and built in a temporary folder. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile, realpath, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';

/** Another version cannot be made. */
export class OtherVersionError extends Error {
  override readonly name = 'OtherVersionError';
  readonly code = 'other_version';
}

/**
 * Checks out a version of the repository that a service is in, with the packages that are installed now.
 * It goes when the process ends.
 *
 * @returns the folder of the service in it
 * @throws OtherVersionError when Git does not know it
 */
export async function otherVersion(folder: string, ref: string): Promise<string> {
  const [repository = '', prefix = ''] = (
    await run('git', ['rev-parse', '--show-toplevel', '--show-prefix'], folder)
  ).split('\n');
  const tree = realpathSync(mkdtempSync(join(tmpdir(), 'lambdascope-other-')));
  process.once('exit', () => {
    rmSync(tree, { recursive: true, force: true });
    execFileSync('git', ['worktree', 'prune'], { cwd: repository });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  await run('git', ['worktree', 'add', '--detach', tree, ref], repository);
  const above = ['', ...prefix.split('/').filter(Boolean)];
  for (const [depth] of above.entries()) {
    const path = join(...above.slice(0, depth + 1), 'node_modules');
    const [from, to] = [join(repository, path), join(tree, path)];
    if (existsSync(from) && !existsSync(to)) await link(from, to, { repository, tree });
  }
  return join(tree, prefix);
}

/** Builds a service, where it has something to build. */
export async function build(folder: string): Promise<void> {
  const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
  const { scripts } = JSON.parse(manifest) as { readonly scripts?: { readonly build?: string } };
  if (scripts?.build !== undefined) await run('npm', ['run', 'build'], folder);
}

interface Places {
  readonly repository: string;
  readonly tree: string;
}

/** Makes a folder of links to packages; one that is of the repository itself is that of the other version. */
async function link(from: string, to: string, places: Places): Promise<void> {
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.name.startsWith('@') && entry.isDirectory()) {
      await link(source, target, places);
    } else if (entry.isDirectory() || entry.isSymbolicLink()) {
      const inside = relative(places.repository, await realpath(source));
      const isOwn = !inside.split(sep).some((part) => part === '..' || part === 'node_modules');
      await symlink(isOwn ? join(places.tree, inside) : source, target, 'junction');
    }
  }
}

async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  // On Windows, npm is a script.
  const shell = process.platform === 'win32';
  const { stdout } = await promisify(execFile)(command, args, { cwd, shell }).catch(
    (cause: Error & { stdout?: string; stderr?: string }) => {
      const said = [cause.stdout, cause.stderr].join('').trim();
      throw new OtherVersionError(`${command} ${args.join(' ')}:\n${said || cause.message}`, {
        cause,
      });
    },
  );
  return stdout;
}
