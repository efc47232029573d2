/** How cost grows: with rows, trees, depth, classes, series and instances. */
import { createAggregator } from 'lambdascope/emulator/aggregator';
import { countVotes, prepareForest } from '../lib/forest.ts';
import { infer } from '../lib/inference.ts';
import { metrics } from '../lib/modelMetrics.ts';
import { model } from '../lib/servedModel.ts';
import { forestTable, trainForest } from '../model/trainForest.ts';
import { createRandom } from '../tools/load/random.ts';
import { createSampler } from '../tools/load/sampler.ts';
import { median, sideBySide } from './measure.ts';
import { type Line, lineChart } from './plot.ts';
import type { Section } from './section.ts';
import { startOurs } from './servers.ts';
import { throughput } from './throughput.ts';
import { time } from './units.ts';

/** Rows that each forest evaluates in a call. */
const BATCH = 1000;
const FEATURES = 4;
const SEED = 1;

/** Time that the emulator gets at each number of instances, in seconds. */
const SLICE = 2;
const ROUNDS = 5;

/** A size and the seconds that one unit takes there. */
type Step = readonly [size: number, seconds: number];

/** Measures one contender a size, side by side. */
async function grow(
  sizes: readonly number[],
  contender: (size: number) => { run(): unknown; per: number },
): Promise<Step[]> {
  const contenders = Object.fromEntries(sizes.map((size) => [`${size}`, contender(size)]));
  const seconds = await sideBySide(contenders);
  return sizes.map((size) => [size, seconds[`${size}`] ?? Number.NaN]);
}

/** Rows as real ones, of the model that is served. */
function realRows(count: number): Float64Array {
  const sampler = createSampler(model, createRandom(SEED));
  return Float64Array.from(Array.from({ length: count }, () => sampler.real()).flat());
}

/** The votes of a forest that learned rows of noise: its trees are as deep as the rows are many. */
function noiseForest(rowCount: number, classCount: number, trees: number) {
  const random = createRandom(SEED);
  const rows = Array.from({ length: rowCount }, () =>
    Array.from({ length: FEATURES }, () => random.uniform()),
  );
  const labels = rows.map((_, index) => index % classCount);
  const trained = trainForest(rows, labels, { trees, seed: SEED });
  const forest = prepareForest(forestTable(trained, FEATURES, classCount));
  const batch = Float64Array.from({ length: BATCH * FEATURES }, () => random.uniform());
  return { run: () => countVotes(forest, batch), per: BATCH };
}

/** Growing one tree of a table of rows that overlap. */
function training(rowCount: number, featureCount = FEATURES, classCount = 3) {
  const random = createRandom(SEED);
  const labels = Array.from({ length: rowCount }, (_, index) => index % classCount);
  const rows = labels.map((label) =>
    Array.from({ length: featureCount }, () => label + random.normal()),
  );
  return { run: () => trainForest(rows, labels, { trees: 1, seed: SEED }), per: 1 };
}

/** The text of a registry with so many functions. */
function metricsText(functions: number) {
  const routes = Array.from({ length: functions }, (_, index) => ({
    function: `function${index}`,
    method: 'POST',
    route: `/route${index}`,
  }));
  const aggregator = createAggregator({ routes, clients: [] });
  aggregator.define(Object.values(metrics).map(({ definition }) => definition));
  return { run: () => aggregator.registry.metrics(), per: 1 };
}

async function seriesOf(functions: number): Promise<number> {
  const text = await metricsText(functions).run();
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
}

/** Seconds a request through the emulator, by the number of instances that answer at once. */
async function instances(sizes: readonly number[]): Promise<Step[]> {
  const server = await startOurs();
  const rates = new Map<number, number[]>(sizes.map((size) => [size, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const size of sizes) {
      const rate = await throughput(server, size, SLICE);
      if (round > 0) rates.get(size)?.push(rate);
    }
  }
  await server.stop();
  return sizes.map((size) => [size, 1 / median(rates.get(size) ?? [])]);
}

/** Every growth, as one table and two plots. */
export async function growth(): Promise<Section> {
  const rows = await grow([1, 10, 100, 1000, 10_000], (count) => {
    const batch = realRows(count);
    return { run: () => infer(model, batch), per: count };
  });
  const trees = await grow([10, 30, 100, 300, 1000], (count) => noiseForest(150, 3, count));
  const depth = await grow([30, 100, 300], (count) => noiseForest(count, 3, 100));
  const classes = await grow([2, 5, 10, 20, 50], (count) => noiseForest(300, count, 100));
  const trained = await grow([100, 1000, 10_000, 100_000], (count) => training(count));
  const trainedFeatures = await grow([2, 20, 200], (count) => training(600, count));
  const trainedClasses = await grow([4, 32, 256], (count) => training(2560, FEATURES, count));
  const functions = await grow([1, 4, 16, 64], metricsText);
  const series = await Promise.all(
    functions.map(async ([size, seconds]): Promise<Step> => [await seriesOf(size), seconds]),
  );
  const atOnce = await instances([1, 2, 4, 8, 16, 32]);

  const forestLines: Line[] = [
    { name: 'rows in a call', points: rows },
    { name: 'trees', points: trees },
    { name: 'training rows (depth)', points: depth },
    { name: 'classes', points: classes },
  ];
  const first = rows[0]?.[1] ?? Number.NaN;
  const last = rows.at(-1)?.[1] ?? Number.NaN;
  const cell = ([size, seconds]: Step) => `${size.toLocaleString('en')}: ${time(seconds)}`;
  return {
    title: 'Growth',
    how: `Each line is measured side by side, median of 9 rounds. Rows: the served model with its out-of-distribution check, time a row. Trees, depth and classes: forests that learned noise, the worst there is, time a row in batches of ${BATCH.toLocaleString('en')}. Training: one tree, of a table with 4 features and 3 classes that overlap, of 600 rows with more features, of 2,560 with more classes. Series: writing \`/metrics\` once. Instances: time a request through the emulator.`,
    columns: ['what grows', 'size: time'],
    rows: [
      ['rows in a call', rows.map(cell).join(', ')],
      ['trees', trees.map(cell).join(', ')],
      ['training rows (depth)', depth.map(cell).join(', ')],
      ['classes', classes.map(cell).join(', ')],
      ['rows to train on', trained.map(cell).join(', ')],
      ['features to train on', trainedFeatures.map(cell).join(', ')],
      ['classes to train on', trainedClasses.map(cell).join(', ')],
      ['series', series.map(cell).join(', ')],
      ['instances at once', atOnce.map(cell).join(', ')],
    ],
    findings: [
      `A row costs ${time(first)} alone and ${time(last)} among 10,000: ${last <= first ? 'falling' : 'rising'}.`,
      `Each tree costs a row ${trees.map(([size, seconds]) => `${time(seconds / size)} in a forest of ${size.toLocaleString('en')}`).join(', ')}.`,
    ],
    plots: [
      {
        name: 'growth-forest',
        title: 'Time a row by rows, trees, depth and classes',
        svg: lineChart({
          title: 'Evaluating the forest',
          x: 'size',
          y: 'µs a row',
          lines: forestLines.map(({ name, points }) => ({
            name,
            points: points.map(([size, seconds]) => [size, seconds * 1e6] as const),
          })),
        }),
      },
      {
        name: 'growth-emulator',
        title: 'Time a request by instances at once, and time to write the metrics by series',
        svg: lineChart({
          title: 'Around the forest',
          x: 'size',
          y: 'ms',
          lines: [
            { name: 'request, by instances', points: atOnce.map(([size, s]) => [size, s * 1e3]) },
            { name: '/metrics, by series', points: series.map(([size, s]) => [size, s * 1e3]) },
          ],
        }),
      },
    ],
  };
}
