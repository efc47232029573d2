/** What the plugin tells the runner, which serverless-offline makes by itself. */
import type { Concurrency } from '../limits/concurrency.ts';
import type { Isolation } from './sandbox.ts';

export interface RunnerSettings {
  readonly isolation: Isolation;
  /** Module of serverless-offline that loads what Node does not by itself. */
  readonly loader: string;
  /** Whether instances are held to their function's memory. */
  readonly isLimited: boolean;
  /** Whether invocations end when their time is up; not so while somebody debugs. */
  readonly keepsTime: boolean;
  readonly concurrency: Concurrency;
}

let known: RunnerSettings | undefined;

/** Before the first instance is made. */
export function setRunnerSettings(settings: RunnerSettings): void {
  known = settings;
}

/** @throws Error when the plugin has set none */
export function runnerSettings(): RunnerSettings {
  if (known === undefined)
    throw new Error('The runner has no settings: lambdascope did not start.');
  return known;
}
