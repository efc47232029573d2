/** Writes the model card: what a model is, how good it is and how it was measured. */
import type { Artifact } from '../lib/artifact.ts';
import type { ReliabilityBin } from './calibrate.ts';
import type { Dataset } from './dataset.ts';
import { FOLDS } from './folds.ts';
import { markdownTable } from './markdownTable.ts';
import { type ForestOptions, forestBounds } from './trainForest.ts';
import { type TrainedModel, WARNING_RATE } from './trainModel.ts';

/** What came of the candidates on Iris, when they were tried; those that lost are gone. */
const SCORES_TRIED = `| score                                                               | false alarms | one value ten times too large | two values swapped | each value from another row | anywhere within the ranges |
| ------------------------------------------------------------------- | ------------ | ----------------------------- | ------------------ | --------------------------- | -------------------------- |
| Mahalanobis distance to the nearest class, one covariance           | 2 %          | 100 %                         | 99.9 %             | 72.6 %                      | 82.8 %                     |
| Mahalanobis distance to the nearest class, a covariance for each    | 1.3 %        | 100 %                         | 99.4 %             | 67.1 %                      | 82.3 %                     |
| Euclidean distance to the 5th nearest training row, features scaled | 0.7 %        | 99.5 %                        | 93.1 %             | 49.2 %                      | 56.7 %                     |
| Isolation forest                                                    | 2 %          | 7.4 %                         | 33.1 %             | 2.3 %                       | 11.7 %                     |`;

/** Renders a model card in Markdown. */
export function modelCard(
  data: Dataset,
  options: ForestOptions,
  trained: TrainedModel,
  { sha256, trainedAt, content }: Artifact,
): string {
  const { crossValidation, calibrated, forest } = trained;
  const { a, b, c } = calibrated.calibration;
  const splits = forest.nodes.filter((node) => node >= 0).length;
  const folds = crossValidation.foldAccuracies.map((accuracy) => accuracy.toFixed(3)).join(', ');
  return `# Model card: ${content.name}

Written by \`npm run train\`; do not edit.

${markdownTable(
  ['', ''],
  [
    ['Hash', `\`${sha256}\``],
    ['Trained', trainedAt],
    [
      'Data',
      `${data.source}: ${data.rows.length} rows, ${data.features.length} features, ${data.classes.length} classes`,
    ],
    [
      'Method',
      `random forest (ml-random-forest), ${options.trees} trees, each on a bootstrap sample of ${sampledRows(data.rows.length)} and on half of the features; seed ${options.seed}`,
    ],
    ['Size', `${splits} splits, ${forest.thresholds.length} distinct thresholds`],
  ],
)}

## Accuracy

**${crossValidation.accuracy.toFixed(4)}** in stratified ${FOLDS}-fold cross-validation; by fold ${folds}. Every figure here is from rows held out of training.

Rows by true class (down) and predicted class (across):

${markdownTable(
  ['', ...data.classes],
  crossValidation.confusion.map((line, index) => [data.classes[index] as string, ...line]),
)}

## Confidence

The confidence of a prediction is the share of trees that vote for it. What it is worth, on held-out rows:

${markdownTable(
  ['vote share', 'rows', 'mean vote share', 'accuracy', 'mean calibrated'],
  calibrated.reliability.filter(({ rows }) => rows > 0).map(reliabilityLine),
)}

Answers give the vote share. What it is calibrated to is what the estimated accuracy is made of: of a share s, 1 / (1 + exp(-(${short(a)} ln s - ${short(b)} ln(1 - s) + ${short(c)}))), a beta calibration on held-out rows. What follows has each row by those of the other folds, as has the last column.

${markdownTable(
  ['', 'vote share', 'calibrated'],
  [
    [
      `mean, where the accuracy is ${crossValidation.accuracy.toFixed(4)}`,
      calibrated.meanBefore.toFixed(4),
      calibrated.meanAfter.toFixed(4),
    ],
    [
      'expected calibration error, in ten bins',
      calibrated.errorBefore.toFixed(4),
      calibrated.errorAfter.toFixed(4),
    ],
  ],
)}

The mean is what an estimated accuracy rests on. Of so many rows an error of ${calibrated.errorByChance.toFixed(4)} is chance: were each right as often as is said, it would still be that in the mean.

Below ${trained.lowConfidence} an answer carries the warning \`low_confidence\`: ${percent(WARNING_RATE)} of held-out rows, or fewer, lie there.

## Training data

${markdownTable(
  ['feature', 'unit', 'min', 'deciles', 'max', 'mean'],
  trained.features.map(({ name, unit, min, deciles, max, mean }) => [
    name,
    unit,
    min,
    deciles.join(', '),
    max,
    Number(mean.toPrecision(5)),
  ]),
)}

## Out of distribution

A row is out of distribution when its Mahalanobis distance to the nearest class exceeds **${trained.threshold.toFixed(4)}**. The threshold comes from rows held out of the fit, so that ${percent(WARNING_RATE)} of rows like the training data exceed it.

How this score was chosen, on Iris: each candidate was set to 2 % of false alarms and then tried in 5-fold cross-validation on held-out rows, which it should let pass, and on rows made odd, which it should flag. Not all of these can be found: some odd rows fall among the real ones. The first one is served.

${SCORES_TRIED}

## Limits

The model knows the ${data.classes.length} classes above and always answers one of them. It says nothing of rows unlike the training data but that they are: heed the warning.
`;
}

/** What each tree was grown from. */
function sampledRows(rows: number): string {
  const { smallTable, rowsPerTree, depth } = forestBounds;
  if (rows <= smallTable) return 'the rows';
  const drawn = rows > rowsPerTree ? `${rowsPerTree} rows drawn for it` : 'the rows';
  return `${drawn}, at most ${depth} splits deep,`;
}

/** A line of the reliability curve. */
function reliabilityLine(bin: ReliabilityBin): (string | number)[] {
  const { from, to, rows, confidence, accuracy, calibrated } = bin;
  return [
    `${short(from)} to ${short(to)}`,
    rows,
    ...[confidence, accuracy, calibrated].map((mean) => mean.toFixed(3)),
  ];
}

function short(share: number): number {
  return Number(share.toFixed(3));
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
