import { expect, it } from 'vitest';
import type { GivenInvocation, Instance } from './instanceEvents.ts';
import { reportLine } from './reportLine.ts';

const instance: Instance = {
  number: 1,
  function: 'hello',
  startedAt: 0,
  loadedAt: 333.05,
  isBusy: false,
  initSeconds: 0.333_05,
  initConcurrency: 1,
  initializationType: 'on-demand',
  memorySizeBytes: 1152 * 2 ** 20,
  maxMemoryUsedBytes: 75 * 2 ** 20,
};

function line(change: Partial<GivenInvocation>, kind: 'failed' | 'timeout' | 'memory' | undefined) {
  const invocation: GivenInvocation = {
    instance,
    event: {},
    requestId: '89ba7dfa-72d1-4ad7-9dac-2214d1698697',
    isFirst: true,
    givenAt: 1000,
    beganAt: 1400,
    awaited: undefined,
    logs: undefined,
    ...change,
  };
  return reportLine(
    invocation,
    kind === undefined ? { kind: 'answered', result: {} } : { kind },
    1404.42,
  );
}

const START = 'REPORT RequestId: 89ba7dfa-72d1-4ad7-9dac-2214d1698697\t';

// The first is a line that Lambda wrote.
it.each([
  [
    'a cold start, whose init is billed',
    {},
    undefined,
    'Duration: 4.42 ms\tBilled Duration: 338 ms\tMemory Size: 1152 MB\tMax Memory Used: 75 MB\tInit Duration: 333.05 ms\t',
  ],
  [
    'a warm one',
    { isFirst: false },
    undefined,
    'Duration: 4.42 ms\tBilled Duration: 5 ms\tMemory Size: 1152 MB\tMax Memory Used: 75 MB\t',
  ],
  [
    'a provisioned instance, whose init is not billed so',
    { instance: { ...instance, initializationType: 'provisioned-concurrency' } },
    undefined,
    'Duration: 4.42 ms\tBilled Duration: 5 ms\tMemory Size: 1152 MB\tMax Memory Used: 75 MB\t',
  ],
  [
    'one that was ended, of whose memory nothing is known',
    { isFirst: false, instance: { ...instance, maxMemoryUsedBytes: undefined } },
    'timeout',
    'Duration: 4.42 ms\tBilled Duration: 5 ms\tMemory Size: 1152 MB\tStatus: timeout\t',
  ],
] as const)('writes as Lambda does: %s', (_what, change, kind, rest) => {
  expect(line(change, kind)).toBe(START + rest);
});
