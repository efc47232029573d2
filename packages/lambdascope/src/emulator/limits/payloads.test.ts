import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { eventExcess, resultExcess } from './payloads.ts';

const MIB = 2 ** 20;
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

it.each([
  ['an event that is waited for', (v: unknown) => eventExcess(v, 'RequestResponse'), 6_291_456],
  ['an event that is not', (v: unknown) => eventExcess(v, 'Event'), 1_048_576],
  ['a result', resultExcess, 6_291_556],
] as const)('%s may have its limit and no byte more', (_name, excess, limit) => {
  const text = 'a'.repeat(limit - 2);
  expect(bytesOf(text)).toBe(limit);
  expect(excess(text)).toBeUndefined();
  expect(excess(`${text}a`)).toEqual({ bytes: limit + 1, limit });
});

it('measures what JSON.stringify writes, of any value whose bytes are near the limit', () => {
  // Characters of 1, 2, 3, 4 and 6 bytes, among them one half of a pair.
  const unit = fc.constantFrom('a', '"', '\u0000', 'é', '€', '😀', '\ud800');
  const leaf = fc.oneof(
    fc
      .tuple(unit, fc.constantFrom(1, MIB / 12, MIB / 6, MIB / 4))
      .map(([one, count]) => one.repeat(count)),
    fc.double(),
    fc.constantFrom(null, true, undefined, -2.2250738585072014e-308),
    fc.date(),
    fc.tuple(fc.double(), fc.constantFrom(1, 50_000)).map(([one, count]) => Array(count).fill(one)),
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 2 },
      leaf,
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(unit, tie('any'), { maxKeys: 3 }),
    ),
  })).any;
  fc.assert(
    fc.property(fc.record({ body: value, rest: value }), (event) => {
      const bytes = bytesOf(event);
      const limit = MIB;
      expect(eventExcess(event, 'Event')).toEqual(bytes > limit ? { bytes, limit } : undefined);
    }),
    { numRuns: 50 },
  );
});

it.each([undefined, null, () => 1, 1n, new Date(Number.NaN), { toJSON: () => undefined }])(
  'takes %s, which is small',
  (value) => {
    expect(resultExcess(value)).toBeUndefined();
  },
);

it.each([
  ['what a value makes of itself', { toJSON: () => 'a'.repeat(MIB) }],
  ['keys', { ['a'.repeat(MIB)]: 1 }],
  ['lists in lists', [[Array(MIB).fill(1)]]],
])('measures %s', (_name, value) => {
  expect(eventExcess(value, 'Event')).toEqual({ bytes: bytesOf(value), limit: MIB });
});

it('throws for what has no end, as JSON.stringify does', () => {
  const list: unknown[] = [];
  list.push(list);
  expect(() => resultExcess(list)).toThrow();
});

it('writes nothing as JSON while a bound is enough', () => {
  const stringify = vi.spyOn(JSON, 'stringify');
  resultExcess({ statusCode: 200, headers: { 'x-a': 'b' }, body: 'a'.repeat(1_000_000) });
  expect(stringify).not.toHaveBeenCalled();
  stringify.mockRestore();
});
