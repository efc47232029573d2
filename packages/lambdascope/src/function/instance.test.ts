import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startInstance } from './instance.ts';

it('tells no busy share of a new instance, which has never waited, and then that of the time since', async () => {
  const instance = startInstance(true);
  expect(instance.eventLoopUtilization()).toBeUndefined();
  // A loop that turns only to wait is not busy, one that never turns is nothing else.
  await wait(200);
  const idle = instance.eventLoopUtilization() ?? Number.NaN;
  const until = performance.now() + 200;
  while (performance.now() < until);
  const busy = instance.eventLoopUtilization() ?? Number.NaN;
  expect(idle).toBeGreaterThanOrEqual(0);
  expect(busy).toBeLessThanOrEqual(1);
  expect(busy).toBeGreaterThan(idle);
});
