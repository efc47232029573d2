import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../tools/load/random.ts';
import { calibrated, type Init } from './calibration.ts';

const account = fc.record({
  base: fc.double({ min: 80, max: 200, noNaN: true }),
  factor: fc.double({ min: 0.5, max: 4, noNaN: true }),
  scale: fc.double({ min: 1, max: 10, noNaN: true }),
  loads: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 4 }),
  seed: fc.integer(),
});

type Account = typeof account extends fc.Arbitrary<infer Value> ? Value : never;

const LINES = 400;

function initsOf({ base, factor, scale, loads, seed }: Account): Init[] {
  const { normal, uniform } = createRandom(seed);
  return Array.from({ length: LINES }, (_, index) => {
    const loadMillis = 40 * (loads[index % loads.length] ?? 0);
    // As often below as above, and far above now and then.
    const slow = uniform() < 0.03 ? 300 : 0;
    const initMillis = base + factor * loadMillis + scale * (normal() + slow);
    return { memorySize: 1024, loadMillis, initMillis };
  });
}

describe('a calibration', () => {
  it('finds base and factor again, within the error that it claims', () => {
    fc.assert(
      fc.property(account, (given) => {
        const [size] = calibrated(initsOf(given)).sizes;
        if (size === undefined) throw new Error('no size');
        const { baseMillis, loadFactor, heldOut } = size;
        for (const load of given.loads.map((one) => 40 * one)) {
          const truth = given.base + given.factor * load;
          const claimed = heldOut.p90ErrorMillis;
          expect(Math.abs(baseMillis.low + loadFactor * load - truth)).toBeLessThan(claimed);
        }
        const spread = 40 * (Math.max(...given.loads) - Math.min(...given.loads));
        const claimed = (2 * heldOut.p90ErrorMillis) / spread;
        expect(Math.abs(loadFactor - given.factor)).toBeLessThan(claimed);
        expect(heldOut.belowHigh).toBeGreaterThan(0.7);
        expect(heldOut.lines).toBe(LINES / 5);
      }),
    );
  });

  it('of lines without noise is exact', () => {
    fc.assert(
      fc.property(account, (given) => {
        const inits = initsOf({ ...given, scale: 0 });
        const [size] = calibrated(inits).sizes;
        expect(size?.loadFactor).toBeCloseTo(given.factor, 3);
        expect(size?.baseMillis.low).toBeCloseTo(given.base, 0);
        expect(size?.heldOut.p90ErrorMillis).toBeCloseTo(0, 1);
      }),
    );
  });
});

const line = (memorySize: number, loadMillis: number, initMillis: number): Init[] =>
  Array.from({ length: 10 }, () => ({ memorySize, loadMillis, initMillis }));

it('takes the factor of all sizes where one has a single function', () => {
  const { sizes } = calibrated([...line(1024, 100, 320), ...line(512, 10, 140)]);
  expect(sizes.map(({ memorySize, isOwnFactor }) => [memorySize, isOwnFactor])).toEqual([
    [512, false],
    [1024, false],
  ]);
  for (const { loadFactor, baseMillis } of sizes) {
    expect(loadFactor).toBeCloseTo(2, 3);
    expect(baseMillis.low).toBeCloseTo(120, 0);
  }
});

it('says nothing of a size with too few lines', () => {
  expect(calibrated(line(1024, 100, 320).slice(1)).sizes).toEqual([]);
});
