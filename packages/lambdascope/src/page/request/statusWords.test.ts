import { describe, expect, it } from 'vitest';
import type { RequestSummary } from '../../emulator/live/request.ts';
import { reasonWords, statusWords } from './statusWords.ts';

describe('how a request ended, in words', () => {
  it.each([
    [{ status: 200, method: 'GET' }, '200 OK', ''],
    [{ status: 599, method: 'GET' }, '599', ''],
    [
      { status: 422, method: 'POST', error: 'validation' },
      '422 Unprocessable Content',
      'validation error',
    ],
    [{ status: 429, method: 'POST', refused: 'burst' }, '429 Too Many Requests', 'refused: burst'],
    [{ status: 403, method: 'GET', refused: 'gateway' }, '403 Forbidden', 'by the gateway'],
    [{ status: null, method: 'GET' }, 'The client left', ''],
    [{ status: null, method: '' }, 'Done', ''],
    [{ status: null, method: '', error: 'timeout' }, 'Failed', 'timeout error'],
  ])('of %o are %j and %j', (request, words, reason) => {
    expect(statusWords(request as RequestSummary)).toBe(words);
    expect(reasonWords(request as RequestSummary)).toBe(reason);
  });
});
