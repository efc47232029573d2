/** `npm run load`: sends realistic traffic to the API, and reports. */

import { LocalConfigError } from 'lambdascope/emulator/environment';
import { EnvFileError } from '../dotenv.ts';
import { idleSeconds, localPort } from '../localConfig.ts';
import { formatSpan } from './format.ts';
import { OptionError, readOptions, usage } from './options.ts';
import { type PartResult, play } from './play.ts';
import { paintFor, printReport } from './printReport.ts';
import { createSource } from './profiles.ts';
import { showProgress } from './progressBar.ts';
import { createReport } from './report.ts';
import { checkServer, findKey, findTarget, TargetError } from './target.ts';

/** Exit codes besides 0. */
const NOT_OK = 1;
const NOT_SENT = 2;
const INTERRUPTED = 130;

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const target = findTarget(options);
  await checkServer(target);

  const stop = new AbortController();
  // Once: a second Ctrl-C ends the process at once.
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());

  const source = createSource({ basePath: target.basePath, key: findKey() }, options.seed);
  const url = target.origin + target.basePath;
  const startedAt = new Date().toISOString();
  announce(url, options);

  const results: PartResult[] = [];
  for (const [index, part] of options.parts.entries()) {
    if (stop.signal.aborted) break;
    const playing = play({
      part,
      target,
      source,
      timeoutSeconds: options.timeoutSeconds,
      idleSeconds: idleSeconds(),
      signal: stop.signal,
    });
    const position = `${index + 1}/${options.parts.length}`;
    const endProgress = showProgress(process.stderr, position, playing.progress);
    try {
      results.push(await playing.result);
    } finally {
      endProgress();
    }
  }

  const interrupted = stop.signal.aborted;
  const run = { url, seed: options.seed, startedAt, interrupted };
  const report = createReport(run, results, options.objectives);
  console.log(
    options.json ? JSON.stringify(report, null, 2) : printReport(report, paintFor(process.stdout)),
  );
  if (interrupted) return INTERRUPTED;
  return report.ok ? 0 : NOT_OK;
}

/** Says what is about to happen, where it can be watched, and how long it takes. */
function announce(url: string, { parts, seed, url: given }: ReturnType<typeof readOptions>): void {
  const paint = paintFor(process.stderr);
  const names = parts.map(({ profile }) => profile).join(', ');
  const seconds = parts.reduce((sum, { settings }) => sum + settings.seconds, 0);
  console.error(`${paint('bold', url)}  ${names}; about ${formatSpan(seconds)}, seed ${seed}`);
  if (given === undefined) {
    console.error(
      paint('dim', `Watch it meanwhile: http://localhost:${localPort('metrics').port}`),
    );
  }
  console.error();
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const known = [OptionError, TargetError, LocalConfigError, EnvFileError];
  if (!(error instanceof Error && known.some((kind) => error instanceof kind))) throw error;
  console.error(error.message);
  process.exitCode = NOT_SENT;
}
