import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curlOf, headersAgain, targetOf } from './replay.ts';
import type { KeptField, KeptMessage } from './request.ts';

function aRequest(changes: {
  readonly headers?: readonly KeptField[];
  readonly query?: readonly KeptField[];
  readonly body?: KeptMessage['body'];
  readonly requestBytes?: number;
}) {
  const { headers = [], query = [], body, requestBytes = body?.text.length ?? 0 } = changes;
  return {
    method: 'POST',
    path: '/orders',
    query,
    requestBytes,
    request: { headers, ...(body && { body }) },
  };
}

/** The words that a shell makes of a command. */
function words(command: string, env: Readonly<Record<string, string>> = {}): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${command}`;
  const { stdout, stderr } = spawnSync('sh', ['-c', script], { env, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\0').slice(0, -1);
}

describe('curlOf', () => {
  it('gives a shell exactly what was sent, whatever that is', () => {
    const text = fc
      .string({ unit: 'binary' })
      .map((one) => one.replaceAll('\0', '').toWellFormed());
    const value = fc.string().map((one) => one.replace(/[^\x20-\x7e]/g, ''));
    fc.assert(
      fc.property(text, value, text, (body, header, parameter) => {
        const kept = { text: body, isBase64: false, isWhole: true };
        const request = aRequest({
          headers: [['x-mine', header]],
          query: [['q', parameter]],
          ...(body && { body: kept }),
        });
        const [, method, url, , sentHeader, , data] = words(
          curlOf(request, 'http://localhost:3000'),
        );
        expect(method).toBe('POST');
        expect([...new URL(url ?? '').searchParams]).toEqual([['q', parameter]]);
        expect(sentHeader).toBe(`x-mine: ${header}`);
        expect(data ?? '').toBe(body);
      }),
      { numRuns: 40 },
    );
  });

  it('asks the shell for what was not kept', () => {
    const request = aRequest({
      headers: [
        ['X-API-Key', null],
        ['x-`id`', null],
      ],
      query: [['access_token', null]],
      requestBytes: 7,
    });
    const command = curlOf(request, 'http://localhost:3000');
    expect(words(command, { API_KEY: 'a key', ID_: 'b' })).toEqual([
      '-X',
      'POST',
      'http://localhost:3000/orders',
      '-H',
      'X-API-Key: a key',
      '-H',
      'x-`id`: b',
      '--data-binary',
      '@body',
    ]);
  });

  it('takes a body that is cut, or no text, from a file', () => {
    for (const body of [
      { text: 'cut', isBase64: false, isWhole: false },
      { text: 'AAEC', isBase64: true, isWhole: true },
    ]) {
      expect(words(curlOf(aRequest({ body }), 'http://localhost'))).toContain('@body');
    }
  });
});

it('leaves out what belongs to the one connection, client or trace that was', () => {
  const names = ['Host', 'content-length', 'sec-fetch-mode', 'traceparent', 'X-Amzn-Trace-Id'];
  const headers = [...names.map((name) => [name, 'x'] as const), ['accept', '*/*'] as const];
  const kept = ['content-type', 'text/csv'] as const;
  expect(headersAgain(aRequest({ headers: [...headers, kept] }))).toEqual([kept]);
});

it('sends parameters again as they were, but no secret', () => {
  const query = [
    ['a', '1 2'],
    ['a', 'ü&='],
    ['token', null],
  ] as const;
  expect(targetOf({ path: '/a%20b', query })).toBe('/a%20b?a=1+2&a=%C3%BC%26%3D');
});
