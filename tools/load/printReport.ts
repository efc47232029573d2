/** The report as a table for people. */
import { styleText } from 'node:util';
import { formatCount, formatRate, formatTime } from './format.ts';
import { refusals } from './refusals.ts';
import type { ObjectiveReport, ProfileReport, Report, Summary } from './report.ts';

/** Colours a text by what it means, where that can be seen. */
export type Paint = (tone: 'bold' | 'dim' | 'red' | 'green' | 'yellow', text: string) => string;

/** The paint for a stream: plain when it is no terminal, or NO_COLOR is set. */
export function paintFor(stream: NodeJS.WritableStream): Paint {
  return (tone, text) => styleText(tone, text, { stream });
}

/** A column: its head, and its cell for a row of the table. */
interface Column {
  readonly head: string;
  readonly cell: (row: Row) => string;
}

interface Row extends Summary {
  readonly name: string;
}

/** A delay of sending, in milliseconds, above which the report speaks of it: more than a timer's own. */
const NOTABLE_DELAY = 20;

const time = (of: 'p50' | 'p95' | 'p99' | 'max') => ({
  head: of,
  cell: ({ latencyMs }: Row) => (latencyMs ? formatTime(latencyMs[of]) : '–'),
});

const COLUMNS: readonly Column[] = [
  { head: 'profile', cell: ({ name }) => name },
  { head: 'sent', cell: ({ sent }) => formatCount(sent) },
  { head: 'answered', cell: ({ answered }) => formatCount(answered) },
  { head: 'lost', cell: ({ lost }) => formatCount(lost) },
  time('p50'),
  time('p95'),
  time('p99'),
  time('max'),
  { head: 'cold', cell: ({ server }) => (server ? formatCount(server.coldStarts) : '?') },
  { head: 'rows/s', cell: ({ rowsPerSecond }) => formatRate(rowsPerSecond) },
  { head: 'odd rows', cell: (row) => share(row.outOfDistribution, row.rows) },
];

/** The lines of a report, without an end of line after the last one. */
export function printReport(report: Report, paint: Paint): string {
  const rows: Row[] = report.profiles.map((profile) => ({ ...profile, name: profile.profile }));
  if (rows.length > 1) rows.push({ ...report.total, name: 'total' });
  return [
    ...table(rows, paint),
    '',
    ...notes(report).map((note) => paint('dim', note)),
    ...report.objectives.map((objective) => objectiveLine(objective, paint)),
    ...verdict(report, paint),
  ].join('\n');
}

function table(rows: readonly Row[], paint: Paint): string[] {
  const widths = COLUMNS.map(({ head, cell }) =>
    Math.max(head.length, ...rows.map((row) => cell(row).length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ');
  const lines = [paint('bold', line(COLUMNS.map(({ head }) => head)))];
  for (const row of rows) {
    const text = line(COLUMNS.map(({ cell }) => cell(row)));
    const isTotal = row.name === 'total';
    if (isTotal) lines.push(paint('dim', '─'.repeat(text.length)));
    lines.push(row.lost > 0 ? paint('red', text) : isTotal ? paint('bold', text) : text);
    const errors = isTotal ? '' : errorsOf(row);
    if (errors) lines.push(paint('yellow', `${' '.repeat((widths[0] ?? 0) + 2)}${errors}`));
  }
  return lines;
}

/** Errors by status, and losses by reason. */
function errorsOf({ statuses, failures }: Summary): string {
  return [
    ...Object.entries(statuses).filter(([status]) => Number(status) >= 400),
    ...Object.entries(failures),
  ]
    .map(([what, count]) => `${what} ×${formatCount(count)}`)
    .join(' · ');
}

function notes({ profiles, total }: Report): string[] {
  const lines = [
    countsNote(total),
    ...refusedNote(total),
    'Latency counts from when a request was due. Odd rows: out of distribution, by the server.',
  ];
  const latest = profiles
    .flatMap(({ profile, sendDelayMs }) => (sendDelayMs ? [{ profile, ...sendDelayMs }] : []))
    .toSorted((a, b) => b.p99 - a.p99)[0];
  if (latest && latest.p99 >= NOTABLE_DELAY) {
    lines.push(
      `Sent up to ${formatTime(latest.max)} late in ${latest.profile}: connections or the processor were busy. That is in the latency.`,
    );
  }
  return lines;
}

function countsNote({ server, invoked, answered }: Summary): string {
  if (!server) return "Cold starts are not known: the server's metrics cannot be read.";
  const counted = `The server's functions counted`;
  if (server.requests === invoked) {
    return `${counted} the same ${formatCount(invoked)} requests; the gateway answered ${formatCount(answered - invoked)} by itself.`;
  }
  const why = server.requests > invoked ? 'someone else asks it too' : 'some were cut short';
  return `${counted} ${formatCount(server.requests)} requests where this run had ${formatCount(invoked)} answers of theirs: ${why}.`;
}

/** What limits refused: the answers, and what the server counted by reason. */
function refusedNote({ server, statuses }: Summary): string[] {
  if (!server) return [];
  const found = refusals
    .map(({ status, reasons }) => {
      const counted = reasons.filter((reason) => server.refused[reason] > 0);
      return {
        answers: statuses[status] ?? 0,
        count: counted.reduce((sum, reason) => sum + server.refused[reason], 0),
        text: counted.map((reason) => `${reason} ×${formatCount(server.refused[reason])}`),
        status,
      };
    })
    .filter(({ answers, count }) => answers + count > 0);
  if (found.length === 0) return [];
  const texts = found.map(
    ({ status, answers, text }) =>
      `${status} ×${formatCount(answers)} (${text.join(', ') || 'none counted'})`,
  );
  const agree = found.every(({ answers, count }) => answers === count);
  return [
    `Refused by a limit: ${texts.join(', ')}. The server's counts by reason ${agree ? 'are the same' : 'differ from the answers'}.`,
  ];
}

function objectiveLine({ percentile, limitMs, worst, met }: ObjectiveReport, paint: Paint): string {
  const found = worst ? `${formatTime(worst.ms)} in ${worst.profile}` : 'no answer';
  const text = `${percentile} at most ${formatTime(limitMs)}: ${found}`;
  return met ? paint('green', `✔ ${text}`) : paint('red', `✘ ${text}`);
}

function verdict({ total, profiles, interrupted }: Report, paint: Paint): string[] {
  const lines = profiles.flatMap((profile) => surprises(profile, paint));
  if (total.lost > 0) lines.push(paint('red', `✘ ${formatCount(total.lost)} answers were lost.`));
  if (total.lost === 0 && total.unexpected.length === 0) {
    lines.push(
      paint(
        'green',
        `✔ ${formatCount(total.answered)} answers, none lost, each with the status promised for it.`,
      ),
    );
  }
  if (interrupted)
    lines.push(paint('yellow', 'Ended early: the report is of what was sent till then.'));
  return lines;
}

function surprises({ profile, unexpected }: ProfileReport, paint: Paint): string[] {
  return unexpected.map(({ kind, expected, got, count }) =>
    paint('red', `✘ ${profile}, ${kind}: ${expected} promised, ${got} came ×${formatCount(count)}`),
  );
}

function share(part: number, whole: number): string {
  return whole === 0 ? '–' : `${Math.round((100 * part) / whole)} %`;
}
