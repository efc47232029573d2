/** How much cold starts and bundles may grow: `custom.lambdascope.budget`. */
import type { Static } from 'typebox';
import { Type } from '../typebox.ts';
import { quantity, SIZE, TIME } from './quantity.ts';

const limits = {
  coldStart: Type.Optional(Type.String({ pattern: TIME, description: 'Growth, as 60ms.' })),
  bundle: Type.Optional(Type.String({ pattern: SIZE, description: 'Growth, as 10kB.' })),
};

/** The option. */
export const budgetSchema = Type.Object(
  {
    ...limits,
    functions: Type.Optional(
      Type.Record(Type.String(), Type.Object(limits, { additionalProperties: false }), {
        description: 'What differs, by function.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'By how much cold starts and bundles may grow in a change.',
  },
);

/** Most growth, in milliseconds and bytes; none: any. */
export interface Growth {
  readonly coldMillis: number | undefined;
  readonly bundleBytes: number | undefined;
}

/**
 * What a function may grow by.
 *
 * @param given goes before what the budget says of cold starts
 */
export function budgetOf(key: string, budget: Static<typeof budgetSchema>, given?: string): Growth {
  const { coldStart, bundle } = {
    ...budget,
    ...budget.functions?.[key],
    ...(given !== undefined && { coldStart: given }),
  };
  return {
    coldMillis: coldStart === undefined ? undefined : quantity(coldStart),
    bundleBytes: bundle === undefined ? undefined : quantity(bundle),
  };
}
