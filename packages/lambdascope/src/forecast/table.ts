/** Writes outcomes for people: a line for each scenario, and below it the intervals. */
import { textTable } from '../coldStart/textTable.ts';
import type { Outcome } from './outcome.ts';

type Figure = number | null | readonly [number | null, number | null];

const share = (value: number) => `${digits(value * 100)} %`;
const milliseconds = (value: number) =>
  value < 1000 ? `${digits(value)} ms` : `${digits(value / 1000)} s`;

const columns: readonly (readonly [
  string,
  (of: Outcome | Outcome['interval95']) => Figure,
  (value: number) => string,
])[] = [
  ['cold', ({ cold_share }) => cold_share, share],
  ['refused', ({ refused_share }) => refused_share, share],
  ['p50', ({ latency_ms }) => latency_ms.p50, milliseconds],
  ['p95', ({ latency_ms }) => latency_ms.p95, milliseconds],
  ['p99', ({ latency_ms }) => latency_ms.p99, milliseconds],
  ['instances', ({ instances_mean }) => instances_mean, digits],
  ['most', ({ instances_max }) => instances_max, (value) => digits(Math.round(value))],
  ['$ a month', ({ dollars_per_month }) => dollars_per_month, digits],
];

/** The table; names of scenarios with their keep-alive and cold start. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const rows = [
    ['', ...columns.map(([title]) => title)],
    ...outcomes.flatMap((outcome) => [
      [outcome.scenario, ...columns.map(([, figure, write]) => written(figure(outcome), write))],
      [
        `  keep-alive ${duration(outcome.keep_alive_seconds)}, cold start ${milliseconds(outcome.cold_start_ms)}`,
        ...columns.map(([, figure, write]) => written(figure(outcome.interval95), write)),
      ],
    ]),
  ];
  return textTable(rows);
}

function written(figure: Figure, write: (value: number) => string): string {
  if (figure === null) return '–';
  if (typeof figure === 'number') return write(figure);
  const [low, high] = figure.map((value) => (value === null ? '–' : write(value)));
  return low === high ? '' : `${low?.replace(/ \D+$/, '')}–${high}`;
}

/** Three digits, and no more. */
function digits(value: number): string {
  return value >= 1000
    ? Math.round(value).toLocaleString('en')
    : String(Number(value.toPrecision(3)));
}

function duration(seconds: number): string {
  return seconds >= 60 ? `${digits(seconds / 60)} min` : `${digits(seconds)} s`;
}
