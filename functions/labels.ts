/** `POST /labels`: the true class of a prediction, once it is known. */
import { span } from 'lambdascope/span';
import { chain } from '../lib/chain.ts';
import { jsonBody } from '../lib/jsonBody.ts';
import { labelIn } from '../lib/label.ts';
import { recordLabel } from '../lib/modelMetrics.ts';
import { takePrediction } from '../lib/rememberedPredictions.ts';
import type { LabelAccepted, LabelAnswer } from '../lib/schemas.ts';
import { model } from '../lib/servedModel.ts';

/** Largest body, in bytes: many times the longest way to write a label. */
const MAX_BODY_BYTES = 4 * 1024;

export const handler = chain('labels', async (event) => {
  const label = span('validate', () => labelIn(jsonBody(event, MAX_BODY_BYTES)));
  const { request_id, row = 0, class: name } = label;
  const prediction = await takePrediction(label, model);
  if (prediction === undefined) {
    return json<LabelAccepted>(202, {
      request_id,
      row,
      class: name,
      detail:
        'It is joined with its prediction later, in the log; whether there is one is not known here.',
    });
  }
  const model_version = model.version;
  recordLabel({ class: name, prediction, model_version });
  return json<LabelAnswer>(200, {
    request_id,
    row,
    class: name,
    prediction,
    correct: prediction === name,
    model_version,
  });
});

function json<Body extends object>(statusCode: number, body: Body) {
  return {
    statusCode,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}
