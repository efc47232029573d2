/** What every contender of the benchmarks is asked. */
import { model } from '../lib/servedModel.ts';
import { createRandom } from '../tools/load/random.ts';
import { createSampler, type Row } from '../tools/load/sampler.ts';

/** `POST /predict` with the example row of the model. */
export const rowRequest = {
  method: 'POST',
  path: '/predict',
  headers: { 'content-type': 'application/json', 'x-api-key': 'a-key-for-benchmarks' },
  body: JSON.stringify(
    Object.fromEntries(model.features.map(({ name, example }) => [name, example])),
  ),
} as const;

/** Rows like the training data, always the same. */
export function realRows(count: number): Row[] {
  const sampler = createSampler(model, createRandom(7));
  return Array.from({ length: count }, () => sampler.real());
}
