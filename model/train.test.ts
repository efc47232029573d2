import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../lib/artifact.ts';
import { infer } from '../lib/inference.ts';
import { temporaryFolder } from '../test/temporaryFolder.ts';

const folder = temporaryFolder();

/** Runs `npm run train`'s program. */
function train(options: readonly string[], env: Record<string, string> = {}) {
  const program = fileURLToPath(new URL('train.ts', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...options], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr };
}

function committed(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}

/** A table of shapes: what size, and one column that says nothing. */
function shapesCsv(): string {
  const lines = Array.from({ length: 60 }, (_, i) => {
    const large = i % 2 === 1;
    return [large ? 90 + (i % 7) : 10 + (i % 5), 3, (i * 37) % 11, large ? 7 : 12].join(',');
  });
  return ['width (mm),fixed,other,kind', ...lines, ''].join('\n');
}

describe('training on Iris', () => {
  it('gives the bytes that are committed', () => {
    const out = join(folder, 'artifact.json');
    const { status, stdout } = train(['--out', out]);
    expect(status).toBe(0);
    expect(stdout).toContain('Accuracy in cross-validation: 0.9');
    expect(readFileSync(out, 'utf8')).toBe(committed('artifact.json'));
    expect(readFileSync(join(folder, 'MODEL_CARD.md'), 'utf8')).toBe(committed('MODEL_CARD.md'));
  });
});

describe('training on a CSV file', () => {
  it('gives a model of that table, the same each time', () => {
    const data = join(folder, 'shapes.csv');
    writeFileSync(data, shapesCsv());
    const out = join(folder, 'new/folder/shapes.json');
    const options = ['--data', data, '--target', 'kind', '--trees', '15', '--out', out];
    const { status, stdout, stderr } = train([...options, '--seed', '3']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    // Of its own forest and those of five folds, with the time left.
    expect(stdout).toMatch(/0 of 90 trees, \S+ left\n.*90 of 90 trees/s);
    const first = readFileSync(out, 'utf8');
    const model = loadModel(JSON.parse(first));
    expect(model).toMatchObject({ name: 'shapes-forest', classes: ['7', '12'], trainingRows: 60 });
    expect(model.features).toMatchObject([
      { name: 'width', unit: 'mm', minimum: 0 },
      { name: 'fixed', unit: '', min: 3, max: 3, deciles: [3], cumulativeCounts: [60] },
      { name: 'other', unit: '' },
    ]);
    expect(model.features[1]).not.toHaveProperty('minimum');
    expect(model.forest.trees).toBe(15);

    const rows = Float64Array.of(12, 3, 5, 93, 3, 5, 500, 3, 5, 12, 3.1, 5);
    const { classes, outOfDistribution } = infer(model, rows);
    expect([...classes.subarray(0, 2)].map((index) => model.classes[index])).toEqual(['12', '7']);
    expect([...outOfDistribution]).toEqual([0, 0, 1, 1]);

    expect(train([...options, '--seed', '3'])).toMatchObject({ status: 0 });
    expect(readFileSync(out, 'utf8')).toBe(first);
    expect(train([...options, '--seed', '4'])).toMatchObject({ status: 0 });
    expect(readFileSync(out, 'utf8')).not.toBe(first);
  });

  it.each([
    ['apart', [1e100, -1e100]],
    ['the same', [1e100, 1e100]],
    ['next to each other', [1e100, 1e100 * (1 - Number.EPSILON)]],
    ['small', [1e-100, -1e-100]],
    ['small and the same', [1e-100, 1e-100]],
    ['small and next to each other', [1e-100, 1e-100 * (1 + Number.EPSILON)]],
    ['of all sizes', [1e100, 1e-100]],
    ['nothing', [0, -0]],
  ])('gives a sound model of the most extreme numbers: %s', (_what, [a, b]) => {
    const lines = Array.from({ length: 20 }, (_, i) => `${i % 3 ? a : b},${i % 5},${i % 2}`);
    const data = join(folder, 'extreme.csv');
    writeFileSync(data, ['x,y,kind', ...lines, ''].join('\n'));
    const out = join(folder, 'extreme.json');
    const options = ['--data', data, '--target', 'kind', '--trees', '3', '--out', out];
    expect(train(options)).toMatchObject({ status: 0, stderr: '' });
    expect(loadModel(JSON.parse(readFileSync(out, 'utf8'))).trainingRows).toBe(20);
  });

  it('refuses numbers that no square fits a double of, in one line', () => {
    const data = join(folder, 'huge.csv');
    writeFileSync(data, shapesCsv().replaceAll(',3,', ',1.7e308,'));
    const { status, stderr } = train(['--data', data, '--target', 'kind', '--trees', '3']);
    expect(status).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/huge\.csv, line 2: "fixed" is 1\.7e308, /);
  });

  it('takes its date from SOURCE_DATE_EPOCH', () => {
    const data = join(folder, 'dated.csv');
    writeFileSync(data, shapesCsv());
    const out = join(folder, 'dated.json');
    const options = ['--data', data, '--target', 'kind', '--trees', '3', '--out', out];
    expect(train(options, { SOURCE_DATE_EPOCH: '86400' })).toMatchObject({ status: 0 });
    expect(JSON.parse(readFileSync(out, 'utf8')).trainedAt).toBe('1970-01-02T00:00:00.000Z');
  });
});

describe('a command line that cannot be followed', () => {
  it.each([
    [['--data', 'x.csv'], '--data and --target go together'],
    [['--trees', '0'], '--trees 0: not a whole number from 1 to 10000'],
    [['--trees', 'many'], '--trees many: not a whole number'],
    [['--seed', '2147483648'], '--seed 2147483648: not a whole number from 0 to 2147483647'],
    [['--tress', '5'], "Unknown option '--tress'"],
    [['--data', 'none.csv', '--target', 'kind'], 'none.csv'],
  ])('is refused in words: %j', (options, message) => {
    const { status, stderr } = train(options);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  it('is explained by --help', () => {
    const { status, stdout } = train(['--help']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/--data FILE/);
  });
});
