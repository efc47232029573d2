/** Trains a model and writes its artifact. */
import { writeFileSync } from 'node:fs';
import { CholeskyDecomposition, inverse, Matrix } from 'ml-matrix';
import { RandomForestClassifier } from 'ml-random-forest';
import {
  ARTIFACT_FORMAT,
  type Artifact,
  type ArtifactContent,
  contentHash,
} from '../lib/artifact.ts';
import { iris } from './dataset.ts';

const data = iris();
const forest = new RandomForestClassifier({
  seed: 42,
  nEstimators: 100,
  maxFeatures: 0.5,
  replacement: false,
  useSampleBagging: true,
  noOOB: true,
});
forest.train(data.rows as number[][], data.labels as number[]);
const features: number[] = [];
const values: number[] = [];
interface TreeNode {
  readonly left?: TreeNode;
  readonly right?: TreeNode;
  readonly splitColumn: number;
  readonly splitValue: number;
  readonly distribution: Matrix;
}
function emit(node: TreeNode, index: number[]): void {
  if (node.left && node.right) {
    features.push(index[node.splitColumn] as number);
    values.push(node.splitValue);
    emit(node.left, index);
    emit(node.right, index);
  } else {
    features.push(-1);
    values.push(node.distribution.maxRowIndex(0)[1] as number);
  }
}
forest.estimators?.forEach((e, i) => {
  emit((e as unknown as { root: TreeNode }).root, forest.indexes?.[i] as number[]);
});
const F = data.features.length;
const means: number[] = [];
const whitenings: number[] = [];
data.classes.forEach((_, c) => {
  const X = data.rows.filter((_, i) => data.labels[i] === c);
  const mean = data.features.map((_, j) => X.reduce((s, r) => s + (r[j] as number), 0) / X.length);
  means.push(...mean);
  const cov = Matrix.zeros(F, F);
  for (const r of X)
    for (let i = 0; i < F; i++)
      for (let j = 0; j < F; j++)
        cov.set(
          i,
          j,
          cov.get(i, j) +
            (((r[i] as number) - (mean[i] as number)) * ((r[j] as number) - (mean[j] as number))) /
              (X.length - 1),
        );
  const L = new CholeskyDecomposition(cov).lowerTriangularMatrix;
  whitenings.push(...inverse(L).to1DArray());
});
const b64 = (a: Int16Array | Float64Array) => Buffer.from(a.buffer).toString('base64');
const content: ArtifactContent = {
  name: `${data.name}-forest`,
  trainingRows: data.rows.length,
  features: data.features.map(({ name, unit }, j) => {
    const column = data.rows.map((r) => r[j] as number).sort((a, b) => a - b);
    const n = column.length;
    const deciles = [
      ...new Set(
        Array.from({ length: 9 }, (_, k) => column[Math.ceil(((k + 1) * n) / 10) - 1] as number),
      ),
    ];
    return {
      name,
      unit,
      minimum: 0,
      min: column[0] as number,
      max: column[n - 1] as number,
      mean: column.reduce((a, b) => a + b, 0) / n,
      example: data.rows[0]?.[j] as number,
      deciles,
      cumulativeCounts: deciles.map((d) => column.filter((v) => v <= d).length),
    };
  }),
  classes: data.classes,
  lowConfidence: 0.6,
  forest: { features: b64(Int16Array.from(features)), values: b64(Float64Array.from(values)) },
  outOfDistribution: {
    threshold: 4,
    falseAlarmRate: 0.02,
    means: b64(Float64Array.from(means)),
    whitenings: b64(Float64Array.from(whitenings)),
  },
};
const artifact: Artifact = {
  format: ARTIFACT_FORMAT,
  sha256: contentHash(content),
  trainedAt: new Date().toISOString(),
  content,
};
writeFileSync(new URL('artifact.json', import.meta.url), `${JSON.stringify(artifact, null, 1)}\n`);
