/** What an instance runs in: a thread of this process, or a process of its own. */

import type { Taken, Wanted } from '../../function/asks.ts';
import { isLogMessage, type LogMessage } from './invocationLogs.ts';

/** How functions are kept apart. */
export type Isolation = 'thread' | 'process';

/** The function that an instance is of. */
export interface FunctionOptions {
  /** Key in `serverless.yml`. */
  readonly functionKey: string;
  /** Folder of the code. */
  readonly codeDir: string;
  /** Folder of the service. */
  readonly servicePath: string;
  /** Path of the module without its ending, a dot, the name that it exports. */
  readonly handler: string;
  /** Time limit of an invocation, in milliseconds; the time to load does not count. */
  readonly timeout: number;
}

/** What a sandbox needs to know of its function, beside the environment. */
export interface HostedFunction extends FunctionOptions {
  /** Where the function's reports are published within the sandbox. */
  readonly reportsChannel: string;
  /** Where the function asks the emulator. */
  readonly asksChannel: string;
  /** Module of serverless-offline that loads what Node does not by itself. */
  readonly loader: string;
}

/** The variable that tells a process its function, as JSON; the function does not find it. */
export const HOSTED_FUNCTION = 'LAMBDASCOPE_HOSTED_FUNCTION';

/** What an instance sends into its sandbox. */
export interface Given {
  readonly event: unknown;
  readonly context: object;
}

/** What an instance answers to a question of its function. */
export interface Told {
  /** Number of the question. */
  readonly asked: number;
  readonly taken: Taken | undefined;
}

/** What comes out of it. Everything goes one way, so that a report is never later than its answer. */
export type SandboxMessage =
  | LogMessage
  | { readonly kind: 'ask'; readonly asked: number; readonly wanted: Wanted }
  | ({ readonly reports: readonly unknown[] } & (
      | { readonly kind: 'loaded'; readonly at: number }
      | { readonly kind: 'broken' }
      | ({ readonly kind: 'answer'; readonly memoryBytes: number } & Result)
    ));

export type Result = { readonly result: unknown } | { readonly error: unknown };

/** What a sandbox tells its instance. */
export interface SandboxEvents {
  message(message: SandboxMessage): void;
  /** It is gone, whoever ended it; `cause` when it ended for an error that nobody caught. */
  gone(exit: Exit): void;
}

/** How a sandbox ended. */
export interface Exit {
  readonly code: number | undefined;
  readonly cause?: unknown;
  /** It asked for more memory than it may have. */
  readonly isOutOfMemory: boolean;
}

/** Times are of `performance.now()` in this process. */
export interface Sandbox {
  /** Hands an invocation over; one at a time. */
  give(given: Given): void;
  /** Answers what its function has asked. */
  tell(told: Told): void;
  /** When it began the invocation that it was given; none: not yet. */
  readonly beganAt: number | undefined;
  /** Memory that it uses now, in bytes; none where nobody can tell. */
  memoryBytes(): Promise<number | undefined>;
  /** Most memory that it used since it was given an invocation, where the system keeps it. */
  peakBytes(): number | undefined;
  /** Takes in what it has sent and nobody has read yet. */
  drain(): void;
  end(): Promise<unknown>;
}

/** Whether something is what a sandbox sends: its way out is within the function's reach. */
export function isSandboxMessage(message: unknown): message is SandboxMessage {
  if (typeof message !== 'object' || message === null) return false;
  const { kind, at, reports, asked, wanted } = message as Readonly<Record<string, unknown>>;
  return (
    isLogMessage(message) ||
    (kind === 'ask' && typeof asked === 'number' && isWanted(wanted)) ||
    (Array.isArray(reports) &&
      (kind === 'answer' || kind === 'broken' || (kind === 'loaded' && typeof at === 'number')))
  );
}

function isWanted(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { id, part } = value as Readonly<Record<string, unknown>>;
  return typeof id === 'string' && Number.isInteger(part);
}
