/** `lambdascope forecast`: what traffic would meet in AWS, simulated. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { Range } from '../coldStart/awsBase.ts';
import type { ColdStartDocument } from '../coldStart/measurement.ts';
import { readStored } from '../coldStart/storedFile.ts';
import { ACCOUNT_CONCURRENCY, SCALING } from '../emulator/limits/concurrency.ts';
import { DEFAULT_MEMORY } from '../emulator/runner/functionDefaults.ts';
import { evenly, poisson, profile, profileNames, type Traffic } from '../forecast/arrivals.ts';
import { chartOf } from '../forecast/chart.ts';
import { type DeployedFunction, readFunction } from '../forecast/deployedFunction.ts';
import { documentOf } from '../forecast/document.ts';
import { type Billing, KIT_METRICS, LOG_BYTES } from '../forecast/dollars.ts';
import { coldStartIn, durationsAt, samplesIn } from '../forecast/measured.ts';
import { outcomeOf, type Scenario } from '../forecast/outcome.ts';
import { architectures, PRICES_OF, regions } from '../forecast/prices.ts';
import { showProgress } from '../forecast/progress.ts';
import { type Distribution, exponential, fixed, lognormal, oneOf } from '../forecast/random.ts';
import { tableOf } from '../forecast/table.ts';
import { readTrace } from '../forecast/trace.ts';
import { keysOf, number, oneOfThese, range } from './optionValues.ts';
import { parsed, UsageError } from './usageError.ts';

/** How it is used. */
export const usage = `lambdascope forecast [-f FUNCTION] [--rate N | --profile NAME | --trace FILE] [options]

Simulates a function under traffic, as AWS would run it: cold and refused requests, latency, instances
and dollars, each with its 95 % interval. It is an estimate; docs/forecast.md says of what.

The function is one of the serverless.yml in this folder. Without that file, or with --arrivals and
without -f, everything is in plain numbers.

  -f, --function NAME    by its key in serverless.yml; default: the first that HTTP calls
  --stage STAGE          of serverless.yml

Traffic
  --rate N               requests a second, on average; default 1
  --arrivals KIND        poisson or deterministic; default poisson
  --profile NAME         ${profileNames.join(', ')}: the rate over the day, around --rate
  --trace FILE           CSV: seconds of arrival, and milliseconds each took, or without; or counts in
                         each minute, as in the Azure Functions data set of 2019
  --row HASH             the function of that data set; default: all of them as one
  --duration SECONDS     default a day, or the trace's

The function
  --mean-ms N            what a warm request takes; default 100
  --service KIND         exponential, deterministic, lognormal; or a file of measured milliseconds, or the
                         address of a running emulator's /metrics; default exponential
  --variation N          standard deviation of lognormal, as a share of the mean; default 1
  --cold-ms N            what a cold start takes, or LOW-HIGH, or a file of milliseconds; default: what
                         lambdascope coldstart has found in this folder, else 125-250
  --cold-starts FILE     what lambdascope coldstart --json has printed, instead of --cold-ms
  --keep-alive SECONDS   how long an instance rests before it ends, or LOW-HIGH; default 300-3600
  --look-every SECONDS   ends them only then, as serverless-offline does
  --takes ORDER          which resting instance works: oldest or newest; default oldest
  --concurrency N        refuses what is over it; default: what is reserved, or 1000; without: none
  --growth N             new instances a second; default 100, as AWS does; without a service: any
  --provisioned N        also with 1 to N provisioned instances; default 3; without a service: 0
  --warm-up              also with a call every 5 minutes; a service: always
  --memory MB, --architecture ${architectures.join('|')}, --region ${regions.join('|')}, --api rest|http|none
                         instead of what serverless.yml says; default 1024, x86_64, us-east-1, rest

  --seed N               the same seed gives the same figures; default 1
  --json                 one document instead of the table
  --chart FILE           latency and instances over the time, as a page that needs nothing else
`;

const options = {
  function: { type: 'string', short: 'f' },
  stage: { type: 'string' },
  rate: { type: 'string', default: '1' },
  arrivals: { type: 'string' },
  profile: { type: 'string' },
  trace: { type: 'string' },
  row: { type: 'string' },
  duration: { type: 'string', default: '86400' },
  'mean-ms': { type: 'string' },
  service: { type: 'string', default: 'exponential' },
  variation: { type: 'string', default: '1' },
  'cold-ms': { type: 'string' },
  'cold-starts': { type: 'string' },
  'keep-alive': { type: 'string', default: '300-3600' },
  'look-every': { type: 'string', default: '0' },
  takes: { type: 'string', default: 'oldest' },
  concurrency: { type: 'string' },
  growth: { type: 'string' },
  provisioned: { type: 'string' },
  'warm-up': { type: 'boolean' },
  memory: { type: 'string' },
  architecture: { type: 'string' },
  region: { type: 'string' },
  api: { type: 'string' },
  seed: { type: 'string', default: '1' },
  json: { type: 'boolean' },
  chart: { type: 'string' },
} as const;

type Values = ReturnType<typeof parsed<typeof options>>['values'];

/** What AWS gives a function that reserves nothing, and how fast. */
const AWS = { concurrency: ACCOUNT_CONCURRENCY, growth: SCALING.rate } as const;

/** Seconds between two calls of a warm-up schedule. */
const WARM_UP = 300;

/** Of an empty function on nodejs24.x to twice that; `lambdascope coldstart` knows better. */
const ASSUMED_COLD_MS = '125-250';
const ASSUMED_MEAN_MS = '100';

/** Simulates, and prints what came of it. */
export async function forecast(args: readonly string[]): Promise<void> {
  const { values } = parsed(args, options);
  const isPlain =
    values.function === undefined &&
    (values.arrivals !== undefined || !existsSync('serverless.yml'));
  const deployed = isPlain
    ? undefined
    : await readFunction(process.cwd(), { name: values.function, stage: values.stage });
  const assumptions: string[] = [];
  const scenarios = await scenariosOf(values, deployed, assumptions);
  const seed = number(values.seed, '--seed');
  const { progress, end } = showProgress(scenarios.length);
  const courses = scenarios.map((scenario, i) =>
    outcomeOf(scenario, seed, (share) => progress(i + share, scenario.name)),
  );
  end();
  const outcomes = courses.map(({ outcome }) => outcome);
  const name = deployed?.name ?? null;
  const title = name ?? 'a function in plain numbers';
  if (values.chart !== undefined) await writeFile(values.chart, await chartOf(courses, title));
  if (values.json) {
    console.log(JSON.stringify(documentOf(outcomes, { name, seed, assumptions }), null, 2));
    return;
  }
  const { requests, intervals_by: by } = outcomes[0] as (typeof outcomes)[0];
  console.log(
    [
      `Forecast of ${title}: ${requests.toLocaleString('en')} requests, an estimate. Below each figure its 95 % interval, by ${by}.`,
      '',
      tableOf(outcomes),
      '',
      `Prices of ${PRICES_OF}, without the free tier.`,
      ...assumptions.map((assumption) => `Assumed: ${assumption}`),
      ...(values.chart === undefined ? [] : [`wrote ${values.chart}`]),
    ].join('\n'),
  );
}

/** On demand, with provisioned instances, and with a warm-up; each at the ends of what is not known. */
async function scenariosOf(
  values: Values,
  deployed: DeployedFunction | undefined,
  assumptions: string[],
): Promise<Scenario[]> {
  const limit = (given: string | undefined, flag: string, ofAws: number) =>
    given === undefined && deployed === undefined
      ? Number.POSITIVE_INFINITY
      : number(given ?? `${ofAws}`, flag);
  const traffic = trafficOf(values);
  const settings = {
    traffic,
    service: traffic.isTimed ? fixed(0) : await serviceOf(values, deployed, assumptions),
    lookEvery: number(values['look-every'], '--look-every'),
    takes: oneOfThese(['oldest', 'newest'], values.takes, '--takes'),
    concurrency: limit(values.concurrency, '--concurrency', deployed?.reserved ?? AWS.concurrency),
    growth: limit(values.growth, '--growth', AWS.growth),
  };
  const billing = billingOf(values, deployed, assumptions);
  const provisioned = deployed ? Math.max(deployed.provisioned, 3) : 0;
  const most = number(values.provisioned ?? `${provisioned}`, '--provisioned');
  const never = Number.POSITIVE_INFINITY;
  const kinds = [
    { name: 'on demand', provisioned: 0, pingEvery: never },
    ...Array.from({ length: most }, (_, i) => ({
      name: `${i + 1} provisioned`,
      provisioned: i + 1,
      pingEvery: never,
    })),
    { name: 'warm-up', provisioned: 0, pingEvery: WARM_UP },
  ].filter(({ name }) => name !== 'warm-up' || values['warm-up'] || deployed);
  const ends = endsOf(values, deployed, await expectedColdStart(values, deployed), assumptions);
  return kinds.flatMap(({ name, provisioned, pingEvery }) =>
    ends.map(({ keepAlive, coldStart, coldStartMs }) => ({
      name,
      coldStartMs,
      settings: { ...settings, provisioned, pingEvery, keepAlive, coldStart },
      billing: { ...billing, provisioned },
    })),
  );
}

function trafficOf(values: Values): Traffic {
  const rate = number(values.rate, '--rate');
  const seconds = number(values.duration, '--duration');
  if (values.trace !== undefined) return readTrace(values.trace, values.row);
  if (values.profile !== undefined) {
    return profile(oneOfThese(profileNames, values.profile, '--profile'), rate, seconds);
  }
  const kinds = { poisson, deterministic: evenly } as const;
  const kind = oneOfThese(keysOf(kinds), values.arrivals ?? 'poisson', '--arrivals');
  return kinds[kind](rate, seconds);
}

async function serviceOf(
  { service, variation, 'mean-ms': meanMs }: Values,
  deployed: DeployedFunction | undefined,
  assumptions: string[],
): Promise<Distribution> {
  const kinds = {
    exponential,
    deterministic: fixed,
    lognormal: (mean: number) => lognormal(mean, number(variation, '--variation')),
  } as const;
  if (Object.hasOwn(kinds, service)) {
    if (meanMs === undefined) {
      assumptions.push(`a warm request takes ${ASSUMED_MEAN_MS} ms (--mean-ms, --service).`);
    }
    const mean = number(meanMs ?? ASSUMED_MEAN_MS, '--mean-ms') / 1000;
    return kinds[oneOfThese(keysOf(kinds), service, '--service')](mean);
  }
  if (!/^https?:/.test(service)) return oneOf(samplesIn(service));
  if (deployed === undefined) throw new UsageError('--service URL needs a function: -f NAME.');
  return oneOf(await durationsAt(service, deployed.name));
}

/** What `lambdascope coldstart` has found of the function, when it was run in this folder and no flag says other. */
async function expectedColdStart(
  { 'cold-ms': coldMs, 'cold-starts': coldStarts }: Values,
  deployed: DeployedFunction | undefined,
): Promise<Range | undefined> {
  if (deployed === undefined || coldMs !== undefined || coldStarts !== undefined) return undefined;
  const stored = await readStored<ColdStartDocument>(process.cwd(), 'coldstart.json');
  return stored?.functions[deployed.name]?.expectedAwsMillis;
}

/** What is not known, at its ends: first short rests and slow starts, then long rests and fast ones. */
function endsOf(
  values: Values,
  deployed: DeployedFunction | undefined,
  expected: Range | undefined,
  assumptions: string[],
): { keepAlive: number; coldStart: Distribution; coldStartMs: number }[] {
  const keepAlive = range(values['keep-alive'], '--keep-alive');
  const { 'cold-ms': coldMs = ASSUMED_COLD_MS, 'cold-starts': coldStarts } = values;
  if (coldStarts === undefined && !/^[\d.-]+$/.test(coldMs)) {
    const samples = samplesIn(coldMs);
    const mean = samples.reduce((sum, one) => sum + one, 0) / samples.length;
    const coldStart = { coldStart: oneOf(samples), coldStartMs: mean * 1000 };
    return [...new Set([keepAlive.low, keepAlive.high])].map((one) => ({
      keepAlive: one,
      ...coldStart,
    }));
  }
  const isGiven = coldStarts !== undefined || values['cold-ms'] !== undefined;
  if (!isGiven && expected === undefined) {
    assumptions.push(
      `a cold start takes ${ASSUMED_COLD_MS} ms (lambdascope coldstart, --cold-ms).`,
    );
  }
  const given =
    coldStarts === undefined
      ? range(coldMs, '--cold-ms')
      : coldStartIn(coldStarts, deployed?.name ?? '');
  const cold = isGiven ? given : (expected ?? given);
  const isKnown = keepAlive.low === keepAlive.high && cold.low === cold.high;
  const bad = { keepAlive: keepAlive.low, coldStartMs: cold.high };
  const good = { keepAlive: keepAlive.high, coldStartMs: cold.low };
  return (isKnown ? [bad] : [bad, good]).map((one) => ({
    ...one,
    coldStart: fixed(one.coldStartMs / 1000),
  }));
}

function billingOf(
  values: Values,
  deployed: DeployedFunction | undefined,
  assumptions: string[],
): Billing {
  const { memory, architecture, region, api } = values;
  const asked = oneOfThese(regions, region ?? 'us-east-1', '--region');
  const isPriced = deployed === undefined || regions.some((one) => one === deployed.region);
  if (region === undefined && !isPriced) {
    assumptions.push(`prices of us-east-1: those of ${deployed.region} are not in the list.`);
  }
  const gateway = oneOfThese(['rest', 'http', 'none'], api ?? deployed?.api ?? 'rest', '--api');
  return {
    region:
      region === undefined ? (regions.find((one) => one === deployed?.region) ?? asked) : asked,
    architecture: oneOfThese(
      architectures,
      architecture ?? deployed?.architecture ?? 'x86_64',
      '--architecture',
    ),
    memoryMb: number(memory ?? `${deployed?.memoryMb ?? DEFAULT_MEMORY}`, '--memory'),
    provisioned: 0,
    api: gateway,
    logBytes: LOG_BYTES.metrics + (gateway === 'none' ? 0 : LOG_BYTES.access),
    metrics: KIT_METRICS,
  };
}
