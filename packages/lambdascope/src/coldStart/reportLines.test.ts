import { expect, it } from 'vitest';
import { reportedInits } from './reportLines.ts';

const report = (init: string) =>
  `REPORT RequestId: 1b3c\tDuration: 12.11 ms\tBilled Duration: 145 ms\tMemory Size: 512 MB\tMax Memory Used: 71 MB\t${init}`;
const cold = report('Init Duration: 132.45 ms\t');
const platform = {
  time: '2026-08-01T10:00:00.000Z',
  type: 'platform.report',
  record: {
    requestId: '1b3c',
    metrics: { durationMs: 12.11, memorySizeMB: 512, maxMemoryUsedMB: 71, initDurationMs: 132.45 },
  },
};
const found = { memorySize: 512, initMillis: 132.45 };

it.each([
  ['as it is', cold],
  ['after a time and a stream', `2026-08-01T10:00:00 2026/08/01/[$LATEST]0f ${cold}`],
  ['as a message in JSON', JSON.stringify({ timestamp: 1, message: `${cold}\n` })],
  ['as a field of a row of CSV', `"2026-08-01","${cold}"`],
  ['in the JSON format', JSON.stringify(platform)],
  ['in the JSON format, as a message', JSON.stringify({ message: JSON.stringify(platform) })],
])('reads an init %s', (_, line) => {
  expect(reportedInits(`START\n${line}\nEND\n`)).toEqual([found]);
});

it('leaves warm invocations out', () => {
  const { initDurationMs: _, ...metrics } = platform.record.metrics;
  const warm = { ...platform, record: { metrics } };
  expect(reportedInits(`${report('')}\n${JSON.stringify(warm)}`)).toEqual([]);
});

it('finds all that are in one line', () => {
  expect(
    reportedInits(JSON.stringify([{ message: cold }, { message: report('') }, { message: cold }])),
  ).toEqual([found, found]);
  expect(reportedInits(JSON.stringify([platform, platform]))).toEqual([found, found]);
});

it('finds whose it is by the log group', () => {
  const line = JSON.stringify({
    '@log': '123456789012:/aws/lambda/shop-dev-hello',
    '@message': cold,
  });
  expect(reportedInits(line)).toEqual([{ ...found, name: 'shop-dev-hello' }]);
});
