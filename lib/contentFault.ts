/** Looks for what training cannot have written in an artifact's content. Part of the build, not of a cold start. */
import type { ArtifactContent } from './artifactContent.ts';
import type { Calibration } from './calibration.ts';
import { type ForestTable, treeCount } from './forestTable.ts';
import type { Feature } from './model.ts';
import { hasControlCharacter, MAX_CLASSES, RESERVED_NAME } from './names.ts';

/** The decoded arrays of a content. */
export interface ContentTables {
  readonly forest: ForestTable;
  readonly means: Float64Array;
  readonly whitening: Float64Array;
}

/** A vote count has 16 bits, as has the number of a threshold's feature. */
const MAX_16_BITS = 0xffff;

/** Ten of a hundred, twenty of a hundred and so on. */
const MAX_DECILES = 9;

/** What is wrong, each with the path of its field. A look may rely on those before it. */
type Faults = Generator<string, void>;

/**
 * The first thing that is wrong, with the path of its field; undefined when training can have
 * written all of it.
 *
 * @param content parsed JSON in which `features` and `classes` are lists of something, and all else may be anything
 * @param tables its arrays, of the sizes that go with those
 */
export function contentFault(content: ArtifactContent, tables: ContentTables): string | undefined {
  return contentFaults(content, tables).next().value ?? undefined;
}

function* contentFaults(content: ArtifactContent, tables: ContentTables): Faults {
  const { name, trainingRows, features, classes, lowConfidence, outOfDistribution } = content;
  if (!isName(name)) yield 'name is no name';
  if (!Number.isInteger(trainingRows) || trainingRows < 1) yield 'trainingRows is no count';
  if (features.length > MAX_16_BITS) {
    yield `features has ${features.length} entries, more than ${MAX_16_BITS}`;
  }
  for (const [index, feature] of features.entries()) {
    yield* featureFaults(`features[${index}]`, feature, trainingRows);
  }
  yield* nameFaults(features.map((feature, index) => [`features[${index}].name`, feature.name]));
  if (classes.length < 2 || classes.length > MAX_CLASSES) {
    yield `classes has ${classes.length} entries, not 2 to ${MAX_CLASSES}`;
  }
  yield* nameFaults(classes.map((className, index) => [`classes[${index}]`, className]));
  if (!isShare(lowConfidence)) yield 'lowConfidence is no share';
  yield* heldOutFaults(content);
  yield* calibrationFaults(content.calibration);
  yield* encodingFaults(content, tables);
  yield* forestFaults(tables.forest);
  const { threshold, falseAlarmRate } = outOfDistribution;
  if (!Number.isFinite(threshold) || threshold < 0) {
    yield 'outOfDistribution.threshold is no distance';
  }
  if (!isShare(falseAlarmRate)) yield 'outOfDistribution.falseAlarmRate is no share';
  yield* valueFaults('outOfDistribution.means', tables.means);
  yield* valueFaults('outOfDistribution.whitening', tables.whitening);
  for (let index = 0; index < features.length; index += 1) {
    if ((tables.whitening[index * features.length + index] as number) <= 0) {
      yield `outOfDistribution.whitening has nothing above 0 for ${features[index]?.name}`;
    }
  }
}

function* featureFaults(path: string, feature: Feature, trainingRows: number): Faults {
  if (typeof feature !== 'object' || feature === null) yield `${path} is no feature`;
  const { unit, minimum = 0, min, max, mean, example, deciles, cumulativeCounts } = feature;
  if (typeof unit !== 'string' || hasControlCharacter(unit)) yield `${path}.unit is no unit`;
  for (const [name, value] of Object.entries({ minimum, min, max, mean, example })) {
    if (!Number.isFinite(value)) yield `${path}.${name} is no number`;
  }
  if (min > max) yield `${path}.min is above max`;
  if (example < min || example > max) yield `${path}.example is not from min to max`;
  if (!isRising(deciles) || deciles.length > MAX_DECILES) {
    yield `${path}.deciles is no list of 1 to ${MAX_DECILES} rising numbers`;
  }
  if ((deciles[0] as number) < min || (deciles.at(-1) as number) > max) {
    yield `${path}.deciles are not from min to max`;
  }
  if (!isRising(cumulativeCounts) || cumulativeCounts.length !== deciles.length) {
    yield `${path}.cumulativeCounts is no list of rising numbers, one a decile`;
  }
  if (
    !cumulativeCounts.every(
      (count) => Number.isInteger(count) && count > 0 && count <= trainingRows,
    )
  ) {
    yield `${path}.cumulativeCounts are no counts of ${trainingRows} rows`;
  }
}

function* nameFaults(names: readonly (readonly [path: string, name: unknown])[]): Faults {
  const seen = new Set<unknown>();
  for (const [path, name] of names) {
    if (!isName(name) || name === RESERVED_NAME) yield `${path} is no name`;
    if (seen.has(name)) yield `${path} is there twice`;
    seen.add(name);
  }
}

function* heldOutFaults({ heldOut, classes, trainingRows }: ArtifactContent): Faults {
  const { predictions, right } = heldOut;
  const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 0;
  if (predictions.length !== classes.length || !predictions.every(isCount)) {
    yield 'heldOut.predictions is no count for each class';
  }
  if (predictions.reduce((sum, count) => sum + count, 0) !== trainingRows) {
    yield `heldOut.predictions are not of ${trainingRows} rows`;
  }
  if (!isCount(right) || right > trainingRows) yield 'heldOut.right is no count of rows';
}

function* calibrationFaults({ a, b }: Calibration): Faults {
  for (const [name, weight] of Object.entries({ a, b })) {
    if (weight < 0) yield `calibration.${name} is below 0`;
  }
}

/** Anything that is no base64 is passed over on decoding. */
function* encodingFaults(
  { forest, outOfDistribution }: ArtifactContent,
  tables: ContentTables,
): Faults {
  const { thresholds, starts, nodes } = tables.forest;
  const arrays: readonly [string, string, ArrayBufferView][] = [
    ['forest.thresholds', forest.thresholds, thresholds],
    ['forest.starts', forest.starts, starts],
    ['forest.nodes', forest.nodes, nodes],
    ['outOfDistribution.means', outOfDistribution.means, tables.means],
    ['outOfDistribution.whitening', outOfDistribution.whitening, tables.whitening],
  ];
  for (const [path, text, { buffer }] of arrays) {
    if (Buffer.from(buffer).toString('base64') !== text) yield `${path} is not base64`;
  }
}

function* forestFaults(forest: ForestTable): Faults {
  const { thresholds, starts, nodes, featureCount, classCount } = forest;
  yield* valueFaults('forest.thresholds', thresholds);
  if (starts[0] !== 0 || starts[featureCount] !== thresholds.length) {
    yield `forest.starts does not go from 0 to ${thresholds.length}, the number of thresholds`;
  }
  for (let feature = 0; feature < featureCount; feature += 1) {
    const [start, end] = [starts[feature] as number, starts[feature + 1] as number];
    if (end < start) yield `forest.starts falls after entry ${feature}`;
    if (start < end && !isRising([...thresholds.subarray(start, end)])) {
      yield `forest.thresholds does not rise within feature ${feature}`;
    }
  }
  // Nodes to come until the tree at hand is whole.
  let open = 0;
  for (const [index, node] of nodes.entries()) {
    if (node >= thresholds.length || ~node >= classCount) {
      yield `forest.nodes[${index}] is ${node}: no threshold, and no class`;
    }
    open = Math.max(open, 1) + (node < 0 ? -1 : 1);
  }
  if (open > 0) yield `forest.nodes ends within a tree`;
  const trees = treeCount(forest);
  if (trees < 1 || trees > MAX_16_BITS)
    yield `forest.nodes holds ${trees} trees, not 1 to ${MAX_16_BITS}`;
}

function* valueFaults(path: string, values: Float64Array): Faults {
  const index = values.findIndex((value) => !Number.isFinite(value));
  if (index >= 0) yield `${path}[${index}] is ${values[index]}`;
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !hasControlCharacter(value);
}

function isShare(value: number): boolean {
  return Number.isFinite(value) && value >= 0 && value <= 1;
}

/** Whether it is a list of numbers, one at least, each above the one before. */
function isRising(values: readonly number[]): boolean {
  return (
    Array.isArray(values) &&
    values.length > 0 &&
    values.every(
      (value, i) => Number.isFinite(value) && (i === 0 || value > (values[i - 1] as number)),
    )
  );
}
