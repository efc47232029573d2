/** The OpenAPI 3.1 document, from the same schemas that validate. Used at build time. */
import type { TSchema } from 'typebox';
import { markdownCode } from './markdownCode.ts';
import type { Model } from './model.ts';
import { PROBLEM_MEDIA_TYPE } from './problem.ts';
import {
  anyColumnSchema,
  BatchAnswer,
  columnsRowSchema,
  columnsSchema,
  HealthAnswer,
  instanceSchema,
  instancesSchema,
  LabelAccepted,
  LabelAnswer,
  labelSchema,
  PredictAnswer,
  Problem,
} from './schemas.ts';
import { service } from './service.ts';

const headers = { 'x-request-id': { required: true, schema: { type: 'string', format: 'uuid' } } };

/** What the functions that take a key and a body refuse, by status. */
const refusals = {
  400: refusal('The body is empty or not JSON.'),
  403: refusal('The API key is missing or wrong.'),
  413: refusal('The body is too large.'),
  415: refusal('The body is not sent as JSON.'),
  422: refusal('The body is JSON, but not valid; `errors` says where.'),
  429: refusal('Too many requests.'),
  500: refusal('Something went wrong here.'),
  502: refusal('The function failed before it had an answer.'),
  504: refusal('The request took longer than the time limit.'),
} as const;

/** A link to the model that answered. */
const servedModel = {
  operationId: 'health',
  description: 'More about the model of `model_version`.',
};

/** A link from a batch of instances. */
const firstRow = {
  operationId: 'predict',
  requestBody: '$request.body#/instances/0',
  description: 'The first row of a batch by itself.',
};

/** A link from a prediction to what it came true as. */
const label = {
  operationId: 'labels',
  requestBody: {
    request_id: '$response.body#/request_id',
    class: '$response.body#/prediction',
  },
  description: 'The true class, once it is known.',
};

/** The OpenAPI document of a model's API, as plain data. */
export function openApiDocument(model: Model): object {
  const { features } = model;
  const row = instanceSchema(features);
  const example = Object.fromEntries(features.map(({ name, example }) => [name, example]));
  const table = {
    columns: Object.keys(example),
    data: [Object.values(example)],
  };
  return {
    openapi: '3.1.0',
    info: {
      title: service.name,
      version: service.version,
      description: `Predicts ${listed(model.classes)} from ${listed(features.map(({ name }) => name))}. Model ${markdownCode(model.name)}, version ${model.version}.`,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '.' }],
    tags: [{ name: 'model' }, { name: 'service' }],
    paths: {
      '/': {
        get: {
          operationId: 'health',
          tags: ['service'],
          summary: 'Is the service up, and which model does it serve?',
          security: [],
          responses: {
            200: answer('Up.', HealthAnswer),
            429: refusals[429],
            500: refusals[500],
            502: refusals[502],
            504: refusals[504],
          },
        },
      },
      '/predict': {
        post: {
          operationId: 'predict',
          tags: ['model'],
          summary: 'Predict one row',
          requestBody: body({ schema: row, example }),
          responses: {
            200: answer('The prediction.', PredictAnswer, { servedModel, label }),
            ...refusals,
          },
        },
      },
      '/predict/batch': {
        post: {
          operationId: 'batchPredict',
          tags: ['model'],
          summary: 'Predict many rows',
          requestBody: body({
            schema: {
              oneOf: [
                instancesSchema(row),
                columnsSchema(features, columnsRowSchema(features, anyColumnSchema(features))),
              ],
            },
            examples: {
              instances: { value: { instances: [example] } },
              columns: { value: table },
            },
          }),
          responses: {
            200: answer('The predictions, in the order of the rows.', BatchAnswer, {
              servedModel,
              firstRow,
            }),
            ...refusals,
          },
        },
      },
      '/labels': {
        post: {
          operationId: 'labels',
          tags: ['model'],
          summary: 'Tell the true class of a prediction',
          requestBody: body({
            schema: labelSchema(model.classes),
            example: {
              request_id: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
              class: model.classes[0],
            },
          }),
          responses: {
            200: answer('It is counted.', LabelAnswer),
            202: answer('It is written down, to be joined with its prediction.', LabelAccepted),
            ...refusals,
            404: refusal('There was no prediction of this id, or long ago.'),
            409: refusal('It has its label already.'),
            410: refusal('The prediction is too long ago, or too many came after it.'),
          },
        },
      },
    },
    components: {
      schemas: { Problem },
      securitySchemes: { apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' } },
    },
    security: [{ apiKey: [] }],
  };
}

/** Names from the training data; Swagger UI reads a description as Markdown, and as HTML in it. */
function listed(names: readonly string[]): string {
  return names.map(markdownCode).join(', ');
}

function body(content: object): object {
  return { required: true, content: { 'application/json': content } };
}

/** @param links what may be asked next, by name */
function answer(description: string, schema: TSchema, links: object = {}): object {
  return { description, headers, content: { 'application/json': { schema } }, links };
}

function refusal(description: string): object {
  const schema = { $ref: '#/components/schemas/Problem' };
  return { description, headers, content: { [PROBLEM_MEDIA_TYPE]: { schema } } };
}
