import { describe, expect, it } from 'vitest';
import { type GatewayAnswer, gatewayProblem } from '../../lib/gatewayAnswers.ts';
import type { PartResult } from './play.ts';
import { printReport } from './printReport.ts';
import { createReport } from './report.ts';
import type { LoadRequest } from './requests.ts';
import { byReason } from './serverCounts.ts';
import { Tally } from './tally.ts';

const plain = (_tone: string, text: string) => text;

const none = byReason(() => 0);

const settings = { rate: 20, concurrency: 10, seconds: 10, count: 1000 };

const run = { url: 'http://127.0.0.1:3000', seed: 1, startedAt: '', interrupted: false };

/** A request whose answer should have this status and so many rows, and has the rows that its body says. */
function request(status: number, rows: number, invokes = true): LoadRequest {
  return {
    kind: 'one row',
    status,
    rows,
    invokes,
    method: 'POST',
    path: '/predict',
    count: (body) => ({ rows: Number(body.toString()), outOfDistribution: 0 }),
  };
}

function answer(status: number, rows = 0) {
  return { status, body: Buffer.from(String(rows)) };
}

/** 99 good answers after 10 ms, one after 900 ms. */
function steady(): PartResult {
  const tally = new Tally();
  for (let i = 0; i < 100; i += 1) {
    tally.send(0.5);
    tally.outcome(request(200, 1), answer(200, 1), i === 42 ? 900 : 10);
  }
  return {
    part: { profile: 'steady', settings },
    tally,
    seconds: 10,
    server: { requests: 100, coldStarts: 1, refused: none },
  };
}

/** 3 refusals as promised, one of them by the gateway. */
function bad(): PartResult {
  const tally = new Tally();
  for (const each of [request(403, 0, false), request(422, 0), request(422, 0)]) {
    tally.send(0.5);
    tally.outcome(each, answer(each.status), 5);
  }
  return {
    part: { profile: 'bad', settings },
    tally,
    seconds: 2,
    server: { requests: 2, coldStarts: 0, refused: none },
  };
}

const mayBeRefused: LoadRequest = { ...request(200, 1), mayBeRefused: true };

/** What the gateway answers by itself. */
function refused(name: GatewayAnswer) {
  const problem = gatewayProblem(name);
  return { status: problem.status, body: Buffer.from(problem.toBody('an id')) };
}

/** One good answer and a refusal by each limit. */
function throttle(): PartResult {
  const tally = new Tally();
  tally.outcome(mayBeRefused, answer(200, 1), 5);
  for (const name of ['THROTTLED', 'THROTTLED', 'INTEGRATION_FAILURE'] as const) {
    tally.outcome(mayBeRefused, refused(name), 1);
  }
  return {
    part: { profile: 'throttle', settings },
    tally,
    seconds: 1,
    server: {
      requests: 2,
      coldStarts: 0,
      refused: { ...none, rate: 1, burst: 1, reserved: 1 },
    },
  };
}

function report(...results: PartResult[]) {
  return createReport(run, results, []);
}

describe('the report', () => {
  it('gives percentiles to three digits', () => {
    const latency = report(steady()).profiles[0]?.latencyMs;
    expect(latency?.p50).toBeCloseTo(10, 1);
    expect(latency?.p99).toBeCloseTo(10, 1);
    expect(Math.round((latency?.max ?? 0) / 10)).toBe(90);
  });

  it('is not ok when an answer was not the one promised', () => {
    const wrong = steady();
    wrong.tally.outcome(request(200, 1), answer(500), 10);
    wrong.tally.outcome(request(200, 5), answer(200, 4), 10);
    const found = report(wrong);
    expect(found.ok).toBe(false);
    expect(printReport(found, plain)).toContain('✘ steady, one row: 200 promised, 500 came ×1');
    expect(printReport(found, plain)).toContain(
      '✘ steady, one row: 5 predictions promised, 4 came ×1',
    );
  });

  it('takes a refusal by a limit where it is promised, in the form that is promised', () => {
    const found = report(throttle());
    expect(found.ok).toBe(true);
    expect(found.total.invoked).toBe(4);
    expect(printReport(found, plain)).toContain(
      "Refused by a limit: 429 ×2 (rate ×1, burst ×1), 502 ×1 (reserved ×1). The server's counts by reason are the same.",
    );

    const otherForm = throttle();
    otherForm.tally.outcome(mayBeRefused, { status: 429, body: Buffer.from('{}') }, 1);
    otherForm.tally.outcome(request(200, 1), refused('THROTTLED'), 1);
    otherForm.tally.outcome(mayBeRefused, answer(500), 1);
    const wrong = report(otherForm);
    expect(wrong.ok).toBe(false);
    expect(wrong.total.unexpected).toMatchObject([
      { expected: '200', got: '429', count: 2 },
      { expected: '200', got: '500', count: 1 },
    ]);
    expect(printReport(wrong, plain)).toContain(
      "Refused by a limit: 429 ×4 (rate ×1, burst ×1), 502 ×1 (reserved ×1). The server's counts by reason differ from the answers.",
    );
  });

  it('prints an aligned table, with the errors of each profile below it', () => {
    const lines = printReport(report(steady(), bad()), plain).split('\n');
    expect(lines.slice(0, 6)).toEqual([
      'profile  sent  answered  lost      p50      p95      p99      max  cold  rows/s  odd rows',
      'steady    100       100     0  10.0 ms  10.0 ms  10.0 ms   900 ms     1    10.0       0 %',
      'bad         3         3     0  5.00 ms  5.00 ms  5.00 ms  5.00 ms     0     0.0         –',
      '         403 ×1 · 422 ×2',
      '─'.repeat(89),
      'total     103       103     0  10.0 ms  10.0 ms  10.0 ms   900 ms     1     8.3       0 %',
    ]);
    expect(lines).toContain(
      "The server's functions counted the same 102 requests; the gateway answered 1 by itself.",
    );
  });
});
