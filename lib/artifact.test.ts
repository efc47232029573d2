import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Artifact,
  contentHash,
  decodeModel,
  loadModel,
  ModelArtifactError,
} from './artifact.ts';

const text = readFileSync(new URL('../model/artifact.json', import.meta.url), 'utf8');

function served(): Artifact {
  return JSON.parse(text);
}

/** The error that loading gives. */
function refused(artifact: unknown, load = loadModel): ModelArtifactError | undefined {
  try {
    load(artifact);
    return undefined;
  } catch (error) {
    if (error instanceof ModelArtifactError) return error;
    throw error;
  }
}

/** The code of the error that loading gives. */
function refusal(artifact: unknown): string | undefined {
  return refused(artifact)?.code;
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
    expect(refusal({ ...served(), format: 1 })).toBe('unknown_format');
  });

  it('is refused when its hash is another', () => {
    expect(refusal({ ...served(), sha256: '0'.repeat(64) })).toBe('hash_mismatch');
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

describe('an artifact that was changed and hashed anew', () => {
  /** Sets what is at a path, and hashes. */
  function changed(path: string, value: unknown): Artifact {
    const artifact = served();
    const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
    const last = keys.pop() ?? '';
    const parent = keys.reduce((at, key) => at[key as never], artifact.content as object);
    Object.assign(parent, { [last]: value });
    const sha256 = contentHash(artifact.content);
    return JSON.parse(JSON.stringify({ ...artifact, sha256 }));
  }

  /** The same with a changed array. */
  function changedArray<T extends Float64Array | Int32Array>(
    path: string,
    ArrayType: new (buffer: ArrayBuffer) => T,
    change: (array: T) => Float64Array | Int32Array,
  ): Artifact {
    const keys = path.split('.');
    const text = keys.reduce((at, key) => at[key as never], served().content as object);
    const array = new ArrayType(new Uint8Array(Buffer.from(String(text), 'base64')).buffer);
    return changed(path, Buffer.from(change(array).slice().buffer).toString('base64'));
  }

  function expectNamed(artifact: Artifact, path: string): void {
    const error = refused(artifact);
    expect(error?.code).toBe('contradictory');
    expect(error?.message).toContain(`contradicts itself: ${path}`);
    expect(error?.message).not.toContain('\n');
  }

  const numbers = [
    'trainingRows',
    'features[2].min',
    'features[2].max',
    'features[2].mean',
    'features[2].example',
    'lowConfidence',
    'heldOut.right',
    'calibration.a',
    'calibration.b',
    'outOfDistribution.threshold',
    'outOfDistribution.falseAlarmRate',
  ];
  const texts = ['name', 'features[2].name', 'features[2].unit', 'classes[1]'];
  const lists = [
    'features',
    'classes',
    'features[2].deciles',
    'features[2].cumulativeCounts',
    'heldOut.predictions',
  ];
  const floats = ['forest.thresholds', 'outOfDistribution.means', 'outOfDistribution.whitening'];
  const whole = ['forest.starts', 'forest.nodes'];

  it.each([...numbers, ...texts, ...lists, ...floats, ...whole])(
    'is refused by name when %s is missing, or of another kind',
    (path) => {
      const kind = numbers.includes(path) ? 'number' : lists.includes(path) ? 'list' : 'text';
      const others = [undefined, null, true, {}].concat(
        kind === 'number' ? ['5', [5], -1] : [],
        kind === 'list' ? ['5', 5, []] : [],
        kind === 'text' ? [5, ['a'], 'line\nbreak'] : [],
      );
      for (const value of others.filter((other) => other !== -1 || !path.startsWith('features'))) {
        expectNamed(changed(path, value), path);
      }
    },
  );

  it('is refused by name when a part is missing', () => {
    expectNamed(changed('forest', null), 'forest.');
    expectNamed(changed('outOfDistribution', undefined), 'outOfDistribution.');
    expectNamed(changed('heldOut', null), 'heldOut.');
    expectNamed(changed('calibration', undefined), 'calibration.');
    expectNamed(changed('features[2]', null), 'features[2] ');
  });

  it.each([
    ['features', 'forest.starts'],
    ['classes', 'outOfDistribution.means'],
  ] as const)('is refused when it has other %s than its forest', (path, named) => {
    const list = served().content[path];
    expectNamed(changed(path, list.slice(1)), named);
    expectNamed(changed(path, [...list, list[0]]), named);
  });

  it.each([
    ['features[0].min', 8],
    ['features[0].example', 8],
    ['features[0].example', 4],
    ['features[0].deciles', [null]],
    ['features[0].deciles', [5, 5]],
    ['features[0].deciles', [5, 4]],
    ['features[0].deciles', [4, 5]],
    ['features[0].deciles', [5, 8]],
    ['features[0].deciles', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    ['features[0].cumulativeCounts', [16, 32]],
    ['features[0].cumulativeCounts', [16, 32, 45, 65, 80, 95, 108, 120, 151]],
    ['features[0].cumulativeCounts', [16.5, 32, 45, 65, 80, 95, 108, 120, 137]],
    ['features[1].name', 'sepal_length'],
    ['features[1].name', '__proto__'],
    ['features[1].minimum', null],
    ['classes[1]', 'setosa'],
    ['classes[1]', ''],
    ['classes[1]', '__proto__'],
    ['lowConfidence', 1.1],
    ['heldOut.predictions', [50, 100]],
    ['heldOut.predictions', [50, 48, 51]],
    ['heldOut.predictions', [50, -1, 101]],
    ['heldOut.right', 151],
    ['heldOut.right', 0.5],
    ['calibration.c', null],
    ['outOfDistribution.threshold', -1],
  ])('is refused by name when %s is %j', (path, value) => {
    expectNamed(changed(path, value), path);
  });

  it.each(floats)('is refused by name when a value of %s is none', (path) => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
        (at, value) => {
          const change = (array: Float64Array) => array.with(at % array.length, value);
          expectNamed(changedArray(path, Float64Array, change), path);
        },
      ),
      { numRuns: 20 },
    );
  });

  it.each(floats)('is refused by name when %s is too short or too long', (path) => {
    // Thresholds are as many as `starts` says.
    const named = path === 'forest.thresholds' ? 'forest.starts' : path;
    expectNamed(
      changedArray(path, Float64Array, (array) => array.slice(1)),
      named,
    );
    const longer = (array: Float64Array) => Float64Array.of(...array, 1);
    expectNamed(changedArray(path, Float64Array, longer), named);
  });

  it('is refused by name when thresholds do not rise', () => {
    const equal = (array: Float64Array) => array.with(1, array[0] as number);
    expectNamed(changedArray('forest.thresholds', Float64Array, equal), 'forest.thresholds');
  });

  it('is refused by name when a start is another', () => {
    fc.assert(
      fc.property(fc.nat(4), fc.integer(), (at, value) => {
        const change = (array: Int32Array) => {
          fc.pre(array[at] !== value);
          return array.with(at, value);
        };
        // Where one feature's thresholds end later, the next one's do not rise.
        expect(refused(changedArray('forest.starts', Int32Array, change))?.message).toMatch(
          /contradicts itself: forest\.(starts|thresholds) /,
        );
      }),
    );
  });

  it('is refused by name when a node is no threshold and no class', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.oneof(fc.integer({ max: -4 }), fc.integer({ min: 100_000 })),
        (at, value) => {
          const change = (array: Int32Array) => array.with(at % array.length, value);
          expectNamed(changedArray('forest.nodes', Int32Array, change), 'forest.nodes[');
        },
      ),
    );
  });

  it('is refused by name when its last tree is cut, or there is none', () => {
    const cut = (array: Int32Array) => array.slice(0, -1);
    expectNamed(changedArray('forest.nodes', Int32Array, cut), 'forest.nodes');
    expectNamed(changed('forest.nodes', ''), 'forest.nodes');
  });

  it.each([...floats, ...whole])('is refused by name when %s is no base64', (path) => {
    const keys = path.split('.');
    const text = String(keys.reduce((at, key) => at[key as never], served().content as object));
    for (const broken of [`${text}AAAA`, `${text.slice(0, -4)}`, `!${text}`, ` ${text}`]) {
      const error = refused(changed(path, broken));
      expect(error?.code).toBe('contradictory');
      expect(error?.message).toMatch(/contradicts itself: (forest|outOfDistribution)\./);
    }
    expectNamed(changed(path, `!${text}`), path);
  });

  it('is refused by a function as well when its parts do not fit', () => {
    for (const [path, value] of [
      ['classes', ['setosa']],
      ['features', served().content.features.slice(1)],
      ['forest.starts', ''],
      ['outOfDistribution.means', 'AAAA'],
      ['outOfDistribution', null],
      ['outOfDistribution.threshold', null],
      ['lowConfidence', null],
      ['forest', null],
    ] as const) {
      expect(refused(changed(path, value), decodeModel)?.code).toBe('contradictory');
    }
  });
});
