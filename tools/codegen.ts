/** Compiles the schemas into validators and into the OpenAPI document, so that no handler carries a schema compiler. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import Type from 'typebox';
import { loadModel, ModelArtifactError } from '../lib/artifact.ts';
import type { Model } from '../lib/model.ts';
import { openApiDocument } from '../lib/openapi.ts';
import {
  columnsRowSchema,
  columnsSchema,
  instanceSchema,
  instancesSchema,
  labelSchema,
} from '../lib/schemas.ts';
import { root } from './root.ts';
import { writeIfChanged } from './writeIfChanged.ts';

/** The source of the validators of a model's features and classes, one export each. */
function validatorSource({ features, classes }: Model): string {
  const ajv = new Ajv({
    allErrors: true,
    // A feature may be called "constructor"; only what the client sent counts.
    ownProperties: true,
    code: { source: true, esm: true, lines: true },
    schemas: {
      instance: instanceSchema(features),
      instances: instancesSchema(Type.Unknown()),
      columns: columnsSchema(features, Type.Unknown()),
      columnsRow: columnsRowSchema(features, Type.Number()),
      label: labelSchema(classes),
    },
  });
  return standaloneCode.default(ajv, {
    validateInstance: 'instance',
    validateInstances: 'instances',
    validateColumns: 'columns',
    validateColumnsRow: 'columnsRow',
    validateLabel: 'label',
  });
}

const ARTIFACT = 'model/artifact.json';

/** The model to serve. Read, not imported: of a broken import nothing could be said but its stack. */
async function readModel(): Promise<Model> {
  const text = await readFile(join(root, ARTIFACT), 'utf8').catch(() => '{}');
  try {
    return loadModel(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof ModelArtifactError) throw cause;
    throw new ModelArtifactError('malformed', 'is not complete', { cause });
  }
}

try {
  const model = await readModel();
  await writeIfChanged(join(root, 'lib/validators.generated.js'), validatorSource(model));
  await writeIfChanged(
    join(root, 'dist/docs/openapi.json'),
    JSON.stringify(openApiDocument(model), null, 2),
  );
} catch (error) {
  console.error(error instanceof ModelArtifactError ? `${ARTIFACT}: ${error.message}` : error);
  process.exitCode = 1;
}
