/** The one schema of every body, from which validators, TypeScript types and OpenAPI come. Used at build time; a handler imports its types only. */
import Type, { type Static } from 'typebox';
import { markdownCode } from './markdownCode.ts';
import type { Feature } from './model.ts';

/** Largest batch, in rows. */
export const MAX_ROWS = 10_000;

/** What a schema must know of a feature. */
export type FeatureSchema = Pick<Feature, 'name' | 'unit' | 'minimum' | 'min' | 'max'>;

/** One row by feature name. */
export function instanceSchema(features: readonly FeatureSchema[]) {
  const properties = Object.fromEntries(
    features.map(({ name, unit, minimum, min, max }) => [
      name,
      Type.Number({
        description: `${unit === '' ? '' : `In ${markdownCode(unit)}; `}${min} to ${max} in the training data.`,
        ...(minimum === undefined ? {} : { minimum }),
      }),
    ]),
  );
  return Type.Object(properties, { additionalProperties: false, title: 'Instance' });
}

/** Many rows, each by feature name: the form of KServe and TensorFlow Serving. */
export function instancesSchema<Row extends Type.TSchema>(row: Row) {
  return Type.Object(
    { instances: Type.Array(row, { minItems: 1, maxItems: MAX_ROWS }) },
    { additionalProperties: false, title: 'Instances' },
  );
}

/** One row of a table: the numbers in the order of its columns. */
export function columnsRowSchema<Value extends Type.TSchema>(
  features: readonly FeatureSchema[],
  value: Value,
) {
  return Type.Array(value, { minItems: features.length, maxItems: features.length });
}

/** A number in any column: of the features' minimums it can tell the one that all share. */
export function anyColumnSchema(features: readonly FeatureSchema[]) {
  const [minimum, ...others] = new Set(features.map((feature) => feature.minimum));
  return Type.Number(minimum === undefined || others.length > 0 ? {} : { minimum });
}

/** Many rows as a table: the column names once, in any order, then the numbers. */
export function columnsSchema<Row extends Type.TSchema>(
  features: readonly FeatureSchema[],
  row: Row,
) {
  const names = features.map(({ name }) => name);
  return Type.Object(
    {
      columns: Type.Array(Type.Enum(names, { type: 'string' }), {
        minItems: names.length,
        maxItems: names.length,
        uniqueItems: true,
      }),
      data: Type.Array(row, {
        minItems: 1,
        maxItems: MAX_ROWS,
        description: 'Numbers in the order of the columns, each as the field of its name may be.',
      }),
    },
    { additionalProperties: false, title: 'Columns' },
  );
}

/** What a prediction came true as. */
export function labelSchema<const Class extends string>(classes: readonly Class[]) {
  return Type.Object(
    {
      request_id: Type.String({
        description: 'Of the prediction: `request_id` in its answer.',
      }),
      row: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: MAX_ROWS - 1,
          default: 0,
          description: 'Index of the row in its batch.',
        }),
      ),
      class: Type.Enum([...classes], { type: 'string', description: 'The true class.' }),
    },
    { additionalProperties: false, title: 'Label' },
  );
}

const Share = Type.Number({ minimum: 0, maximum: 1 });

/** A feature without which a row would not be out of distribution. */
export const FeatureAtFault = Type.Object(
  {
    name: Type.String(),
    value: Type.Number(),
    min: Type.Number({ description: 'Smallest value in the training data.' }),
    max: Type.Number({ description: 'Largest value in the training data.' }),
  },
  { title: 'FeatureAtFault' },
);

/** Why an answer should not be trusted blindly. */
export const Warning = Type.Union(
  [
    Type.Object({
      code: Type.Literal('out_of_distribution'),
      detail: Type.String(),
      score: Type.Number(),
      threshold: Type.Number(),
      features: Type.Array(FeatureAtFault),
    }),
    Type.Object({
      code: Type.Literal('low_confidence'),
      detail: Type.String(),
      score: Share,
      threshold: Share,
    }),
  ],
  { title: 'Warning' },
);

/** The answer for one row. */
export const Prediction = Type.Object(
  {
    prediction: Type.String({ description: 'The class with the most votes.' }),
    probabilities: Type.Record(Type.String(), Share, {
      description:
        'Share of the trees that vote for each class: not calibrated, so no probability of being right.',
    }),
    confidence: Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'Vote share of the predicted class, not calibrated.',
    }),
    out_of_distribution: Type.Boolean(),
    warnings: Type.Array(Warning),
  },
  { title: 'Prediction' },
);

const served = { model_version: Type.String(), request_id: Type.String() };

/** What `POST /predict` answers. */
export const PredictAnswer = Type.Object(
  { ...Prediction.properties, ...served },
  { title: 'PredictAnswer' },
);

/** What `POST /predict/batch` answers; predictions are in the order of the rows. */
export const BatchAnswer = Type.Object(
  {
    predictions: Type.Array(Prediction),
    count: Type.Integer({ minimum: 1, maximum: MAX_ROWS }),
    out_of_distribution_count: Type.Integer({ minimum: 0, maximum: MAX_ROWS }),
    ...served,
  },
  { title: 'BatchAnswer' },
);

const labelled = {
  request_id: Type.String({ description: 'Of the prediction.' }),
  row: Type.Integer({ minimum: 0, maximum: MAX_ROWS - 1 }),
  class: Type.String({ description: 'The true class.' }),
};

/** What `POST /labels` answers where predictions are remembered: in the emulator. */
export const LabelAnswer = Type.Object(
  {
    ...labelled,
    prediction: Type.String({ description: 'The class that was predicted.' }),
    correct: Type.Boolean({ description: 'Whether they are the same.' }),
    model_version: Type.String({ description: 'Of the model that predicted.' }),
  },
  { title: 'LabelAnswer' },
);

/** What it answers where they are not: in AWS. */
export const LabelAccepted = Type.Object(
  { ...labelled, detail: Type.String() },
  { title: 'LabelAccepted' },
);

/** What `GET /` answers. */
export const HealthAnswer = Type.Object(
  {
    status: Type.Literal('ok'),
    service: Type.String(),
    version: Type.String(),
    coldStart: Type.Boolean({ description: 'Whether this very request started the instance.' }),
    uptimeSeconds: Type.Number({ description: 'Age of the instance.' }),
    model: Type.Object({
      name: Type.String(),
      version: Type.String(),
      sha256: Type.String(),
      trainedAt: Type.String({ format: 'date-time' }),
    }),
  },
  { title: 'HealthAnswer' },
);

/** Every error (RFC 9457). */
export const Problem = Type.Object(
  {
    type: Type.String({ format: 'uri' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    instance: Type.String({ format: 'uri' }),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          pointer: Type.String({ description: 'JSON pointer (RFC 6901) into the body.' }),
          detail: Type.String(),
        }),
        { description: 'With 422: what is wrong, and where.' },
      ),
    ),
  },
  { title: 'Problem' },
);

export type Instance = Static<ReturnType<typeof instanceSchema>>;
export type FeatureAtFault = Static<typeof FeatureAtFault>;
export type Warning = Static<typeof Warning>;
export type Prediction = Static<typeof Prediction>;
export type PredictAnswer = Static<typeof PredictAnswer>;
export type BatchAnswer = Static<typeof BatchAnswer>;
export type Label = Static<ReturnType<typeof labelSchema<string>>>;
export type LabelAnswer = Static<typeof LabelAnswer>;
export type LabelAccepted = Static<typeof LabelAccepted>;
export type HealthAnswer = Static<typeof HealthAnswer>;
