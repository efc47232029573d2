import { expect, it } from 'vitest';
import { newTraceId, traceIdOf } from './traceId.ts';

const W3C = '0af7651916cd43dd8448eb211c80319c';
const AMAZON = '1-67891233-abcdef012345678912345678';
const traceparent = ['TraceParent', `00-${W3C}-b7ad6b7169203331-01`];
const amazon = ['x-amzn-trace-id', `Self=1-2-3;Root=${AMAZON};Sampled=1`];

it.each([
  ['both', [...amazon, ...traceparent], W3C],
  ["W3C's header", traceparent, W3C],
  ["Amazon's header", amazon, AMAZON],
  ['a header that says nothing', ['traceparent', 'none', 'x-amzn-trace-id', 'Parent=1'], undefined],
  ['neither', ['accept', 'x', 'content-type', 'y'], undefined],
])('finds the trace of a request with %s', (_, rawHeaders, traceId) => {
  expect(traceIdOf({ rawHeaders }, false)).toBe(traceId);
});

it('adds what API Gateway adds, where it is missing', () => {
  const bare = ['accept', 'x'];
  const traceId = traceIdOf({ rawHeaders: bare }, true);
  expect(bare).toEqual(['accept', 'x', 'X-Amzn-Trace-Id', `Root=${traceId}`]);
  expect(traceId).toMatch(/^1-[\da-f]{8}-[\da-f]{24}$/);
  const begun = [...traceparent];
  expect(traceIdOf({ rawHeaders: begun }, true)).toBe(W3C);
  expect(begun).toHaveLength(4);
  const known = [...amazon];
  expect(traceIdOf({ rawHeaders: known }, true)).toBe(AMAZON);
  expect(known).toEqual(amazon);
});

it('is another each time', () => {
  expect(new Set(Array.from({ length: 1000 }, newTraceId)).size).toBe(1000);
});
