/** From a parsed body to a label, or to every reason why not. */
import { inputErrors, invalid } from './inputErrors.ts';
import type { Label } from './schemas.ts';
import { validateLabel } from './validators.generated.js';

/**
 * The label in a body.
 *
 * @throws HttpProblem 422, naming every field at fault.
 */
export function labelIn(body: unknown): Label {
  if (!validateLabel(body)) throw invalid(inputErrors(validateLabel.errors, ''));
  return body;
}
