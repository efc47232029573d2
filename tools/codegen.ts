/** Compiles the schemas into validators and into the OpenAPI document, so that no handler carries a schema compiler. */
import { join } from 'node:path';
import { Ajv } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import Type from 'typebox';
import type { Model } from '../lib/model.ts';
import { openApiDocument } from '../lib/openapi.ts';
import {
  columnsRowSchema,
  columnsSchema,
  instanceSchema,
  instancesSchema,
} from '../lib/schemas.ts';
import { root } from './root.ts';
import { writeIfChanged } from './writeIfChanged.ts';

/** The source of the validators of a model's features, one export each. */
function validatorSource({ features }: Model): string {
  const ajv = new Ajv({
    allErrors: true,
    // A feature may be called "constructor"; only what the client sent counts.
    ownProperties: true,
    code: { source: true, esm: true, lines: true },
    schemas: {
      instance: instanceSchema(features),
      instances: instancesSchema(Type.Unknown()),
      columns: columnsSchema(features, Type.Unknown()),
      columnsRow: columnsRowSchema(features),
    },
  });
  return standaloneCode.default(ajv, {
    validateInstance: 'instance',
    validateInstances: 'instances',
    validateColumns: 'columns',
    validateColumnsRow: 'columnsRow',
  });
}

try {
  // Imported here, so that an artifact which is not sound ends in its one line and not in a stack.
  const { model } = await import('../lib/model.ts');
  await writeIfChanged(join(root, 'lib/validators.generated.js'), validatorSource(model));
  await writeIfChanged(
    join(root, 'dist/docs/openapi.json'),
    JSON.stringify(openApiDocument(model), null, 2),
  );
} catch (error) {
  const known = error instanceof Error && error.name === 'ModelArtifactError';
  console.error(known ? error.message : error);
  process.exitCode = 1;
}
