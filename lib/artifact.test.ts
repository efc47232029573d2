import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Artifact, loadModel, ModelArtifactError } from './artifact.ts';

const text = readFileSync(new URL('../model/artifact.json', import.meta.url), 'utf8');

function served(): Artifact {
  return JSON.parse(text);
}

/** The code of the error that loading gives. */
function refusal(artifact: unknown): string | undefined {
  try {
    loadModel(artifact);
    return undefined;
  } catch (error) {
    if (error instanceof ModelArtifactError) return error.code;
    throw error;
  }
}

describe('the served artifact', () => {
  it('is smaller than 64 KiB', () => {
    expect(text.length).toBeLessThan(64 * 1024);
  });

  it('loads', () => {
    const model = loadModel(served());
    expect(model.classes).toEqual(['setosa', 'versicolor', 'virginica']);
    expect(model.features.map(({ name }) => name)).toEqual([
      'sepal_length',
      'sepal_width',
      'petal_length',
      'petal_width',
    ]);
    expect(model.forest.trees).toBe(100);
    expect(model.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(model.sha256.startsWith(model.version)).toBe(true);
  });

  it('describes the training data of each feature', () => {
    const [length] = loadModel(served()).features;
    expect(length).toMatchObject({ unit: 'cm', minimum: 0, min: 4.3, max: 7.9, example: 5.1 });
    expect(length?.deciles).toEqual([4.8, 5, 5.2, 5.6, 5.8, 6.1, 6.3, 6.5, 6.9]);
    expect(length?.cumulativeCounts).toEqual([16, 32, 45, 65, 80, 95, 108, 120, 137]);
  });
});

describe('a broken artifact', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'model'],
    ['an empty object', {}],
    ['no content', { ...served(), content: undefined }],
    ['no hash', { ...served(), sha256: undefined }],
    ['no date', { ...served(), trainedAt: undefined }],
  ])('is refused: %s', (_what, artifact) => {
    expect(refusal(artifact)).toBe('malformed');
  });

  it('is refused when of another format', () => {
    expect(refusal({ ...served(), format: 2 })).toBe('unknown_format');
  });

  it('is refused when its hash is another', () => {
    expect(refusal({ ...served(), sha256: '0'.repeat(64) })).toBe('hash_mismatch');
  });

  it('is refused whatever part of its content is changed', () => {
    const paths = leafPaths(served().content);
    expect(paths.length).toBeGreaterThan(20);
    for (const path of paths) {
      const artifact = served();
      change(artifact.content, path);
      expect(refusal(artifact), path.join('.')).toBe('hash_mismatch');
    }
  });

  it('is refused when a key of its content is missing', () => {
    for (const key of Object.keys(served().content)) {
      const { content, ...rest } = served();
      const entries = Object.entries(content).filter(([name]) => name !== key);
      expect(refusal({ ...rest, content: Object.fromEntries(entries) })).toBe('hash_mismatch');
    }
  });

  it('says what to do', () => {
    expect(() => loadModel({})).toThrow(/npm run train/);
  });
});

type Path = readonly (string | number)[];

/** Where the numbers and texts of a value are. */
function leafPaths(value: unknown, path: Path = []): Path[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => leafPaths(item, [...path, i]));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, item]) => leafPaths(item, [...path, key]));
}

/** Changes a number or text a little. */
function change(root: unknown, path: Path): void {
  const key = path.at(-1) as string;
  const parent = path.slice(0, -1).reduce((value, step) => (value as never)[step], root) as Record<
    string,
    string | number
  >;
  const value = parent[key];
  if (typeof value === 'number') parent[key] = value + 1;
  else parent[key] = value?.startsWith('A') ? `B${value.slice(1)}` : `A${value?.slice(1)}`;
}
