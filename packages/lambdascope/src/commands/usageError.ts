/** What a command line that makes no sense is told by. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

/** The command line makes no sense. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * The options, and the words if there may be any, of a command line.
 *
 * @throws UsageError naming what there is no option for
 */
export function parsed<const Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
  { allowPositionals = false } = {},
) {
  try {
    return parseArgs({ args: [...args], allowPositionals, options });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
