import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../tools/root.ts';

/** Largest bundle of a function that serves requests, in bytes. */
const LIMIT = 150 * 1024;

describe.each(['health', 'predict', 'batchPredict', 'labels'])('the bundle of %s', (name) => {
  const path = join(root, 'dist', name, 'index.mjs');

  it('is small, with the model in it', async () => {
    expect((await stat(path)).size).toBeLessThanOrEqual(LIMIT);
    expect((await stat(`${path}.map`)).size).toBeGreaterThan(0);
  });

  it.each(['prom-client', 'ajv', 'typebox', 'ml-random-forest', 'ml-matrix'])(
    'holds nothing of %s',
    async (name) => {
      const { sources } = JSON.parse(await readFile(`${path}.map`, 'utf8')) as {
        sources: string[];
      };
      expect(sources.filter((source) => source.includes(`node_modules/${name}/`))).toEqual([]);
    },
  );

  it('does not check again what the build has checked', async () => {
    const { sources } = JSON.parse(await readFile(`${path}.map`, 'utf8')) as { sources: string[] };
    expect(sources).toContain('../../lib/artifact.ts');
    expect(sources).not.toContain('../../lib/contentFault.ts');
  });
});

describe('the lock file', () => {
  it('holds no licensed serverless and no download address', async () => {
    const text = await readFile(join(root, 'package-lock.json'), 'utf8');
    const { packages } = JSON.parse(text) as {
      packages: Record<string, { name?: string; resolved?: string; link?: true }>;
    };
    expect(packages['node_modules/serverless']?.name).toBe('osls');
    expect(Object.values(packages).filter(({ resolved, link }) => resolved && !link)).toEqual([]);
  });
});
