/** A page with a forecast's latency and instances over the time; it needs no other file, and no network. */
import { readFile } from 'node:fs/promises';
import type { Course } from './outcome.ts';

/** A column of figures; null where there is none. */
type Column = readonly (number | null)[];

/** What the page draws: `src/page/forecastChart.ts`. */
export interface ChartScenario {
  readonly name: string;
  /** Seconds after the start. */
  readonly at: Column;
  /** Milliseconds, of p50, p95 and p99. */
  readonly latencies: readonly Column[];
  /** On average, and most. */
  readonly instances: readonly Column[];
}

/** The page, of some scenarios. */
export async function chartOf(courses: readonly Course[], title: string): Promise<string> {
  const [script, style] = await Promise.all(
    ['js', 'css'].map((kind) =>
      readFile(new URL(`../page/forecastChart.${kind}`, import.meta.url), 'utf8'),
    ),
  );
  const data = JSON.stringify(courses.map(scenarioOf)).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Forecast of ${escaped(title)}</title>
<style>${style}</style>
<h1>Forecast of ${escaped(title)}</h1>
<p><label>Scenario <select></select></label></p>
<div class="charts"></div>
<script type="application/json">${data}</script>
<script type="module">${script}</script>
</html>
`;
}

function scenarioOf({ outcome, slices }: Course): ChartScenario {
  let seconds = 0;
  const at = slices.map((slice) => {
    const start = seconds;
    seconds += slice.seconds;
    return start;
  });
  const runs = Math.round(seconds / outcome.duration_seconds);
  const column = (figure: (slice: (typeof slices)[0]) => number) =>
    slices.map(figure).map((value) => (Number.isNaN(value) ? null : value));
  return {
    name: `${outcome.scenario}, keep-alive ${outcome.keep_alive_seconds} s, cold start ${outcome.cold_start_ms} ms`,
    at: at.map((start) => start / runs),
    latencies: [0.5, 0.95, 0.99].map((share) =>
      column(({ latencies }) => latencies.quantile(share) * 1000),
    ),
    instances: [
      column((slice) => slice.instanceSeconds / slice.seconds),
      column(({ instancesMax }) => instancesMax),
    ],
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
