import { validateHeaderName, validateHeaderValue } from 'node:http';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { answerFault } from './proxyAnswer.ts';

it.each([
  ['a full answer', { statusCode: 200, headers: { 'x-a': 'b' }, body: 'c' }],
  ['an answer without a body', { statusCode: 204 }],
  ['a status in a string', { statusCode: '200', body: null }],
  ['many values of a header', { statusCode: 200, multiValueHeaders: { 'x-a': ['b', 'c'] } }],
  ['numbers and flags in headers', { statusCode: 200, headers: { 'x-a': 1, 'x-b': true } }],
])('takes %s', (_name, answer) => {
  expect(answerFault(answer)).toBeUndefined();
});

it.each([
  [undefined, /not an object/],
  ['text', /not an object/],
  [[], /not an object/],
  [{}, /statusCode/],
  [{ statusCode: Number.NaN }, /statusCode/],
  [{ statusCode: 999 }, /statusCode/],
  [{ statusCode: 200, body: {} }, /body/],
  [{ statusCode: 200, headers: 'x-a: b' }, /headers/],
  [{ statusCode: 200, multiValueHeaders: { 'x-a': ['b', 'c\r\nd'] } }, /"x-a"/],
])('says what is wrong with %j', (answer, fault) => {
  expect(answerFault(answer)).toMatch(fault);
});

it('takes for a header just what Node would send', () => {
  const headerOfAnyKind = fc.record({
    name: fc.oneof(fc.constant('x-a'), fc.string({ unit: 'binary', maxLength: 4 })),
    value: fc.string({ unit: 'binary', maxLength: 8 }),
  });
  fc.assert(
    fc.property(headerOfAnyKind, ({ name, value }) => {
      const answer = { statusCode: 200, headers: { [name]: value } };
      expect(answerFault(answer) === undefined).toBe(sends(name, value));
    }),
    { numRuns: 1000 },
  );
});

function sends(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
