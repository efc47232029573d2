import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { startEmulator } from './emulator.ts';
import { eventually } from './eventually.ts';
import { sendBytes } from './sendBytes.ts';

const setosa = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };

/** Bodies for each route. */
const RUNS = 1000;

/** What the contract lets a route answer to a body; a label may be of no prediction. */
const ALLOWED = new Set([200, 400, 413, 415, 422]);
const ALLOWED_OF_LABELS = new Set([...ALLOWED, 404]);

const emulator = await startEmulator({ env: { LIMITS: 'false' } });
afterAll(() => emulator.stop());

const value = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, -1, 1e308, -1e308, 5e-324, 2 ** 53, null, true, '5', [], {}),
  fc.string({ unit: 'binary' }),
  fc.anything(),
);
const key = fc.oneof(
  fc.constantFrom(...Object.keys(setosa), '__proto__', 'constructor', 'prototype', 'toString', ''),
  fc.string({ unit: 'binary' }),
);
const row = fc.oneof(
  { weight: 3, arbitrary: fc.constant(setosa) },
  fc.record(Object.fromEntries(Object.keys(setosa).map((name) => [name, value])), {
    requiredKeys: [],
  }),
  fc.dictionary(key, value),
  value,
);
const batch = fc.oneof(
  fc.record({ instances: fc.oneof(fc.array(row), value) }),
  fc.record({ columns: fc.array(key), data: fc.array(fc.array(value)) }, { requiredKeys: [] }),
  fc.record({ columns: fc.constant(Object.keys(setosa)), data: fc.array(fc.array(fc.double())) }),
  fc.constantFrom(0, 10_001).map((rows) => ({ instances: Array(rows).fill(setosa) })),
);
const label = fc.record(
  {
    request_id: fc.oneof(fc.string({ unit: 'binary' }), fc.uuid(), value),
    class: fc.oneof({ weight: 3, arbitrary: fc.constant('setosa') }, value),
    row: fc.oneof(fc.nat(10_000), value),
  },
  { requiredKeys: [] },
);
const text = fc.oneof(
  { weight: 4, arbitrary: fc.oneof(row, batch, label).map((body) => JSON.stringify(body) ?? '') },
  fc.json(),
  fc.string({ unit: 'binary' }),
  // Broken anywhere, and with a key that reaches for the prototype.
  fc.tuple(batch, fc.nat(200)).map(([body, at]) => JSON.stringify(body).slice(0, at)),
  value.map((nested) => `{"__proto__":${JSON.stringify(nested) ?? 1},"sepal_length":1}`),
  fc.constantFrom('[', '{"a":').chain((open) => fc.nat(5000).map((depth) => open.repeat(depth))),
  fc.nat(5000).map((depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`),
  fc.constantFrom('9'.repeat(400), '-1e-400', '{"sepal_length":1e999}', '\ufeff{}', 'NaN', '"'),
);
const contentType = fc.oneof(
  { weight: 6, arbitrary: fc.constant('application/json') },
  fc.constantFrom(
    'application/json; charset=utf-8',
    'application/json; charset=binary',
    'application/octet-stream',
    'text/plain',
    'application/problem+json',
    'multipart/form-data; boundary=x',
  ),
);

it.each(['/predict', '/predict/batch', '/labels'])(
  'answers whatever is sent to %s within the contract, and lives on',
  async (path) => {
    const send = (body: string | Buffer, type: string) =>
      emulator.post(path, body, { 'content-type': type });
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          text,
          fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        ),
        contentType,
        async (body, type) => {
          const response = await send(body, type);
          const answer = await response.json();
          expect(path === '/labels' ? ALLOWED_OF_LABELS : ALLOWED).toContain(response.status);
          if (response.status !== 200) expect(answer).toMatchObject({ status: response.status });
        },
      ),
      { numRuns: RUNS },
    );
    const predicted = await emulator.post('/predict', setosa);
    const { request_id } = (await predicted.json()) as { request_id: string };
    const good: Readonly<Record<string, object>> = {
      '/predict': setosa,
      '/predict/batch': { instances: [setosa] },
      '/labels': { request_id, class: 'setosa' },
    };
    const response = await send(JSON.stringify(good[path]), 'application/json');
    const answer = (await response.json()) as { predictions?: { prediction: string }[] };
    expect(answer.predictions?.[0] ?? answer).toMatchObject({ prediction: 'setosa' });
  },
);

/** Anything but what ends a line: it could ask for more bytes, which would never come. */
const lineText = fc
  .string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)) })
  .map((text) => text.replaceAll(/[\r\n]/g, ''));
const target = fc.oneof(
  { weight: 4, arbitrary: lineText.map((text) => `/${text}`) },
  lineText,
  fc.webUrl(),
  fc.stringMatching(/^\/docs\/(%[0-9a-g]{2}|[./?#])*$/),
  fc.constantFrom('/', '/predict', '/docs', '/openapi.json', '*', '//', '/%', '/?%ff&=&__proto__='),
);
const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'BREW');
const header = fc.tuple(
  fc.oneof(
    fc.constantFrom(
      'cookie',
      'content-type',
      'range',
      'origin',
      'accept-encoding',
      'authorization',
    ),
    fc.constantFrom(
      'if-none-match',
      'content-encoding',
      'referer',
      'x-api-key',
      '__proto__',
      'a b',
    ),
  ),
  lineText,
);

it('answers whatever a request line and headers say, in the form of the contract', async () => {
  await fetch(emulator.url);
  // What it says once, whatever it is asked.
  await eventually(() => expect(emulator.output()).toContain('No Pushgateway'));
  await eventually(() => expect(emulator.output()).toContain('Metrics sink'));
  const before = emulator.output();
  await fc.assert(
    fc.asyncProperty(method, target, fc.array(header, { maxLength: 5 }), async (...parts) => {
      const [method, target, headers] = parts;
      const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
      const answer = await sendBytes(
        emulator.url,
        `${method} ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${lines}\r\n`,
      );
      expect([200, 400, 403, 404, 405, 415]).toContain(answer.status);
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      if (answer.status === 200) return;
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      if (method !== 'HEAD') {
        expect(JSON.parse(answer.body)).toMatchObject({ status: answer.status });
      }
    }),
    { numRuns: RUNS },
  );
  // By then all that it printed has come.
  await emulator.stop();
  expect(emulator.output()).toBe(before);
});
