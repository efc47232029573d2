/** `npm run audit`: known vulnerabilities, and the license of every package. */
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './root.ts';

/** Licenses that a project under MIT can depend on without asking anyone. */
const PERMISSIVE =
  /\b(MIT|MIT-0|ISC|0BSD|BSD(-[23]-Clause)?|Apache-2\.0|BlueOak-1\.0\.0|CC0-1\.0|CC-BY-[34]\.0|Unlicense|Python-2\.0|PSF-2\.0|Artistic-2\.0|Zlib)\b/;

/** An entry of the lock file. */
interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
}

/** License by package, from the packages themselves where the lock does not say. */
async function licenses(): Promise<{ name: string; license: string }[]> {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const found = await Promise.all(
    Object.entries(lock.packages)
      .filter(([path]) => path !== '')
      .map(async ([path, { version, license, optional }]) => {
        const own = license ?? (await declaredLicense(path));
        // Packages for other platforms are in the lock, but not installed.
        if (own === undefined && optional) return [];
        const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
        return [{ name: `${name}@${version}`, license: own ?? 'unknown' }];
      }),
  );
  return found.flat();
}

async function declaredLicense(path: string): Promise<string | undefined> {
  const text = await readFile(join(root, path, 'package.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { license } = JSON.parse(text) as { license?: string | { type?: string } };
  return typeof license === 'object' ? license.type : license;
}

const byLicense = Map.groupBy(await licenses(), ({ license }) => license);
for (const [license, packages] of [...byLicense].sort((a, b) => b[1].length - a[1].length)) {
  const names = packages.map(({ name }) => name).join(', ');
  console.log(
    `${String(packages.length).padStart(4)}  ${license}${packages.length > 8 ? '' : `: ${names}`}`,
  );
}
const doubtful = [...byLicense.keys()].filter((license) => !PERMISSIVE.test(license));
if (doubtful.length > 0) {
  console.error(`Not known to be permissive: ${doubtful.join(', ')}`);
  process.exitCode = 1;
}

console.log('\nKnown vulnerabilities in what runs:');
const { status } = spawnSync('npm', ['audit', '--omit=dev'], { cwd: root, stdio: 'inherit' });
if (status !== 0) process.exitCode = 1;
