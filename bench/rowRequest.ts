/** The one request that every server of the benchmarks gets. */
import { model } from '../lib/servedModel.ts';

/** `POST /predict` with the example row of the model. */
export const rowRequest = {
  method: 'POST',
  path: '/predict',
  headers: { 'content-type': 'application/json', 'x-api-key': 'a-key-for-benchmarks' },
  body: JSON.stringify(
    Object.fromEntries(model.features.map(({ name, example }) => [name, example])),
  ),
} as const;
