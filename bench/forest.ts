/** The forest evaluator and the out-of-distribution check, beside the library that the forest is trained with. */
import { countVotes, winners } from '../lib/forest.ts';
import { infer } from '../lib/inference.ts';
import { distances } from '../lib/outOfDistribution.ts';
import { model } from '../lib/servedModel.ts';
import { countByWalking } from '../lib/treeWalk.ts';
import { irisDataset } from '../model/dataset.ts';
import { trainForest } from '../model/trainForest.ts';
import { sideBySide } from './measure.ts';
import { realRows } from './rowRequest.ts';
import type { Section } from './section.ts';
import { time, times } from './units.ts';

const ROWS = 10_000;
const SEED = 42;
/** Goals, in seconds. */
const ROW_GOAL = 1e-6;
const BATCH_GOAL = 10e-3;

/** Time a row, the same rows for everyone. */
export async function forest(): Promise<Section> {
  const { forest: ours, outOfDistribution, features } = model;
  const walk = ours.walk();
  const lists = realRows(ROWS).map((row) => [...row]);
  const rows = Float64Array.from(lists.flat());
  const each = lists.map((row) => Float64Array.from(row));
  const iris = irisDataset();
  const theirs = trainForest(iris.rows, iris.labels, { trees: ours.trees, seed: SEED });

  const measured = await sideBySide({
    'ml-random-forest, its own predict': { run: () => theirs.predict(lists), per: ROWS },
    'the same trees, walked in flat arrays': {
      run: () => {
        const votes = new Uint16Array(ROWS * ours.classCount);
        for (let row = 0; row < ROWS; row += 1) countByWalking(walk, rows, row, votes);
        return winners(ours, rows, votes);
      },
      per: ROWS,
    },
    'ours: leaf bits, all rows in a call': {
      run: () => winners(ours, rows, countVotes(ours, rows)),
      per: ROWS,
    },
    'ours, a call for each row': {
      run: () => {
        for (const row of each) winners(ours, row, countVotes(ours, row));
      },
      per: ROWS,
    },
    'out-of-distribution check': { run: () => distances(outOfDistribution, rows), per: ROWS },
    'inference: both, with confidences': { run: () => infer(model, rows), per: ROWS },
  });
  const theirSeconds = measured['ml-random-forest, its own predict'];
  const one = measured['ours, a call for each row'];
  const batch = measured['ours: leaf bits, all rows in a call'] * ROWS;
  return {
    title: 'Forest',
    how: `${ours.trees} trees, ${features.length} features, ${ROWS.toLocaleString('en')} rows drawn like the training data; the contenders in turn, median of 9 rounds.`,
    columns: ['what', 'a row', `${ROWS.toLocaleString('en')} rows`, 'times as fast'],
    rows: Object.entries(measured).map(([name, seconds]) => [
      name,
      time(seconds),
      time(seconds * ROWS),
      times(theirSeconds / seconds),
    ]),
    findings: [
      `One row in a call of its own takes ${time(one)} (goal: at most ${time(ROW_GOAL)}): ${verdict(one <= ROW_GOAL)}.`,
      `${ROWS.toLocaleString('en')} rows take ${time(batch)} (goal: at most ${time(BATCH_GOAL)}): ${verdict(batch <= BATCH_GOAL)}.`,
    ],
  };
}

function verdict(met: boolean): string {
  return met ? 'met' : 'not met';
}
