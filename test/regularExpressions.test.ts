/**
 * What a regular expression costs on the worst text that there is, told from the expression itself: a
 * match that can be begun, or gone on with, in ever more ways takes the square of the text's length,
 * or worse. A test by the clock would tell it of a few texts, and of the machine.
 */
import { globSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { isSafe } from 'redos-detector';
import { parseAst } from 'vite';
import { describe, expect, it } from 'vitest';
import { root } from '../tools/root.ts';

/** Sources that read what others send: requests, alerts, objects in S3, tables to train on. */
const SOURCES = [
  '{bulkPredict,functions,lib,model,tools/emulator}/**/*.ts',
  'packages/lambdascope/src/{function,emulator}/**/*.ts',
  'tools/alertLog.ts',
];

/** What answers requests, with all its dependencies. */
const BUNDLES = 'dist/{health,predict,batchPredict,labels,docs}/index.mjs';

/** Whether steps grow no faster than the text. No time limit: the verdict is the same everywhere. */
function isLinear(expression: RegExp): boolean {
  return isSafe(expression, { timeout: Number.POSITIVE_INFINITY }).safe;
}

/** The regular expressions in a file, with where they are. */
function expressionsOf(file: string): { file: string; expression: RegExp }[] {
  const text = readFileSync(join(root, file), 'utf8');
  const program = parseAst(file.endsWith('.ts') ? stripTypeScriptTypes(text) : text);
  return literals(program).map((expression) => ({ file, expression }));
}

function literals(node: unknown): RegExp[] {
  if (typeof node !== 'object' || node === null) return [];
  if ('regex' in node) {
    const { pattern, flags } = node.regex as { pattern: string; flags: string };
    return [new RegExp(pattern, flags)];
  }
  return Object.values(node).flatMap(literals);
}

const files = [...SOURCES, BUNDLES]
  .flatMap((pattern) => globSync(pattern, { cwd: root }))
  .filter((file) => !/\.(test|d)\.ts$/.test(file));

describe('a regular expression that reads what others send', () => {
  const expressions = files.flatMap(expressionsOf);

  it('is found wherever there is one', () => {
    const found = new Set(expressions.map(({ file }) => file));
    for (const file of ['lib/jsonBody.ts', 'bulkPredict/records.ts', 'dist/predict/index.mjs']) {
      expect(found).toContain(file);
    }
    expect(expressions.length).toBeGreaterThan(8);
  });

  it.each(expressions)(
    'takes steps in proportion to the text: $file $expression',
    ({ expression }) => {
      expect(isLinear(expression)).toBe(true);
    },
  );
});

it.each([/"(?:[^"\\]|\\.)*"/g, /^(.+?)\s*\(([^()]+)\)$/, /^\d+\.?\d*$/, /(?:a+)+$/, /\s+$/])(
  'tells %s from those',
  (expression) => {
    expect(isLinear(expression)).toBe(false);
  },
);
