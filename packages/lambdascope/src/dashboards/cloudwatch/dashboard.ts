/** Lays out the dashboard in CloudWatch and writes it as CloudWatch takes it. */
import type { Graph, Line, Section } from './graph.ts';
import type { Deployment } from './metricMath.ts';
import { jsonText, type Resource, type Value } from './template.ts';

/** Columns of CloudWatch's grid. */
const COLUMNS = 24;
const GRAPH_WIDTH = 8;
const GRAPH_HEIGHT = 6;
const TEXT_HEIGHT = 2;

/** Seconds that one point of a line stands for. */
const PERIOD = 60;

/** The resource of a dashboard. */
export function dashboardResource(deployment: Deployment, sections: readonly Section[]): Resource {
  return {
    Type: 'AWS::CloudWatch::Dashboard',
    Properties: {
      DashboardName: deployment.name,
      DashboardBody: body(deployment, sections),
    },
  };
}

function body({ region }: Deployment, sections: readonly Section[]): Value {
  const widgets: object[] = [];
  let y = 0;
  for (const { title, text, graphs } of sections) {
    const markdown = `## ${title}\n${text}`;
    widgets.push({
      type: 'text',
      x: 0,
      y,
      width: COLUMNS,
      height: TEXT_HEIGHT,
      properties: { markdown, background: 'transparent' },
    });
    y += TEXT_HEIGHT;
    const perRow = COLUMNS / GRAPH_WIDTH;
    for (const [index, graph] of graphs.entries()) {
      widgets.push({
        type: 'metric',
        x: (index % perRow) * GRAPH_WIDTH,
        y: y + Math.floor(index / perRow) * GRAPH_HEIGHT,
        width: GRAPH_WIDTH,
        height: GRAPH_HEIGHT,
        properties: graphProperties(region, graph),
      });
    }
    y += Math.ceil(graphs.length / perRow) * GRAPH_HEIGHT;
  }
  return jsonText({ start: '-PT3H', widgets });
}

function graphProperties(region: Value, { title, unit, lines, threshold, stacked }: Graph): object {
  return {
    title,
    region,
    view: 'timeSeries',
    stacked: stacked ?? false,
    period: PERIOD,
    metrics: lines.map(metricEntry),
    yAxis: { left: { label: unit, min: 0, showUnits: false } },
    ...(threshold === undefined
      ? {}
      : { annotations: { horizontal: [{ label: 'alarm', value: threshold }] } }),
  };
}

/** CloudWatch's form of a line: namespace, name, dimensions, and then how it is drawn. */
function metricEntry({ label, metric, stat, id, expression, hidden }: Line): unknown[] {
  const drawn = {
    label,
    ...(id ? { id } : {}),
    ...(stat ? { stat } : {}),
    ...(hidden ? { visible: false } : {}),
  };
  if (!metric) return [{ ...drawn, expression }];
  const dimensions = Object.entries(metric.dimensions).flat();
  return [metric.namespace, metric.name, ...dimensions, drawn];
}
