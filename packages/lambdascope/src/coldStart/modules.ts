/** What a function loads, by name: of a bundle the bytes of each module in it, else the time of each. */
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startOnce } from './instance.ts';
import type { MeasuredFunction } from './measuredService.ts';
import { bytesText, millisText } from './quantity.ts';

/** What a module weighs: bytes in the bundle, or milliseconds. */
type Unit = 'bytes' | 'millis';

/** Modules by name; a package's are one. */
export interface Modules {
  readonly unit: Unit;
  readonly weights: ReadonlyMap<string, number>;
}

/** Some of them, the heaviest first. */
export interface HeavyModules {
  readonly unit: Unit;
  readonly modules: readonly { readonly name: string; readonly weight: number }[];
}

/** What esbuild tells of a build, as far as it is read. */
interface Metafile {
  readonly outputs: Readonly<
    Record<
      string,
      { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }
    >
  >;
}

/** The modules of a function: from the metafile beside its bundle, else measured once. */
export async function modulesOf(measured: MeasuredFunction): Promise<Modules> {
  const inputs = await bundledInputs(measured.file);
  if (inputs !== undefined) return { unit: 'bytes', weights: grouped(inputs, '') };
  const { modules = {} } = await startOnce(measured, { invokes: false, profiles: true });
  const millis = Object.entries(modules).map(([url, time]) => [pathOf(url), time] as const);
  return { unit: 'millis', weights: grouped(millis, measured.codeDir) };
}

/** Bytes of functions' code: of all modules in the bundles, or of the files where one has no metafile. */
export async function bundleBytes(
  ...bundles: readonly { readonly file: string; readonly modules: Modules }[]
): Promise<number[]> {
  const areKnown = bundles.every(({ modules }) => modules.unit === 'bytes');
  return Promise.all(
    bundles.map(async ({ file, modules }) =>
      areKnown
        ? [...modules.weights.values()].reduce((all, bytes) => all + bytes, 0)
        : (await stat(file)).size,
    ),
  );
}

/** The heaviest. */
export function heaviest({ unit, weights }: Modules, most: number): HeavyModules {
  const modules = [...weights]
    .map(([name, weight]) => ({ name, weight }))
    .toSorted((a, b) => b.weight - a.weight)
    .slice(0, most);
  return { unit, modules };
}

/** By how much modules grew from one version to another; none where the two cannot be compared. */
export function grown(before: Modules, { unit, weights }: Modules): Modules {
  if (before.unit !== unit) return { unit, weights: new Map() };
  const growths = [...weights]
    .map(([name, weight]) => [name, weight - (before.weights.get(name) ?? 0)] as const)
    .filter(([, growth]) => growth > 0);
  return { unit, weights: new Map(growths) };
}

/** They in words: "heavy.mjs 1.20 kB, @scope/package 300 B". */
export function moduleList({ unit, modules }: HeavyModules): string {
  const text = (weight: number) =>
    unit === 'bytes' ? bytesText(weight) : `${millisText(weight)} ms`;
  return modules.map(({ name, weight }) => `${name} ${text(weight)}`).join(', ');
}

/** What is in a bundle, in bytes; none where no metafile is beside it. */
async function bundledInputs(file: string): Promise<(readonly [string, number])[] | undefined> {
  const stem = basename(file, extname(file));
  for (const name of [`${stem}.meta.json`, `${stem}-meta.json`, 'meta.json']) {
    const text = await readFile(join(dirname(file), name), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const { outputs } = JSON.parse(text) as Metafile;
    const path = file.replaceAll(sep, '/');
    const output = Object.entries(outputs).find(([output]) => path.endsWith(`/${output}`))?.[1];
    if (output === undefined) continue;
    const bundle = await readFile(file, 'utf8');
    return Object.entries(output.inputs).map(([input, { bytesInOutput }]) => {
      // A wrapped module has its path in the bundle, which is longer where another version is built.
      const isWrapped = bundle.includes(`"${input}"(`);
      return [input, bytesInOutput - (isWrapped ? input.length : 0)];
    });
  }
  return undefined;
}

function grouped(
  files: Iterable<readonly [string, number]>,
  folder: string,
): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const [file, weight] of files) {
    const name = moduleName(file, folder);
    weights.set(name, (weights.get(name) ?? 0) + weight);
  }
  return weights;
}

/** The package that a file is of, or its path in the service. */
function moduleName(file: string, folder: string): string {
  const path = file.replaceAll(sep, '/');
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
  return name ?? (folder === '' ? path : relative(folder, file).replaceAll(sep, '/'));
}

function pathOf(url: string): string {
  return url.startsWith('file:') ? fileURLToPath(url) : url;
}
