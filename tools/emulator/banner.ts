/** What a person reads when the emulator is ready: addresses, where the key is, and a request to paste. */
import type { Feature } from '../../lib/model.ts';
import { shellQuoted } from '../../monitoring/page/shellQuoted.ts';
import { localPort } from '../localConfig.ts';

/**
 * The lines to print.
 *
 * @param apiKey the key; nothing where the environment gave it: who did has it, and a container's log keeps
 *   what is printed
 */
export function banner(apiKey: string | undefined, features: readonly Feature[]): string {
  const example = Object.fromEntries(features.map(({ name, example }) => [name, example]));
  const api = `http://localhost:${localPort('api').port}`;
  return `
lambdascope is ready.

  API        ${api}
  Swagger    ${api}/docs
  Live page  http://localhost:${localPort('metrics').port}
  API key    ${apiKey ? `${apiKey}  (from .env)` : "the environment's API_KEY"}

Try it:
  curl -s ${api}/predict -H ${apiKey ? shellQuoted(`x-api-key: ${apiKey}`) : '"x-api-key: $API_KEY"'} -H 'content-type: application/json' -d ${shellQuoted(JSON.stringify(example))}

Ctrl-C stops it.
`;
}
