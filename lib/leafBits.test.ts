import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyForest, anyRow } from '../test/anyForest.ts';
import { countLeafBits, prepareLeafBits } from './leafBits.ts';
import { countByWalking, prepareTreeWalk } from './treeWalk.ts';

const UNLIMITED = Number.MAX_SAFE_INTEGER;

describe('counting leaf bits', () => {
  it('gives the votes that walking the trees gives, for any forest and row', () => {
    const inOnePart = fc.constant(UNLIMITED);
    const inSome = fc.nat({ max: 2000 });
    let mostParts = 0;
    fc.assert(
      fc.property(anyForest, anyRow, fc.oneof(inOnePart, inSome), (table, values, partBytes) => {
        const leafBits = prepareLeafBits(table, UNLIMITED, partBytes);
        if (leafBits === undefined) throw new Error('there is no limit to exceed');
        mostParts = Math.max(mostParts, leafBits.parts.length);
        const row = Float64Array.from(values.slice(0, table.featureCount));
        const walked = new Uint16Array(table.classCount);
        countByWalking(prepareTreeWalk(table), row, 0, walked);
        const counted = new Uint16Array(table.classCount);
        countLeafBits(leafBits, row, 0, counted);
        expect(counted).toEqual(walked);
      }),
      { numRuns: 2000 },
    );
    expect(mostParts).toBeGreaterThan(5);
  });

  it('takes no more than it may', () => {
    fc.assert(
      fc.property(anyForest, fc.nat({ max: 2000 }), (table, maxBytes) => {
        const parts = prepareLeafBits(table, maxBytes)?.parts ?? [];
        const bytes = parts.flatMap(({ lines, lineNumbers }) => [
          lines.byteLength,
          lineNumbers.byteLength,
        ]);
        expect(bytes.reduce((sum, some) => sum + some, 0)).toBeLessThanOrEqual(maxBytes);
      }),
    );
  });

  it('is left out for a forest whose lines would be too many', () => {
    for (const table of fc.sample(anyForest, 10)) {
      expect(prepareLeafBits(table, 0)).toBeUndefined();
    }
  });
});
