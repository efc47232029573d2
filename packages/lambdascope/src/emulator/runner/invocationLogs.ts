/** What a function writes to stdout and stderr while it is at one invocation, within bounds. */

/** A write as it comes out of a sandbox. */
export interface LogMessage {
  readonly kind: 'log';
  /** On the sandbox's clock, in milliseconds. */
  readonly at: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  /** Whether this text is not whole, and nothing comes after it. */
  readonly isCut: boolean;
}

/** What an invocation wrote, one write after the other; times are of `performance.now()`. */
export interface InvocationLogs {
  readonly lines: readonly Pick<LogMessage, 'at' | 'stream' | 'text'>[];
  /** Whether it wrote more. */
  readonly isCut: boolean;
}

/** Of an invocation that wrote nothing. */
export const NO_LOGS: InvocationLogs = { lines: [], isCut: false };

/** Text of an invocation that is kept, in UTF-16 units. */
export const MOST_TEXT = 16 * 1024;
const MOST_WRITES = 500;

/** Takes an invocation's writes for as long as there is room. */
export class LogRoom {
  #textLeft = MOST_TEXT;
  #writesLeft = MOST_WRITES;
  #isCut = false;

  /** Whether a write did not fit. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** As much of a text as there is room for. */
  take(text: string): string {
    const taken = this.#writesLeft > 0 ? text.slice(0, this.#textLeft) : '';
    this.#isCut ||= taken.length < text.length;
    this.#textLeft = this.#isCut ? 0 : this.#textLeft - taken.length;
    this.#writesLeft -= 1;
    return taken;
  }
}

/** Keeps what an invocation writes. */
export class LogKeeper {
  readonly #lines: InvocationLogs['lines'][number][] = [];
  readonly #room = new LogRoom();
  #isCut = false;

  add({ at, stream, text, isCut }: LogMessage): void {
    const taken = this.#room.take(text);
    this.#isCut ||= isCut || this.#room.isCut;
    if (taken !== '') this.#lines.push({ at, stream, text: taken });
  }

  /** What it wrote by now. */
  get kept(): InvocationLogs {
    return { lines: [...this.#lines], isCut: this.#isCut };
  }
}

/** Whether a message is a write as a sandbox tells it, with no more text than it may. */
export function isLogMessage(message: object): message is LogMessage {
  const { kind, at, stream, text, isCut } = message as Readonly<Record<string, unknown>>;
  return (
    kind === 'log' &&
    Number.isFinite(at) &&
    (stream === 'stdout' || stream === 'stderr') &&
    typeof text === 'string' &&
    text.length <= MOST_TEXT &&
    typeof isCut === 'boolean'
  );
}
