import { describe, expect, it } from 'vitest';
import { problemOf, readable } from './bodyText.ts';

const message = (body: unknown, type = 'Application/problem+json; charset=utf-8') => ({
  headers: [
    ['X-Key', null],
    ['Content-Type', type],
  ] as const,
  body: {
    text: typeof body === 'string' ? body : JSON.stringify(body),
    isBase64: false,
    isWhole: true,
  },
});

describe('a problem', () => {
  it('has its title, status, detail and errors with their pointers', () => {
    const errors = [{ pointer: '/size', detail: 'must be a number' }, { message: 'odd' }, 'bare'];
    const body = { type: 't', title: 'Invalid input', status: 422, detail: 'One error.', errors };
    expect(problemOf(message(body))).toEqual({
      title: 'Invalid input',
      status: '422',
      detail: 'One error.',
      errors: [
        { pointer: '/size', detail: 'must be a number' },
        { detail: 'odd' },
        { detail: 'bare' },
      ],
    });
  });

  it.each([['{"title":'], ['null'], ['"text"']])('is none of the body %s', (body) => {
    expect(problemOf(message(body))).toBe(undefined);
  });

  it('is none of another media type', () => {
    expect(problemOf(message({ title: 'Fine' }, 'application/json'))).toBe(undefined);
  });
});

describe('a body to read', () => {
  it.each([
    ['{"a":1}', false, '{\n  "a": 1\n}'],
    ['a,b\n1,2', false, 'a,b\n1,2'],
    ['AAEC', true, ''],
  ])('of %j (base64: %s) is %j', (text, isBase64, shown) => {
    expect(readable({ text, isBase64, isWhole: true })).toBe(shown);
  });
});
