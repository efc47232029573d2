import { describe, expect, it } from 'vitest';
import { contentionText } from './coldStartTexts.ts';

const coldStart = { function: 'orders', count: 7, latencySeconds: 3.5, initSeconds: 3.46 };
const facts = { cores: 2, uncontendedInitSeconds: {} };

describe('the text about cores', () => {
  it('says how many instances competed for them', () => {
    expect(contentionText({ ...coldStart, initConcurrency: 6.8 }, facts)).toBe(
      '7 at once on 2 cores',
    );
  });

  it('has the init of one alone, where it was measured', () => {
    const measured = { ...facts, uncontendedInitSeconds: { orders: 0.062 } };
    expect(contentionText({ ...coldStart, initConcurrency: 7 }, measured)).toBe(
      '7 at once on 2 cores; alone 62 ms',
    );
  });

  it.each([1, 2, null])('is none of %s instances on 2 cores', (initConcurrency) => {
    expect(contentionText({ ...coldStart, initConcurrency }, facts)).toBe('');
  });
});
