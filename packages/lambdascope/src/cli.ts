#!/usr/bin/env node
/** The command `lambdascope`: runs what its first word names. */
import { UsageError } from './commands/usageError.ts';

/** What a module of a command exports: how it is used, and itself under its name. */
interface Command {
  readonly usage: string;
  readonly run: (args: readonly string[]) => Promise<void>;
}

/** Loaded when they are asked for: each needs much that the others do not. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  dashboards: async () => {
    const { usage, dashboards: run } = await import('./commands/dashboards.ts');
    return { usage, run };
  },
  coldstart: async () => {
    const { usage, coldstart: run } = await import('./commands/coldstart.ts');
    return { usage, run };
  },
  calibrate: async () => {
    const { usage, calibrate: run } = await import('./commands/calibrate.ts');
    return { usage, run };
  },
  forecast: async () => {
    const { usage, forecast: run } = await import('./commands/forecast.ts');
    return { usage, run };
  },
};

const [name = '', ...args] = process.argv.slice(2);
const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
const usages = async () => {
  const all = await Promise.all((load ? [load] : Object.values(commands)).map((one) => one()));
  return `${all.map(({ usage }) => usage.trim()).join('\n\n')}\n\n  --help         this\n`;
};

try {
  if ([name, ...args].some((word) => ['--help', '-h'].includes(word))) console.log(await usages());
  else if (load === undefined) {
    throw new UsageError(name === '' ? 'No command.' : `Unknown command: ${name}.`);
  } else await (await load()).run(args);
} catch (error) {
  // A stack would only hide what is to be done.
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof UsageError) console.error(`\n${await usages()}`);
  process.exitCode = 1;
}
