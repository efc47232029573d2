/** A Lambda instance's process. */
import { hostFunction } from './hostedFunction.ts';
import { monotonicMillis } from './memory.ts';
import { HOSTED_FUNCTION, type HostedFunction } from './sandbox.ts';

const options: HostedFunction = JSON.parse(process.env[HOSTED_FUNCTION] ?? '{}');
delete process.env[HOSTED_FUNCTION];

const send = process.send?.bind(process) ?? (() => {});

const take = hostFunction(options, {
  send,
  now: monotonicMillis,
  began: () => send({ kind: 'began', at: monotonicMillis() }),
  memoryBytes: () => process.memoryUsage.rss(),
});

process.on('message', take);
// Ctrl-C is for the emulator, which first lets requests end.
process.on('SIGINT', () => {});
// Whoever started it is gone.
process.on('disconnect', () => process.exit());
