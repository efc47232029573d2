import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type LocalServer, startServer } from '../../test/localServer.ts';
import { evenly } from './arrivals.ts';
import { openLoop } from './openLoop.ts';
import { type Outcome, openSender, type Sender } from './sender.ts';

const request = { method: 'GET', path: '/' } as const;

let server: LocalServer;
let sender: Sender;

afterEach(async () => {
  await sender.close();
  await server.close();
});

/** Plays arrivals against a listener, and keeps each latency. */
async function run(
  listener: (response: ServerResponse, index: number) => void,
  options: {
    arrivals: Iterable<number>;
    connections: number;
    deadline?: number;
    grace?: number;
    signal?: AbortSignal;
    onSent?: () => void;
  },
) {
  let index = 0;
  server = await startServer((_request, response) => {
    index += 1;
    listener(response, index - 1);
  });
  sender = openSender({ origin: server.origin, connections: options.connections });
  const latencies: number[] = [];
  const outcomes: Outcome[] = [];
  let sent = 0;
  const end = await openLoop({
    deadline: 30_000,
    grace: 50,
    ...options,
    request: () => request,
    send: sender.send,
    onSend: () => {
      sent += 1;
      options.onSent?.();
    },
    onOutcome: (_request, outcome, latency) => {
      outcomes.push(outcome);
      latencies.push(latency);
    },
  });
  return { ...end, sent, outcomes, latencies };
}

describe('the open loop', () => {
  it('sends what is due while earlier requests have no answer', async () => {
    const waiting: ServerResponse[] = [];
    const { outcomes } = await run(
      (response) => {
        waiting.push(response);
        // A generator that waits for answers would never get this far.
        if (waiting.length === 20) for (const each of waiting) each.end();
      },
      { arrivals: evenly(1000, 0.02), connections: 20 },
    );
    expect(outcomes).toHaveLength(20);
  });

  it('shows a stall in the latency of every request that was due meanwhile', async () => {
    // 20 requests are due in the 200 ms after the first, which is answered after 400 ms.
    const { latencies } = await run(
      (response, index) => setTimeout(() => response.end(), index === 0 ? 400 : 0),
      { arrivals: evenly(100, 0.2), connections: 1 },
    );
    expect(latencies).toHaveLength(20);
    for (const [index, latency] of latencies.entries()) {
      expect(latency).toBeGreaterThan(390 - index * 10);
    }
  });

  it('ends at its deadline, and tells what has no answer and what was never sent', async () => {
    const { sent, pending, unsent, outcomes } = await run(() => {}, {
      arrivals: evenly(1000, 0.01),
      connections: 4,
      deadline: 3000,
    });
    expect({ sent, pending, unsent, outcomes }).toEqual({
      sent: 4,
      pending: 4,
      unsent: 6,
      outcomes: [],
    });
  });

  it('sends nothing more after an early end', async () => {
    const stop = new AbortController();
    const { sent, pending, unsent, outcomes } = await run((response) => response.end(), {
      arrivals: evenly(1, 3600),
      connections: 1,
      signal: stop.signal,
      grace: 60_000,
      onSent: () => stop.abort(),
    });
    expect({ sent, pending, unsent, outcomes: outcomes.length }).toEqual({
      sent: 1,
      pending: 0,
      unsent: 0,
      outcomes: 1,
    });
  });

  it('does not wait for long after an early end', async () => {
    const stop = new AbortController();
    const { pending } = await run(() => stop.abort(), {
      arrivals: evenly(1, 3600),
      connections: 1,
      signal: stop.signal,
    });
    expect(pending).toBe(1);
  });
});
