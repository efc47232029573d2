import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureEnv } from './dotenv.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dotenv-'));
  path = join(folder, '.env');
});

afterEach(() => rmSync(folder, { recursive: true }));

const mode = () => statSync(path).mode & 0o777;

describe('ensureEnv', () => {
  it('gives the same values the next time and leaves the file as it is', () => {
    const first = ensureEnv({ path, env: {} });
    const text = readFileSync(path, 'utf8');

    expect(ensureEnv({ path, env: {} })).toEqual(first);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('keeps what is there, adds what is missing and closes a file that was open', () => {
    const mine = '# mine\nCOMPOSE_PROJECT_NAME=flowers\nGRAFANA_ADMIN_PASSWORD=\nAPI_KEY="my own"';
    writeFileSync(path, mine);
    chmodSync(path, 0o644);

    const values = ensureEnv({ path, env: {} });

    const text = readFileSync(path, 'utf8');
    expect(text.startsWith(`${mine}\n`)).toBe(true);
    expect(values.API_KEY).toBe('my own');
    expect(parseEnv(text)).toEqual({ COMPOSE_PROJECT_NAME: 'flowers', ...values });
    expect(mode()).toBe(0o600);
  });

  it('takes the value of the environment first and then writes nothing, as in a container', () => {
    const values = ensureEnv({ names: ['API_KEY'], path, env: { API_KEY: 'given' } });

    expect(values).toEqual({ API_KEY: 'given' });
    expect(() => statSync(path)).toThrow('ENOENT');
  });
});
