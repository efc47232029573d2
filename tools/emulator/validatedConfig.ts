/** Spares osls the validation of a configuration that was valid before: it takes a third of the start. */
import { hash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../root.ts';

/** A Serverless instance, as far as it validates. */
export interface Validating {
  /** Another one at each start, and in the names of some resources. */
  readonly instanceId: string;
  readonly configSchemaHandler: {
    /** Its own schema, with what plugins have added by then. */
    readonly schema: object;
    /** @throws Error when the configuration is not valid */
    validateConfig(config: object): Promise<void>;
  };
}

/** The hash of the last configuration that was valid, and of the schema that it was valid by. */
const FILE = join(root, 'node_modules/.cache/lambdascope/validConfig');

/** Lets a configuration pass that was valid at the last start, where schema and configuration are the same. */
export function validateOnce({ configSchemaHandler: handler, instanceId }: Validating): void {
  const validate = handler.validateConfig.bind(handler);
  handler.validateConfig = async (config) => {
    const text = JSON.stringify(config);
    const key = hash('sha256', JSON.stringify(handler.schema) + text.replaceAll(instanceId, ''));
    if (lastValid() === key) return;
    await validate(config);
    // Validation also turns texts into numbers where the schema asks for them, which is to be done again.
    if (JSON.stringify(config) !== text) return;
    mkdirSync(dirname(FILE), { recursive: true });
    writeFileSync(FILE, key);
  };
}

function lastValid(): string | undefined {
  try {
    return readFileSync(FILE, 'utf8');
  } catch {
    return undefined;
  }
}
