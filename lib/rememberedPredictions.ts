/** Predictions until their labels come: remembered in the emulator; in AWS written down, as are the labels, to be joined. */
import { setProperties } from 'lambdascope/properties';
import { remember, take } from 'lambdascope/remember';
import type { Inference } from './inference.ts';
import { invalid } from './inputErrors.ts';
import type { Model } from './model.ts';
import { HttpProblem } from './problem.ts';
import type { Label } from './schemas.ts';

/** Keeps what was predicted for each row of a request, for its labels. */
export function rememberPredictions(
  requestId: string,
  { version }: Model,
  { classes }: Inference,
): void {
  remember(requestId, classes, version);
  setProperties({
    request_id: requestId,
    model_version: version,
    predictions: classCodes(classes),
  });
}

/**
 * The class that was predicted where a label belongs; so that there is one label of each prediction, nobody
 * gets it again. Nothing where predictions are not remembered: the label is written down then.
 *
 * @throws HttpProblem 404 never predicted, 409 labelled before, 410 too long ago, 422 no such row
 */
export async function takePrediction(
  { request_id, row = 0, class: name }: Label,
  { classes, version }: Model,
): Promise<string | undefined> {
  const taken = await take(request_id, row);
  if (taken === undefined) {
    const class_code = classCodes([classes.indexOf(name)]);
    setProperties({ request_id, row, class: name, class_code });
    return undefined;
  }
  switch (taken.kind) {
    case 'unknown':
      throw new HttpProblem('unknown_prediction', 'There was no prediction of this request id.');
    case 'takenBefore':
      throw new HttpProblem('already_labelled', 'This prediction has its label already.');
    case 'forgotten':
      throw new HttpProblem('prediction_forgotten', 'This prediction is too long ago.');
    case 'noSuchPart':
      throw invalid([{ pointer: '/row', detail: `must be less than ${taken.parts}` }]);
    default: {
      // Its number may be that of another class by now.
      const predicted = taken.note === version ? classes[taken.value] : undefined;
      if (predicted !== undefined) return predicted;
      throw new HttpProblem(
        'prediction_forgotten',
        `This prediction is of the model ${taken.note}, which is no longer served.`,
      );
    }
  }
}

/** Numbers of classes, two hexadecimal digits each: as short as what can be cut by index is. */
function classCodes(classes: Iterable<number>): string {
  return Buffer.from(Uint8Array.from(classes)).toString('hex');
}
