/** Reads the command line of `npm run load`. */
import { parseArgs } from 'node:util';
import {
  type Part,
  type Profile,
  type ProfileName,
  profileNames,
  profiles,
  type Settings,
  tour,
} from './profiles.ts';
import type { Percentiles } from './tally.ts';
import type { TargetOptions } from './target.ts';

/** The command line cannot be used; the message is one line. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

/** A latency that the run must keep. */
export interface Objective {
  readonly percentile: keyof Percentiles;
  readonly limitMs: number;
}

/** What the command line asks for. */
export interface Options extends TargetOptions {
  readonly parts: readonly Part[];
  readonly objectives: readonly Objective[];
  readonly timeoutSeconds: number;
  readonly seed: number;
  readonly json: boolean;
  readonly help: boolean;
}

/** The bounds of load: nothing on the command line lifts them. */
const LIMITS = {
  rate: [0.1, 20_000],
  concurrency: [1, 1000],
  duration: [1, 3600],
  count: [1, 1_000_000],
  timeout: [1, 60],
  seed: [0, 0x7fff_ffff],
  p50: [0.001, 60_000],
  p95: [0.001, 60_000],
  p99: [0.001, 60_000],
  max: [0.001, 60_000],
} as const satisfies Record<string, readonly [number, number]>;

type NumberFlag = keyof typeof LIMITS;

const numberOptions = Object.fromEntries(
  Object.keys(LIMITS).map((flag) => [flag, { type: 'string' }]),
) as Record<NumberFlag, { type: 'string' }>;

const WHOLE: readonly NumberFlag[] = ['concurrency', 'count', 'seed'];

const PERCENTILES = ['p50', 'p95', 'p99', 'max'] as const;

/** What `--help` prints. */
export const usage = `Usage: npm run load -- [profile …] [options]

Profiles (default: tour, all of them one after another in about two minutes):
${profileNames.map((name) => `  ${name.padEnd(9)} ${profiles[name].summary}`).join('\n')}

How much (each profile has its own; a tour's --duration is the whole of it):
  --rate N          requests a second
  --concurrency N   requests on their way at most; in a burst, the largest wave
  --duration N      seconds
  --count N         requests at most, of each profile
  --timeout N       seconds after which a request is lost (10)
  --seed N          the same seed sends the same rows (1)

Where to:
  --url URL         the API (http://127.0.0.1:3000, or the port in API_PORT)
  --metrics URL     its metrics (http://127.0.0.1:9464/metrics, or the port in METRICS_PORT)
  --allow-remote    the API may be on another machine

What it says:
  --json            the report as JSON
  --p50 MS, --p95 MS, --p99 MS, --max MS   a latency that no profile may exceed

The key comes from API_KEY or .env. Exit code 0: every answer came, as promised, in time. 1: answers
lost or unexpected, or an objective missed. 2: nothing could be sent. 130: ended by Ctrl-C.
`;

/**
 * The options of a command line.
 *
 * @throws OptionError naming what cannot be used, and what can.
 */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args);
  const numbers = new Map<NumberFlag, number>();
  for (const flag of Object.keys(LIMITS) as NumberFlag[]) {
    const value = values[flag];
    if (value !== undefined) numbers.set(flag, readNumber(flag, value));
  }
  return {
    url: values.url,
    metrics: values.metrics,
    allowRemote: values['allow-remote'],
    json: values.json,
    help: values.help,
    timeoutSeconds: numbers.get('timeout') ?? 10,
    seed: numbers.get('seed') ?? 1,
    objectives: PERCENTILES.flatMap((percentile) => {
      const limitMs = numbers.get(percentile);
      return limitMs === undefined ? [] : [{ percentile, limitMs }];
    }),
    parts: (positionals.length > 0 ? positionals : ['tour']).flatMap((name) =>
      readParts(name, numbers),
    ),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        url: { type: 'string' },
        metrics: { type: 'string' },
        'allow-remote': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        ...numberOptions,
      },
    });
  } catch (cause) {
    throw new OptionError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function readNumber(flag: NumberFlag, text: string): number {
  const [least, most] = LIMITS[flag];
  const whole = WHOLE.includes(flag);
  const value = Number(text);
  if (text.trim() === '' || !(value >= least && value <= most) || (whole && value % 1 !== 0)) {
    const kind = whole ? 'a whole number' : 'a number';
    throw new OptionError(`--${flag} ${text} is not ${kind} from ${least} to ${most}.`);
  }
  return value;
}

/** The parts that a name on the command line stands for. */
function readParts(name: string, numbers: ReadonlyMap<NumberFlag, number>): Part[] {
  if (name === 'tour') {
    const usual = tour.reduce((sum, [, seconds]) => sum + seconds, 0);
    const scale = (numbers.get('duration') ?? usual) / usual;
    return tour.map(([profile, seconds]) => part(profile, numbers, seconds * scale));
  }
  if (Object.hasOwn(profiles, name)) return [part(name as ProfileName, numbers)];
  throw new OptionError(
    `There is no profile ${name}. There are: tour, ${profileNames.join(', ')}.`,
  );
}

function part(
  profile: ProfileName,
  numbers: ReadonlyMap<NumberFlag, number>,
  tourSeconds?: number,
): Part {
  const { defaults, afterIdle }: Profile = profiles[profile];
  const count = numbers.get('count');
  const rate = numbers.get('rate') ?? defaults.rate;
  const settings: Settings = {
    rate,
    concurrency: numbers.get('concurrency') ?? defaults.concurrency,
    count: count ?? LIMITS.count[1],
    seconds: tourSeconds ?? numbers.get('duration') ?? secondsFor(count, rate) ?? defaults.seconds,
  };
  return { profile, settings };

  /** Long enough for a count that was asked for without a duration. */
  function secondsFor(wanted: number | undefined, perSecond: number): number | undefined {
    if (wanted === undefined) return undefined;
    return afterIdle ? LIMITS.duration[1] : Math.min(wanted / perSecond, LIMITS.duration[1]);
  }
}
