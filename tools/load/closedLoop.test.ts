import { describe, expect, it } from 'vitest';
import { startServer } from '../../test/localServer.ts';
import { closedLoop } from './closedLoop.ts';
import { openSender } from './sender.ts';

describe('the closed loop', () => {
  it('sends as many as asked for, never more at once than it has connections', async () => {
    let inFlight = 0;
    let most = 0;
    const server = await startServer((_request, response) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      setTimeout(() => {
        inFlight -= 1;
        response.end();
      }, 1);
    });
    const sender = openSender({ origin: server.origin, connections: 5 });
    let outcomes = 0;
    const seconds = await closedLoop({
      request: () => ({ method: 'GET', path: '/' }),
      send: sender.send,
      connections: 5,
      count: 203,
      onOutcome: () => {
        outcomes += 1;
      },
    });
    expect({ received: server.received(), outcomes, most }).toEqual({
      received: 203,
      outcomes: 203,
      most: 5,
    });
    expect(seconds).toBeGreaterThan(0);
    await sender.close();
    await server.close();
  });

  it('refuses to run without a bound', () => {
    expect(() =>
      closedLoop({
        request: () => ({ method: 'GET', path: '/' }),
        send: () => {},
        connections: 1,
        onOutcome: () => {},
      }),
    ).toThrow(RangeError);
  });
});
