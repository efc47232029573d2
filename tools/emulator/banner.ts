/** What a person reads when the emulator is ready: addresses, the key, and a request to paste. */
import type { Feature } from '../../lib/model.ts';
import { shellQuoted } from '../../monitoring/page/shellQuoted.ts';
import { localPort } from '../localConfig.ts';

/** The lines to print, given the API key and the features of the model. */
export function banner(apiKey: string, features: readonly Feature[]): string {
  const example = Object.fromEntries(features.map(({ name, example }) => [name, example]));
  const api = `http://localhost:${localPort('api').port}`;
  return `
lambdascope is ready.

  API        ${api}
  Swagger    ${api}/docs
  Live page  http://localhost:${localPort('metrics').port}
  API key    ${apiKey}  (from .env)

Try it:
  curl -s ${api}/predict -H ${shellQuoted(`x-api-key: ${apiKey}`)} -H 'content-type: application/json' -d ${shellQuoted(JSON.stringify(example))}

Ctrl-C stops it.
`;
}
