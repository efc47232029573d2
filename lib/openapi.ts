/** The OpenAPI 3.1 document, from the same schemas that validate. Used at build time. */
import type { TSchema } from 'typebox';
import { markdownCode } from './markdownCode.ts';
import type { Model } from './model.ts';
import { PROBLEM_MEDIA_TYPE } from './problem.ts';
import {
  BatchAnswer,
  columnsRowSchema,
  columnsSchema,
  HealthAnswer,
  instanceSchema,
  instancesSchema,
  PredictAnswer,
  Problem,
} from './schemas.ts';
import { service } from './service.ts';

/** What the statuses that are errors mean. */
const refusals = {
  400: 'The body is empty or not JSON.',
  403: 'The API key is missing or wrong.',
  413: 'The body is too large.',
  415: 'The body is not sent as JSON.',
  422: 'The body is JSON, but not valid; `errors` says where.',
  429: 'Too many requests for this key.',
  500: 'Something went wrong here.',
  504: 'The request took longer than the time limit.',
} as const;

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
          responses: { 200: answer('Up.', HealthAnswer), 500: refusal(500) },
        },
      },
      '/predict': {
        post: {
          operationId: 'predict',
          tags: ['model'],
          summary: 'Predict one row',
          requestBody: body({ schema: row, example }),
          responses: { 200: answer('The prediction.', PredictAnswer), ...everyRefusal() },
        },
      },
      '/predict/batch': {
        post: {
          operationId: 'batchPredict',
          tags: ['model'],
          summary: 'Predict many rows',
          requestBody: body({
            schema: {
              oneOf: [instancesSchema(row), columnsSchema(features, columnsRowSchema(features))],
            },
            examples: {
              instances: { value: { instances: [example] } },
              columns: { value: table },
            },
          }),
          responses: {
            200: answer('The predictions, in the order of the rows.', BatchAnswer),
            ...everyRefusal(),
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

const headers = { 'x-request-id': { schema: { type: 'string' } } };

function answer(description: string, schema: TSchema): object {
  return { description, headers, content: { 'application/json': { schema } } };
}

function refusal(status: keyof typeof refusals): object {
  const schema = { $ref: '#/components/schemas/Problem' };
  return { description: refusals[status], headers, content: { [PROBLEM_MEDIA_TYPE]: { schema } } };
}

function everyRefusal(): object {
  return Object.fromEntries(
    Object.keys(refusals).map((status) => [
      status,
      refusal(Number(status) as keyof typeof refusals),
    ]),
  );
}
