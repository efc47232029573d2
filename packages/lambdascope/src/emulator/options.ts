/** What a service may say under `custom.lambdascope` in its `serverless.yml`. */
import Type, { type Static } from 'typebox';
import { Errors } from 'typebox/schema';
import { thresholdsSchema } from '../dashboards/thresholds.ts';

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
    runner: Type.Optional(
      Type.Enum(['serverless-offline', 'lambdascope'], {
        description:
          "Who runs functions. Default serverless-offline; the kit's own takes ES modules (.mjs).",
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
      Type.String({ description: "Path of the API that the live page links to. Default '/'." }),
    ),
    prefix: Type.Optional(
      Type.String({
        pattern: '^[a-z][a-z0-9-]*$',
        description: "Of dashboards' names. Default: the service's name.",
      }),
    ),
    thresholds: Type.Optional(thresholdsSchema),
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
  const [, [error] = []] = Errors(optionsSchema, given);
  if (error === undefined) return given as Options;
  const path = `custom.lambdascope${error.instancePath.replaceAll('/', '.')}`;
  const [unknown] =
    error.keyword === 'additionalProperties' ? error.params.additionalProperties : [];
  throw new OptionsError(
    unknown === undefined
      ? `serverless.yml: ${path} ${error.message}.`
      : `serverless.yml: ${path} has no option ${unknown}. Known: ${known(path)}.`,
  );
}

function known(path: string): string {
  const { properties } = path.endsWith('.thresholds') ? thresholdsSchema : optionsSchema;
  return Object.keys(properties).join(', ');
}
