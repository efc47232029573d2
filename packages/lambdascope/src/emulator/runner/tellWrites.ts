/** Inside a sandbox: tells what the function writes to stdout and stderr, beside writing it. */
import { type LogMessage, LogRoom, MOST_TEXT } from './invocationLogs.ts';

/** Bytes of UTF-8 that are always more text than is kept. */
const ENOUGH_BYTES = 4 * MOST_TEXT;

/** What is told, by invocations. */
export interface ToldWrites {
  /** An invocation begins: there is room again. */
  begin(): void;
  /** It is over: what is written from here on belongs to none. */
  end(): void;
}

/**
 * Tells each write at once, so that it is out even if the function does not live to answer.
 *
 * @param now the time, on the clock that the instance knows
 */
export function tellWrites(send: (message: LogMessage) => void, now: () => number): ToldWrites {
  // What is written at load belongs to the invocation that waits for it.
  let isTold = true;
  let room: LogRoom | undefined;
  for (const stream of ['stdout', 'stderr'] as const) {
    whenUsed(stream, (target) => watch(stream, target));
  }
  return {
    begin() {
      isTold = true;
      room = undefined;
    },
    end() {
      isTold = false;
    },
  };

  function watch(stream: LogMessage['stream'], target: NodeJS.WriteStream): void {
    const { write } = target;
    Object.assign(target, {
      write(this: unknown, ...args: readonly unknown[]) {
        tell(stream, args[0]);
        return Reflect.apply(write, this, args);
      },
    });
  }

  function tell(stream: LogMessage['stream'], chunk: unknown): void {
    if (!isTold) return;
    room ??= new LogRoom();
    if (room.isCut) return;
    const at = now();
    const text = room.take(textOf(chunk));
    if (text === '' && !room.isCut) return;
    send({ kind: 'log', at, stream, text, isCut: room.isCut });
  }
}

/** Does something with a stream of this process before its first use: Node takes 2 ms to open both, a part of the init. */
function whenUsed(name: LogMessage['stream'], use: (stream: NodeJS.WriteStream) => void): void {
  const before = Object.getOwnPropertyDescriptor(process, name) ?? {};
  Object.defineProperty(process, name, {
    ...before,
    get() {
      Object.defineProperty(process, name, before);
      const stream = process[name];
      use(stream);
      return stream;
    },
  });
}

/** What a chunk says; nothing for what cannot be written either. */
function textOf(chunk: unknown): string {
  if (typeof chunk === 'string') return chunk;
  if (!(chunk instanceof Uint8Array)) return '';
  const { buffer, byteOffset, byteLength } = chunk;
  return Buffer.from(buffer, byteOffset, Math.min(byteLength, ENOUGH_BYTES)).toString();
}
