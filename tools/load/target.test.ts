import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startServer } from '../../test/localServer.ts';
import { checkServer, findKey, findTarget, TargetError } from './target.ts';

describe('the target', () => {
  it.each([
    'http://localhost:3000',
    'http://127.0.0.1:3000',
    'http://127.9.9.9',
    'http://[::1]:3000/',
    'http://2130706433/',
  ])('may be this machine: %s', (url) => {
    expect(findTarget({ url, allowRemote: false }, {}).basePath).toBe('');
  });

  it.each([
    'https://abc.execute-api.eu-central-1.amazonaws.com/dev',
    'http://192.168.1.5:3000',
    'http://0.0.0.0:3000',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'http://[2001:db8::1]',
  ])('may not be another machine, unless that is allowed: %s', (url) => {
    expect(() => findTarget({ url, allowRemote: false }, {})).toThrow(TargetError);
    expect(() => findTarget({ url, allowRemote: false }, {})).toThrow('--allow-remote');
    expect(findTarget({ url, allowRemote: true }, {}).metricsUrl).toBeUndefined();
  });

  it('keeps the stage in the path', () => {
    const url = 'https://abc.execute-api.eu-central-1.amazonaws.com/dev/';
    expect(findTarget({ url, allowRemote: true }, {})).toMatchObject({
      origin: 'https://abc.execute-api.eu-central-1.amazonaws.com',
      basePath: '/dev',
    });
  });

  it.each(['localhost:3000', 'ftp://localhost', ''])('must be an http address, not "%s"', (url) => {
    expect(() => findTarget({ url, allowRemote: true }, {})).toThrow('is not an http address');
  });
});

describe('the server', () => {
  it('must be ours', async () => {
    const server = await startServer((_request, response) => response.end('hello'));
    const target = findTarget({ url: server.origin, allowRemote: false }, {});
    await expect(checkServer(target)).rejects.toThrow('it is not lambdascope');
    await server.close();
  });
});

describe('the key', () => {
  it('comes from the environment, or else from .env', () => {
    const folder = mkdtempSync(join(tmpdir(), 'load-'));
    const path = join(folder, '.env');
    expect(() => findKey({}, path)).toThrow('There is no API key.');
    writeFileSync(path, 'API_KEY=from-the-file\n');
    expect(findKey({}, path)).toBe('from-the-file');
    expect(findKey({ API_KEY: 'from-the-environment' }, path)).toBe('from-the-environment');
    rmSync(folder, { recursive: true });
  });
});
