/** The tour on the real parts: what the README says of each profile can be seen in the panel that it names. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { metrics } from 'lambdascope/builtInMetrics';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOptions } from '../tools/load/options.ts';
import { play } from '../tools/load/play.ts';
import { createSource, type Part, type ProfileName, profileNames } from '../tools/load/profiles.ts';
import type { Refused } from '../tools/load/serverCounts.ts';
import { root } from '../tools/root.ts';
import { dashboardTitled, panelTitled, targetsOf } from './dashboards.ts';
import type { Emulator } from './emulator.ts';
import { eventually } from './eventually.ts';
import { fillIn } from './grafanaVariables.ts';
import { type MonitoredEmulator, startMonitoredEmulator } from './monitoredEmulator.ts';
import type { PrometheusClient } from './prometheusClient.ts';
import { scrape } from './scrape.ts';
import { missing } from './servers.ts';

/** Shorter than is usual, but twice as long as the time between two scrapes: each has to be seen. */
const IDLE_SECONDS = 10;
/** One gap. */
const IDLE_PART_SECONDS = 1;
/** Grafana begins and ends a range at a whole step. */
const STEP_SECONDS = 5;
/** What rates look back over, as the dashboards are opened. */
const WINDOW_SECONDS = 60;

/** A profile that was played, in Unix seconds: from its start until Prometheus had all of its counts, in whole steps. */
interface Played {
  readonly from: number;
  readonly to: number;
  /** What limits refused meanwhile, by the server's own count. */
  readonly refused: Refused;
}

/** A line of a panel. */
interface Line {
  /** The query's legend, its labels not filled in. */
  readonly legend: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

/** What is looked at of a panel. */
interface Seen {
  /** Its lines while the profile was played, as they are drawn by default. */
  readonly drawn: readonly Line[];
  /** Their values when the profile ended, over the profile's time alone, as far as scrapes can tell. */
  readonly own: readonly Line[];
  /** The same of `steady`, for comparison. */
  readonly steady: readonly Line[];
  /** Where the panel draws a line at which an alert fires. */
  readonly threshold: number;
  readonly played: Played;
}

/** A row of the table. */
interface ProfileRow {
  readonly profile: ProfileName;
  /** Title of a dashboard in Grafana, without what all of them begin with. */
  readonly dashboard: string;
  /** Title of a panel on it. */
  readonly panel: string;
}

const rows = profileTable();
const { parts } = readOptions(['tour']);

/** The effect of each profile. */
const effects: Readonly<Record<ProfileName, (seen: Seen) => void>> = {
  steady: ({ drawn }) => {
    expect(largest(drawn, { function: 'predict' })).toBeGreaterThan(3);
  },
  // Beside them stands what is estimated.
  labels: ({ drawn }) => {
    const observed = drawn.filter(({ legend }) => legend.startsWith('observed'));
    expect(largest(observed)).toBeGreaterThan(0.8);
    expect(largest(observed)).toBeLessThanOrEqual(1);
  },
  // The lines that count, by function or in all; a panel may have latencies beside them.
  burst: ({ drawn }) => {
    const counts = drawn.filter(({ legend }) => ['cold starts', '{{function}}'].includes(legend));
    expect(largest(counts)).toBeGreaterThan(1);
  },
  uniform: ({ own, steady }) => {
    expect(shareUpTo('0.7', own)).toBeGreaterThan(0.4);
    expect(shareUpTo('0.7', steady)).toBeLessThan(0.2);
  },
  bad: ({ drawn, steady }) => {
    expect(largest(drawn, { kind: 'validation' })).toBeGreaterThan(1);
    expect(largest(steady, { kind: 'validation' })).toBe(0);
  },
  throttle: ({ drawn, steady, played: { from, to, refused } }) => {
    // How many of each, and which of the gateway's two, the machine's speed says.
    expect(Math.min(refused.reserved, refused.rate + refused.burst)).toBeGreaterThan(0);
    for (const reason of ['reserved', 'rate', 'burst'] as const) {
      // No less than if they had come evenly over that time and a window more.
      expect(largest(drawn, { reason })).toBeGreaterThanOrEqual(
        refused[reason] / (to - from + WINDOW_SECONDS),
      );
      expect(largest(steady, { reason })).toBe(0);
    }
  },
  outliers: ({ drawn, own, steady, threshold }) => {
    expect(largest(drawn, { function: 'predict' })).toBeGreaterThan(threshold);
    expect(largest(own, { function: 'predict' })).toBeGreaterThan(threshold);
    expect(largest(steady, { function: 'predict' })).toBeLessThan(threshold);
  },
  drift: ({ drawn, own, steady, threshold }) => {
    expect(largest(drawn, { function: 'predict' })).toBeGreaterThan(threshold);
    expect(largest(own, { function: 'predict' })).toBeGreaterThan(threshold);
    expect(largest(steady, { function: 'predict' })).toBeLessThan(threshold);
  },
  // More than a burst's 1000 rows.
  batch: ({ drawn }) => {
    expect(largest(drawn)).toBeGreaterThan(1000);
  },
  idle: ({ drawn }) => {
    const values = linesOf(drawn, { function: 'predict' }).flatMap((line) => line.values);
    expect(values).toContain(0);
    expect(Math.max(...values.slice(values.indexOf(0)))).toBeGreaterThan(1);
  },
};

describe.skipIf(missing('prometheus', 'prometheus-pushgateway'))('the tour', () => {
  let monitored: MonitoredEmulator | undefined;
  const played = new Map<ProfileName, Played>();
  let prometheus: PrometheusClient;

  beforeAll(async () => {
    monitored = await startMonitoredEmulator({ env: { IDLE_SECONDS: String(IDLE_SECONDS) } });
    ({ prometheus } = monitored);
    // Zeros must have been seen: a rate is the difference to them.
    await eventually(async () => {
      const counts = await prometheus.now(`count_over_time(${metrics.latency.name}_count[1m])`);
      expect(counts[0]?.values[0]).toBeGreaterThanOrEqual(2);
    });
    await playTour(monitored.emulator);
  });

  afterAll(() => monitored?.stop());

  it('has every profile', () => {
    expect([...played.keys()].toSorted()).toEqual(profileNames.toSorted());
    expect(rows.map(({ profile }) => profile).toSorted()).toEqual(profileNames.toSorted());
  });

  it.each(rows)('shows $profile in $dashboard: $panel', async (row) => {
    effects[row.profile](await look(row));
  });

  /** Plays it as `npm run load` does, one profile right after the other. */
  async function playTour(emulator: Emulator): Promise<void> {
    const source = createSource({ basePath: '', key: emulator.key }, 1);
    const target = {
      origin: emulator.url,
      basePath: '',
      metricsUrl: `${emulator.metricsUrl}/metrics`,
    };
    const arrivals: Promise<void>[] = [];
    for (const part of parts.map(shorterIdle)) {
      const from = stepOf(Math.floor);
      const { signal } = new AbortController();
      const options = { part, target, source, timeoutSeconds: 60, idleSeconds: IDLE_SECONDS };
      const { server } = await play({ ...options, signal }).result;
      const { refused } = server ?? expect.fail('no counts');
      const counted = await scrape(emulator, metrics.requests.name);
      const arrival = arrived(counted).then((to) =>
        played.set(part.profile, { from, to, refused }),
      );
      arrivals.push(arrival.then(() => {}));
    }
    await Promise.all(arrivals);
  }

  /** Waits until Prometheus has so many requests; gives the time, in Unix seconds. */
  function arrived(requests: number): Promise<number> {
    return eventually(async () => {
      const [sum] = await prometheus.now(`sum(${metrics.requests.name})`);
      expect(sum?.values[0]).toBeGreaterThanOrEqual(requests);
      return stepOf(Math.ceil);
    });
  }

  /** What the panel of a row shows of its profile. */
  async function look({ profile, dashboard, panel: title }: ProfileRow): Promise<Seen> {
    const panel = panelTitled(dashboardTitled(dashboard), title);
    const linesWith = async (
      ask: (expression: string) => ReturnType<PrometheusClient['now']>,
    ): Promise<readonly Line[]> => {
      const lines = targetsOf(panel).map(async ({ expr, legendFormat }) =>
        (await ask(expr)).map((series) => ({ legend: legendFormat, ...series })),
      );
      return (await Promise.all(lines)).flat();
    };
    const own = playedOf(profile);
    const { from, to } = own;
    const ownLines = ({ from, to }: Played) => {
      const interval = `${to - from}s`;
      return linesWith((expression) =>
        expression.includes('$interval')
          ? prometheus.at(fillIn(expression, { interval }), to)
          : prometheus.between(fillIn(expression), from, to),
      );
    };
    return {
      drawn: await linesWith((expression) =>
        prometheus.between(fillIn(expression, { interval: `${WINDOW_SECONDS}s` }), from, to),
      ),
      own: await ownLines(own),
      steady: await ownLines(playedOf('steady')),
      threshold: panel.fieldConfig?.defaults.thresholds?.steps.at(-1)?.value ?? Number.NaN,
      played: own,
    };
  }

  function playedOf(profile: ProfileName): Played {
    const one = played.get(profile);
    if (one === undefined) throw new Error(`${profile} was not played`);
    return one;
  }
});

/** The present time, rounded to a whole step. */
function stepOf(round: (steps: number) => number): number {
  return round(Date.now() / 1000 / STEP_SECONDS) * STEP_SECONDS;
}

function shorterIdle(part: Part): Part {
  const { profile, settings } = part;
  return profile === 'idle'
    ? { profile, settings: { ...settings, seconds: IDLE_PART_SECONDS } }
    : part;
}

function linesOf(lines: readonly Line[], labels: Line['labels']): readonly Line[] {
  return lines.filter((line) =>
    Object.entries(labels).every(([name, value]) => line.labels[name] === value),
  );
}

/** The largest value of the lines that have these labels. */
function largest(lines: readonly Line[], labels: Line['labels'] = {}): number {
  const values = linesOf(lines, labels).flatMap((line) => line.values);
  expect(values, JSON.stringify(labels)).not.toEqual([]);
  return Math.max(...values);
}

/** Of all that a heatmap of a histogram counts, the share at or below an edge. */
function shareUpTo(edge: string, lines: readonly Line[]): number {
  const count = (le: string) =>
    linesOf(lines, { le })
      .flatMap((line) => line.values)
      .reduce((sum, value) => sum + value, 0);
  return count(edge) / count('+Inf');
}

/** The README's table of the load generator's profiles: what each sends, and where to look meanwhile. */
function profileTable(): readonly ProfileRow[] {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const section = readme.slice(readme.indexOf('## Traffic'), readme.indexOf('## Metrics'));
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const [, profile = '', , , grafana = ''] = line
        .split('|')
        .map((cell) => cell.trim().replaceAll('`', ''));
      const [dashboard = '', panel = ''] = grafana.split(': ');
      return { profile: profile as ProfileName, dashboard, panel };
    });
}
