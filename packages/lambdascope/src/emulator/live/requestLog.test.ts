import { describe, expect, it } from 'vitest';
import type { KeptRequest } from './keptRequest.ts';
import { createRequestLog } from './requestLog.ts';
import { KEPT_REQUESTS } from './update.ts';

function aRequest(id: string, changes: Partial<KeptRequest['summary']> = {}): KeptRequest {
  const summary = {
    id,
    time: 0,
    function: 'orders',
    method: 'POST',
    path: '/orders',
    status: 200,
    seconds: 0.001,
    isCold: false,
    instance: 1,
    requestBytes: 0,
    responseBytes: 0,
    ...changes,
  };
  return { summary, traceId: `trace ${id}` } as KeptRequest;
}

const ids = (lines: readonly { readonly id: string }[]) => lines.map(({ id }) => id);

describe('createRequestLog', () => {
  it('keeps the last thousand, and the slowest of each frame for as long as the frame is', () => {
    const log = createRequestLog();
    log.add(aRequest('slow', { seconds: 2 }));
    log.add(aRequest('cold', { isCold: true, seconds: 1 }));
    log.add(aRequest('other'));
    log.add(aRequest('refused', { instance: null, seconds: 3 }));
    expect(log.endFrame(1, 1)).toEqual({ slowest: 'slow', slowestCold: { orders: 'cold' } });
    for (let index = 0; index < KEPT_REQUESTS; index += 1) log.add(aRequest(`later ${index}`));
    expect(ids(log.since(0))).toEqual([]);
    expect(log.endFrame(2, 1)).toMatchObject({ slowest: 'later 0' });
    expect(log.since(0)).toHaveLength(KEPT_REQUESTS);
    for (const id of ['slow', 'cold']) expect(log.find(id)?.summary.id).toBe(id);
    for (const id of ['other', 'refused']) expect(log.find(id)).toBeUndefined();
    log.endFrame(3, 2);
    for (const id of ['slow', 'cold']) expect(log.find(id)).toBeUndefined();
    // Among the last thousand still.
    log.endFrame(4, 4);
    expect(log.find('later 0')?.summary.id).toBe('later 0');
  });

  it('tells each request once, with the frame that ends after it', () => {
    const log = createRequestLog();
    log.add(aRequest('a'));
    log.endFrame(1, 1);
    log.add(aRequest('b'));
    expect(ids(log.since(0))).toEqual(['a']);
    log.endFrame(2, 1);
    log.add(aRequest('c'));
    expect(ids(log.since(0))).toEqual(['a', 'b']);
    expect(ids(log.since(1))).toEqual(['b']);
    log.endFrame(3, 1);
    expect(ids(log.since(2))).toEqual(['c']);
    expect(ids(log.since(3))).toEqual([]);
  });

  it('waits for the one that is looked for, and gives up', async () => {
    const log = createRequestLog();
    const next = log.next('trace b', 60_000);
    log.add(aRequest('a'));
    log.add(aRequest('b'));
    expect(await next).toBe('b');
    expect(await log.next('trace b', 60_000)).toBe('b');
    expect(await log.next('trace c', 1)).toBeUndefined();
  });
});
