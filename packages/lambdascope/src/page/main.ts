/** The live page: asks for the metrics once a second and shows what has happened since. */
import { metrics } from '../../lib/metrics.ts';
import type { Sample } from '../prometheusText.ts';
import { createColdStartList } from './coldStartList.ts';
import { byId } from './element.ts';
import type { Frame } from './frame.ts';
import { type Connection, showConnection, showServer } from './header.ts';
import { curlLine } from './hint.ts';
import { createHistory } from './history.ts';
import { showLinks } from './links.ts';
import { createPanel } from './panel.ts';
import { panels, WINDOW_SECONDS } from './panels.ts';
import { scrape } from './scrape.ts';
import { signalsBetween } from './signals.ts';
import { bindThemeButton } from './theme.ts';
import { createTiles } from './tiles.ts';

/** Time from one scrape to the next, in milliseconds. */
const PERIOD = 1000;
/** Time between two looks at what else runs, in milliseconds. */
const LINKS_PERIOD = 10_000;
/** How far back the page remembers, in seconds. */
const KEEP_SECONDS = 15 * 60;
/** The least that charts show, in seconds. */
const LEAST_SPAN = 60;

const history = createHistory(KEEP_SECONDS);
const frames: Frame[] = [];
let connection: Connection = 'connecting';
let span = 5 * 60;
let api: string | undefined;
let asked: ReadonlySet<string> = new Set();

const labelValues = (name: string, label: string) => [
  ...new Set(history.series(name).map(({ labels }) => labels.get(label) ?? '')),
];
const names = () => ({
  functions: labelValues(metrics.requests.name, 'function'),
  asked,
  errorKinds: labelValues(metrics.errors.name, 'kind'),
  classes: labelValues(metrics.predictions.name, 'class'),
});
const charts = Object.entries(panels(names)).map(([id, options]) => createPanel(byId(id), options));
const showTiles = createTiles(byId('tiles'));
const showColdStarts = createColdStartList(byId('cold-starts'));

/** Takes a scrape into the history, the tiles and the head of the page. */
function take(time: number, samples: readonly Sample[]): void {
  const previous = history.before(0);
  const reading = history.add(time, samples);
  const from = history.before(WINDOW_SECONDS);
  const oldest = history.before(KEEP_SECONDS);
  if (previous !== undefined && from !== undefined && oldest !== undefined) {
    const signals = signalsBetween(history, from, reading);
    const { coldStarts } = signalsBetween(history, previous, reading);
    frames.push({ time, signals, coldStarts });
    showTiles(signals, signalsBetween(history, oldest, reading));
  }
  showServer(samples, time);

  const requests = samples.filter(({ name }) => name === metrics.requests.name);
  asked = new Set(
    requests.filter(({ value }) => value > 0).map(({ labels }) => labels.get('function') ?? ''),
  );
  const isIdle = asked.size === 0;
  byId('hint').hidden = !isIdle;
  const curl = isIdle && api !== undefined ? curlLine(api, samples) : undefined;
  byId('curl').textContent = curl ?? '';
  byId('curl-hint').hidden = curl === undefined;
}

function draw(now: number): void {
  const first = frames[0]?.time ?? now;
  const view = { frames, from: now - Math.min(span, Math.max(LEAST_SPAN, now - first)), to: now };
  for (const chart of charts) chart.update(view);
  showColdStarts(frames);
}

async function tick(): Promise<void> {
  const samples = await scrape().catch(() => undefined);
  const time = Date.now() / 1000;
  // A clock that was set back leaves no order in what was kept: the page begins again.
  if (time <= (frames.at(-1)?.time ?? 0)) return location.reload();
  if (samples !== undefined) {
    connection = 'live';
    take(time, samples);
  } else if (typeof connection === 'string') {
    connection = { lostAt: time };
    frames.push({ time, coldStarts: [] });
  }
  while ((frames[0]?.time ?? time) < time - KEEP_SECONDS) frames.shift();
  showConnection(connection);
  draw(time);
}

/** Does something again and again, a period after it began or at once when it took longer. */
async function every(period: number, work: () => Promise<void>): Promise<never> {
  for (;;) {
    const next = performance.now() + period;
    await work();
    await new Promise((resolve) => setTimeout(resolve, next - performance.now()));
  }
}

for (const input of document.querySelectorAll<HTMLInputElement>('input[name="span"]')) {
  input.addEventListener('change', () => {
    span = Number(input.value);
    draw(Date.now() / 1000);
  });
}
bindThemeButton(byId('theme'), () => {
  for (const chart of charts) chart.redraw();
});
void every(PERIOD, tick);
void every(LINKS_PERIOD, async () => {
  api = await showLinks(byId('links')).catch(() => api);
});
