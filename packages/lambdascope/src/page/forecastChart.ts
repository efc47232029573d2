/** Draws a forecast, whose figures are in the page: latency and instances of the scenario that is chosen. */
import uPlot from 'uplot';
import type { ChartScenario } from '../forecast/chart.ts';
import { formatNumber, NOTHING } from './format.ts';

/** Colours of C. Okabe and K. Ito, as the live page's, that light and dark both let be seen. */
const COLORS = ['#0b7fc0', '#b06a00', '#d1480c'];

/** Distances of ticks, in seconds, from a second to weeks. */
const TICKS = [1, 5, 15, 60, 300, 900, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 604_800];

function found<Element extends HTMLElement>(selector: string): Element {
  const element = document.querySelector<Element>(selector);
  if (element === null) throw new Error(`The page has no ${selector}.`);
  return element;
}

const scenarios = JSON.parse(found('script').textContent ?? '') as ChartScenario[];
const choice = found<HTMLSelectElement>('select');
const charts = found('.charts');

/** Hours and minutes after the start. */
function clock(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  const part = seconds % 60 === 0 ? '' : `:${String(Math.round(seconds % 60)).padStart(2, '0')}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}${part}`;
}

function draw(
  title: string,
  labels: readonly string[],
  columns: ChartScenario['latencies'],
  at: ChartScenario['at'],
) {
  const stroke = getComputedStyle(document.body).color;
  const axis = {
    stroke,
    grid: { stroke: '#8884', width: 1 },
    ticks: { stroke: '#8884', width: 1 },
  };
  new uPlot(
    {
      title,
      width: charts.clientWidth,
      height: 280,
      scales: { x: { time: false }, y: { range: (_, __, most) => [0, (most || 1) * 1.05] } },
      axes: [
        { ...axis, incrs: TICKS, values: (_, ticks) => ticks.map(clock) },
        { ...axis, size: 70 },
      ],
      series: [
        { label: 'from the start', value: (_, value) => (value === null ? NOTHING : clock(value)) },
        ...labels.map((label, i) => ({
          label,
          stroke: COLORS[i] ?? stroke,
          width: 2,
          value: (_: uPlot, value: number | null) =>
            value === null ? NOTHING : formatNumber(value),
        })),
      ],
    },
    [at, ...columns] as uPlot.AlignedData,
    charts,
  );
}

function show(): void {
  const scenario = scenarios[choice.selectedIndex];
  charts.replaceChildren();
  if (scenario === undefined) return;
  draw('Latency, ms', ['p50', 'p95', 'p99'], scenario.latencies, scenario.at);
  draw('Instances', ['on average', 'most'], scenario.instances, scenario.at);
}

choice.append(...scenarios.map(({ name }) => new Option(name)));
choice.addEventListener('change', show);
addEventListener('resize', show);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show);
show();
