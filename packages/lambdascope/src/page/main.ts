/** The live page: asks for the metrics once a second and shows what has happened since. */
import type { ShownMetric } from '../emulator/livePage.ts';
import type { Sample } from '../prometheusText.ts';
import { askMetrics, askService } from './ask.ts';
import { createColdStartList } from './coldStartList.ts';
import type { InitFacts } from './coldStartTexts.ts';
import { byId, element } from './element.ts';
import type { Frame } from './frame.ts';
import { type Connection, showConnection, showInfos, showServer } from './header.ts';
import { createHistory } from './history.ts';
import { showLinks } from './links.ts';
import { metricPanel } from './metricPanel.ts';
import { createPanel, type Panel } from './panel.ts';
import { panels, WINDOW_SECONDS } from './panels.ts';
import { coldStartsOf, signalsOf } from './signals.ts';
import { spanBetween } from './span.ts';
import { bindThemeButton } from './theme.ts';
import { createTiles } from './tiles.ts';

/** Time from one scrape to the next, in milliseconds. */
const PERIOD = 1000;
/** Time between two looks at what there is to show, in milliseconds. */
const SERVICE_PERIOD = 10_000;
/** How far back the page remembers, in seconds. */
const KEEP_SECONDS = 15 * 60;
/** The least that charts show, in seconds. */
const LEAST_SPAN = 60;

const history = createHistory(KEEP_SECONDS);
const frames: Frame[] = [];
let connection: Connection = 'connecting';
let span = 5 * 60;
/** The service's own metrics that have a panel, and what shows them. */
let shown: readonly ShownMetric[] = [];
let ownCharts: readonly Panel[] = [];
let initFacts: InitFacts = { cores: Number.POSITIVE_INFINITY, uncontendedInitSeconds: {} };
let showTiles = createTiles(byId('tiles'), shown);

const builtInCharts = Object.entries(panels).map(([id, options]) => createPanel(byId(id), options));
const showColdStarts = createColdStartList(byId('cold-starts'));

/** Takes a scrape into the history, the tiles and the head of the page. */
function take(time: number, samples: readonly Sample[]): void {
  const previous = history.before(0);
  const reading = history.add(time, samples);
  const since = (seconds: number) =>
    spanBetween(history, history.before(seconds) ?? reading, reading);
  const signals = signalsOf(since(WINDOW_SECONDS), shown);
  const coldStarts = coldStartsOf(spanBetween(history, previous ?? reading, reading));
  frames.push({ time, signals, coldStarts });
  showTiles(signals, signalsOf(since(KEEP_SECONDS), shown));
  showServer(samples, time);
  showInfos(samples, shown);
  byId('hint').hidden = signals.asked.size > 0;
}

function draw(now: number): void {
  const first = frames[0]?.time ?? now;
  const view = { frames, from: now - Math.min(span, Math.max(LEAST_SPAN, now - first)), to: now };
  for (const chart of [...builtInCharts, ...ownCharts]) chart.update(view);
  showColdStarts(frames, initFacts);
}

async function tick(): Promise<void> {
  const samples = await askMetrics().catch(() => undefined);
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

/** Shows what the server has to show of its service; as before while it does not answer. */
async function showService(): Promise<void> {
  const service = await askService().catch(() => undefined);
  if (service === undefined) return;
  const { links, example, metrics } = service;
  initFacts = service;
  showLinks(byId('links'), links);
  byId('example').textContent = example ?? '';
  byId('example-hint').hidden = example === undefined;
  if (JSON.stringify(metrics) === JSON.stringify(shown)) return;
  shown = metrics;
  showTiles = createTiles(byId('tiles'), shown);
  for (const chart of ownCharts) chart.remove();
  ownCharts = shown
    .filter(({ panel }) => panel.show !== 'info')
    .map((metric) => {
      const host = element('section', 'panel');
      byId('panels').append(host);
      return createPanel(host, metricPanel(metric));
    });
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
  for (const chart of [...builtInCharts, ...ownCharts]) chart.redraw();
});
void every(PERIOD, tick);
void every(SERVICE_PERIOD, showService);
