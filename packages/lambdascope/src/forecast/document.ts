/** What `lambdascope forecast --json` prints. */
import type { Static } from 'typebox';
import { Type } from '../typebox.ts';
import { type Outcome, outcomeSchema } from './outcome.ts';
import { PRICES_OF } from './prices.ts';

/** The first scenario's figures, and then all of them. */
export const documentSchema = Type.Intersect([
  outcomeSchema,
  Type.Object({
    /** Of whose serverless.yml it was read; null: plain numbers. */
    function: Type.Union([Type.String(), Type.Null()]),
    seed: Type.Integer(),
    prices_of: Type.String(),
    /** What was taken where nothing was said or measured. */
    assumptions: Type.Array(Type.String()),
    scenarios: Type.Array(outcomeSchema),
  }),
]);

export type Document = Static<typeof documentSchema>;

/** The document of some scenarios; there must be one. */
export function documentOf(
  outcomes: readonly Outcome[],
  { name, seed, assumptions }: { name: string | null; seed: number; assumptions: string[] },
): Document {
  return {
    ...(outcomes[0] as Outcome),
    function: name,
    seed,
    prices_of: PRICES_OF,
    assumptions,
    scenarios: [...outcomes],
  };
}
