/** `POST /predict/batch`: many rows, predictions in their order. */
import { span } from 'lambdascope/span';
import { chain } from '../lib/chain.ts';
import { infer } from '../lib/inference.ts';
import { jsonBody } from '../lib/jsonBody.ts';
import { metrics, recordInference } from '../lib/modelMetrics.ts';
import { predictionsJson } from '../lib/predictions.ts';
import { HttpProblem } from '../lib/problem.ts';
import { rememberPredictions } from '../lib/rememberedPredictions.ts';
import { batchRows } from '../lib/rows.ts';
import type { BatchAnswer } from '../lib/schemas.ts';
import { model } from '../lib/servedModel.ts';

/** Largest body, in bytes: 10,000 rows fit, and the escaped event stays below Lambda's 6 MB. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Largest answer, in bytes: what Lambda can return, less the escapes of a JSON string in a JSON document. */
const MAX_ANSWER_BYTES = 5 * 1024 * 1024;

export const handler = chain('batchPredict', (event) => {
  const rows = span('validate', () => batchRows(jsonBody(event, MAX_BODY_BYTES), model));
  const inference = infer(model, rows);
  const { requestId } = event.requestContext;
  const envelope: Omit<BatchAnswer, 'predictions'> = {
    count: inference.count,
    out_of_distribution_count: inference.outOfDistributionCount,
    model_version: model.version,
    request_id: requestId,
  };
  const body = `{"predictions":${predictionsJson(model, rows, inference)},${JSON.stringify(envelope).slice(1)}`;
  if (body.length > MAX_ANSWER_BYTES) {
    throw new HttpProblem(
      'content_too_large',
      'The answer would be larger than Lambda can return; send fewer rows at a time.',
    );
  }
  metrics.batchSize.observe({}, inference.count);
  recordInference(model, rows, inference);
  rememberPredictions(requestId, model, inference);
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body,
  };
});
