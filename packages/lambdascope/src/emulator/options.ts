/** What a service may say under `custom.lambdascope` in its `serverless.yml`. */
import type { Static } from 'typebox';
import { budgetSchema } from '../coldStart/budget.ts';
import { thresholdsSchema } from '../dashboards/thresholds.ts';
import { Errors, Pointer, Type } from '../typebox.ts';

/** The options; an environment variable, where one is named, goes before. */
export const optionsSchema = Type.Object(
  {
    metrics: Type.Optional(
      Type.String({
        description: 'Module, from the root of the service, that calls defineMetrics.',
      }),
    ),
    metricsPort: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 65_535, description: 'Default 9464; METRICS_PORT.' }),
    ),
    pushgateway: Type.Optional(
      Type.String({ description: 'Default http://127.0.0.1:9091; PUSHGATEWAY_URL.' }),
    ),
    otel: Type.Optional(
      Type.Object(
        {
          names: Type.Optional(
            Type.Enum(['prometheus', 'faas'], {
              description:
                'What metrics are called that go to OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: as in Prometheus, or by the semantic conventions of FaaS. Default prometheus.',
            }),
          ),
        },
        { additionalProperties: false },
      ),
    ),
    runner: Type.Optional(
      Type.Enum(['lambdascope', 'serverless-offline'], {
        description: 'Who runs functions in JavaScript and TypeScript. Default lambdascope.',
      }),
    ),
    isolation: Type.Optional(
      Type.Enum(['thread', 'process'], {
        description:
          'What each instance is. Default thread; a process is slower, and its memory is exact.',
      }),
    ),
    limits: Type.Optional(
      Type.Boolean({
        description: "Whether AWS' limits hold, but that of time, which always does. Default true.",
      }),
    ),
    accountConcurrency: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'Invocations at once in the account. Default 1000.',
      }),
    ),
    bodies: Type.Optional(
      Type.Boolean({
        description:
          'Whether the live page shows bodies of requests and answers, of which the first 16 KiB are kept in memory. Default true.',
      }),
    ),
    report: Type.Optional(
      Type.Boolean({
        description: "Lambda's REPORT line after each invocation. Default: unless quiet.",
      }),
    ),
    quiet: Type.Optional(
      Type.Boolean({
        description:
          'Without the lines that serverless-offline writes for each request. Default false.',
      }),
    ),
    example: Type.Optional(
      Type.String({
        description: 'Command that the live page shows at first. Default: curl of the first route.',
      }),
    ),
    docs: Type.Optional(
      Type.String({
        description: 'Path of the API that the live page links to. Default: the first route.',
      }),
    ),
    prefix: Type.Optional(
      Type.String({
        pattern: '^[a-z][a-z0-9-]*$',
        description: "Of dashboards' names. Default: the service's name.",
      }),
    ),
    runbooks: Type.Optional(
      Type.String({ description: 'Document that has a heading for each alert. Default none.' }),
    ),
    thresholds: Type.Optional(thresholdsSchema),
    budget: Type.Optional(budgetSchema),
  },
  { additionalProperties: false },
);

export type Options = Static<typeof optionsSchema>;

/** `custom.lambdascope` says something that cannot be. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
  readonly code = 'options';
}

/**
 * The options that a `serverless.yml` gives.
 *
 * @throws OptionsError naming the first option that is unknown or wrong
 */
export function readOptions(custom: unknown): Options {
  const given = custom ?? {};
  const [, errors] = Errors(optionsSchema, given);
  const [first] = errors;
  if (first === undefined) return given as Options;
  const closed = errors.find(({ keyword }) => keyword === 'additionalProperties') ?? first;
  const path = `custom.lambdascope${closed.instancePath.replaceAll('/', '.')}`;
  if (closed.keyword !== 'additionalProperties') {
    throw new OptionsError(`serverless.yml: ${path} ${closed.message}.`);
  }
  const [unknown] = closed.params.additionalProperties;
  const known = Object.keys(
    Pointer.Get(optionsSchema, `${closed.schemaPath.slice(1)}/properties`) as object,
  );
  throw new OptionsError(
    `serverless.yml: ${path} has no option ${unknown}. Known: ${known.join(', ')}.`,
  );
}
