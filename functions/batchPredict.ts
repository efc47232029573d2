/** `POST /predict/batch`: many rows, predictions in their order. */
import { chain } from '../lib/chain.ts';
import { infer } from '../lib/inference.ts';
import { jsonBody } from '../lib/jsonBody.ts';
import { model } from '../lib/model.ts';
import { observed, prediction } from '../lib/predictions.ts';
import { batchRows } from '../lib/rows.ts';
import type { BatchAnswer } from '../lib/schemas.ts';

/** Largest body, in bytes: 10,000 rows fit, and the escaped event stays below Lambda's 6 MB. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

export const handler = chain('batchPredict', (event) => {
  const rows = batchRows(jsonBody(event, MAX_BODY_BYTES), model);
  const inference = infer(model, rows);
  const answer: BatchAnswer = {
    predictions: Array.from({ length: inference.count }, (_, row) =>
      prediction(model, rows, inference, row),
    ),
    count: inference.count,
    out_of_distribution_count: inference.outOfDistributionCount,
    model_version: model.version,
    request_id: event.requestContext.requestId,
  };
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(answer),
    observed: { batchSize: inference.count, predictions: observed(model, rows, inference) },
  };
});
