/** A fresh process that loads a function, and invokes it once: it tells how long each took, then ends. */
import { callHandler, importHandler } from '../emulator/runner/handler.ts';
import { monotonicMillis } from '../emulator/runner/memory.ts';
import type { Work } from './expectation.ts';
import type { Job, Told } from './instance.ts';
import { profiled } from './profile.ts';

const firstLineAt = monotonicMillis();

process.once('message', async (job: Job) => {
  try {
    await work(job);
  } catch (error) {
    tell({ failure: error instanceof Error ? error.message : String(error) });
  }
  process.disconnect();
  process.exit();
});
// Whoever started it is gone.
process.on('disconnect', () => process.exit());

async function work({ file, handler, invoke, context, timeout, profiles }: Job): Promise<void> {
  const load = () => timed(() => importHandler(file, handler));
  const { value, modules } = profiles ? await profiled(load) : { value: await load() };
  tell({ firstLineAt, load: value.work, ...(modules && { modules }) });
  if (invoke === undefined) return;
  const deadline = performance.now() + timeout;
  const late = setTimeout(() => {
    tell({ failure: `no answer in ${timeout / 1000} s` });
    process.exit();
  }, timeout);
  const { result, work: firstInvocation } = await timed(() =>
    callHandler(value.result, invoke.event, {
      ...context,
      getRemainingTimeInMillis: () => Math.max(0, Math.floor(deadline - performance.now())),
    }),
  );
  clearTimeout(late);
  const { statusCode } = (result ?? {}) as { readonly statusCode?: unknown };
  tell({ firstInvocation, ...(typeof statusCode === 'number' && { statusCode }) });
}

async function timed<Result>(
  run: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly work: Work }> {
  const cpu = process.cpuUsage();
  const from = performance.now();
  const result = await run();
  const millis = performance.now() - from;
  const { user, system } = process.cpuUsage(cpu);
  return { result, work: { millis, cpuMillis: (user + system) / 1000 } };
}

function tell(message: Told): void {
  process.send?.(message);
}
