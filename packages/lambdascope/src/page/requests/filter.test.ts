import { describe, expect, it } from 'vitest';
import type { RequestSummary } from '../../emulator/live/request.ts';
import { ALL, statusClass, statusText, suits } from './filter.ts';

const request: RequestSummary = {
  id: 'id-1',
  time: 0,
  function: 'orders',
  method: 'POST',
  path: '/Orders/7',
  status: 200,
  seconds: 0.1,
  isCold: false,
  instance: 1,
  requestBytes: 0,
  responseBytes: 0,
};

describe('how a request ended', () => {
  it.each([
    [{}, 'ok', '200'],
    [{ status: 302 }, 'ok', '302'],
    [{ status: 422, error: 'validation' }, '4xx', '422 validation'],
    [{ status: 502, error: 'handler' }, '5xx', '502 handler'],
    [{ status: 429, refused: 'burst' }, 'refused', '429 burst'],
    [{ status: 403, refused: 'gateway' }, '4xx', '403 gateway'],
    [{ status: null }, 'left', 'left'],
    [{ status: null, method: '' }, 'ok', 'done'],
    [{ status: null, method: '', error: 'timeout' }, '5xx', 'timeout'],
  ] as const)('is of %o the class %s and reads %j', (part, its, text) => {
    expect(statusClass({ ...request, ...part })).toBe(its);
    expect(statusText({ ...request, ...part })).toBe(text);
  });
});

describe('the filter', () => {
  it.each([
    [{}],
    [{ function: 'orders' }],
    [{ status: 'ok' }],
    [{ text: 'post /orders' }],
    [{ text: ' ID-1 ' }],
    [{ text: '200' }],
  ] as const)('lets through what suits %o', (part) => {
    expect(suits(request, { ...ALL, ...part })).toBe(true);
  });

  it.each([
    [{ function: 'order' }],
    [{ status: '5xx' }],
    [{ coldOnly: true }],
    [{ text: 'post 404' }],
    [{ function: 'orders', coldOnly: true }],
  ] as const)('keeps back what does not suit %o', (part) => {
    expect(suits(request, { ...ALL, ...part })).toBe(false);
  });
});
