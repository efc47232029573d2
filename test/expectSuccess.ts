/** Runs a program that must succeed. */
import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';

/** Gives what the program printed; when it fails, that is in the failure. */
export function expectSuccess(command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  expect(status, `${stdout}${stderr}`).toBe(0);
  return stdout;
}
