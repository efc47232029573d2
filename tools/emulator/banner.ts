/** What a person reads when the emulator is ready: addresses, where the key is, and a request to paste. */
import type { Feature } from '../../lib/model.ts';
import { localPort } from '../localConfig.ts';

/**
 * The lines to print.
 *
 * @param apiKey the key; nothing where the environment gave it: who did has it, and a container's log keeps
 *   what is printed
 */
export function banner(apiKey: string | undefined, features: readonly Feature[]): string {
  const api = apiUrl();
  const key = apiKey ? shellQuoted(`x-api-key: ${apiKey}`) : '"x-api-key: $API_KEY"';
  return `
lambdascope is ready.

  API        ${api}
  Swagger    ${api}/docs
  Live page  http://localhost:${localPort('metrics').port}
  API key    ${apiKey ? `${apiKey}  (from .env)` : "the environment's API_KEY"}

Try it:
  ${curl(api, key, features)}

Ctrl-C stops it.
`;
}

/** What the live page shows before anything was asked; runs in the root of the repo, where the key is. */
export function example(features: readonly Feature[]): string {
  return `. ./.env; ${curl(`http://127.0.0.1:${localPort('api').port}`, '"x-api-key: $API_KEY"', features)}`;
}

function curl(api: string, key: string, features: readonly Feature[]): string {
  const row = Object.fromEntries(features.map(({ name, example }) => [name, example]));
  return `curl -s -H ${key} -H 'content-type: application/json' -d ${shellQuoted(JSON.stringify(row))} ${api}/predict`;
}

function apiUrl(): string {
  return `http://localhost:${localPort('api').port}`;
}

/** A word of a POSIX shell command that stands for this text, whatever is in it. */
function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
