/** `POST /predict`: one row, one prediction. */
import { span } from 'lambdascope/span';
import { chain } from '../lib/chain.ts';
import { infer } from '../lib/inference.ts';
import { jsonBody } from '../lib/jsonBody.ts';
import { recordInference } from '../lib/modelMetrics.ts';
import { prediction } from '../lib/predictions.ts';
import { rememberPredictions } from '../lib/rememberedPredictions.ts';
import { instanceRow } from '../lib/rows.ts';
import type { PredictAnswer } from '../lib/schemas.ts';
import { model } from '../lib/servedModel.ts';

/** Largest body, in bytes: many times the longest way to write one row. */
const MAX_BODY_BYTES = 16 * 1024;

export const handler = chain('predict', (event) => {
  const row = span('validate', () => instanceRow(jsonBody(event, MAX_BODY_BYTES), model));
  const inference = infer(model, row);
  const { requestId } = event.requestContext;
  recordInference(model, row, inference);
  rememberPredictions(requestId, model, inference);
  const answer: PredictAnswer = {
    ...prediction(model, row, inference, 0),
    model_version: model.version,
    request_id: requestId,
  };
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(answer),
  };
});
