import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isSecret,
  KEPT_BYTES,
  keptBody,
  keptEventBody,
  keptFields,
  keptJson,
  pairsOf,
} from './keptMessage.ts';

describe('secrets', () => {
  it.each([
    'x-api-key',
    'X-API-Key',
    'Authorization',
    'proxy-authorization',
    'Cookie',
    'Set-Cookie',
    'X-Amz-Security-Token',
    'X-Amz-Signature',
    'csrf-token',
    'access_token',
    'apikey',
    'client_secret',
    'password',
    'sessionId',
    'x-auth',
    'Ocp-Apim-Subscription-Key',
    'x-functions-key',
  ])('does not keep the value of %s', (name) => {
    expect(pairsOf(keptFields([name, 'a secret', 'x', 'y']))).toEqual([
      [name, null],
      ['x', 'y'],
    ]);
  });

  it.each([
    'content-type',
    'x-amzn-trace-id',
    'author',
    'key',
    'idempotency-key',
    'signed',
    'sigma',
  ])('keeps the value of %s', (name) => {
    expect(isSecret(name)).toBe(false);
  });

  it('leaves them out of events, however deep', () => {
    const event = {
      type: 'TOKEN',
      authorizationToken: 'a secret',
      headers: { Cookie: 'a secret', accept: '*/*' },
      cookies: ['a secret'],
      rows: [{ password: 'a secret', name: 'x' }],
    };
    expect(JSON.parse(keptJson(event)?.text ?? '')).toEqual({
      type: 'TOKEN',
      headers: { accept: '*/*' },
      rows: [{ name: 'x' }],
    });
  });
});

it('keeps nothing of what is no JSON', () => {
  const circle: { self?: object } = {};
  circle.self = circle;
  expect(keptJson(circle)).toBeUndefined();
  expect(keptJson({ big: 1n })).toBeUndefined();
  expect(keptJson(undefined)).toBeUndefined();
});

describe('keptBody', () => {
  it('keeps nothing of nothing', () => {
    expect(keptBody(undefined)).toBeUndefined();
    expect(keptBody('')).toBeUndefined();
    expect(keptEventBody({ body: null })).toBeUndefined();
  });

  it('keeps any text up to its bounds, and of longer ones as many whole characters as fit', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 3 * KEPT_BYTES }),
        (unit, length) => {
          const text = unit
            .repeat(Math.ceil(length / unit.length))
            .slice(0, length)
            .toWellFormed();
          const kept = keptBody(text);
          const isWhole = Buffer.byteLength(text) <= KEPT_BYTES;
          expect(kept).toMatchObject({ isBase64: false, isWhole });
          expect(text.startsWith(kept?.text ?? 'none')).toBe(true);
          const bytes = Buffer.byteLength(kept?.text ?? '');
          expect(bytes).toBeLessThanOrEqual(KEPT_BYTES);
          expect(bytes).toBeGreaterThan(isWhole ? 0 : KEPT_BYTES - 4);
        },
      ),
    );
  });

  it('tells bytes from text, also in an event that has either in base64', () => {
    const image = Buffer.from([0x89, 0x50, 0xff, 0x00]);
    const kept = { text: image.toString('base64'), isBase64: true, isWhole: true };
    expect(keptBody(image)).toEqual(kept);
    expect(keptEventBody({ body: kept.text, isBase64Encoded: true })).toEqual(kept);
    const text = Buffer.from('{"a":1}').toString('base64');
    expect(keptEventBody({ body: text, isBase64Encoded: true })).toEqual({
      text: '{"a":1}',
      isBase64: false,
      isWhole: true,
    });
  });

  it('says of bytes that are too many that they are not all', () => {
    const kept = keptBody(Buffer.alloc(KEPT_BYTES + 1, 0xff));
    expect(kept).toMatchObject({ isBase64: true, isWhole: false });
    expect(Buffer.from(kept?.text ?? '', 'base64').length).toBeGreaterThan(KEPT_BYTES - 4);
    expect(
      keptEventBody({
        body: Buffer.alloc(KEPT_BYTES * 2).toString('base64'),
        isBase64Encoded: true,
      }),
    ).toMatchObject({ isWhole: false });
  });
});
