/** The kinds of panel that the dashboards use, with what is the same on all of them. */
import {
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  PanelBuilder as HeatmapBuilder,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as GraphBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { datasource } from './datasource.ts';

const STAT_HEIGHT = 4;
const GRAPH_HEIGHT = 8;
const GOOD = 'green';
const BAD = 'red';

/** What a panel shows. */
export interface PanelSpec {
  readonly title: string;
  /** What the reader sees and what to make of it. */
  readonly description: string;
  /** Grafana's id of a unit, from the SDK's `units`; or `suffix:` and a text. */
  readonly unit: string;
  /** PromQL by legend; `{{label}}` in a legend stands for the label's value. */
  readonly queries: Readonly<Record<string, string>>;
  /** What stands there when no query has a value. @default 'no traffic' */
  readonly noValue?: string;
}

/** The latest value of each query in large print. */
export function stat(spec: PanelSpec): StatBuilder {
  return described(new StatBuilder(), spec)
    .height(STAT_HEIGHT)
    .targets(queriesOf(spec).map((query) => query.instant()))
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .thresholds(new ThresholdsConfigBuilder().steps([{ value: null, color: 'text' }]));
}

/** Lines over time, with a legend that names them. */
export function graph(spec: PanelSpec): GraphBuilder {
  return described(new GraphBuilder(), spec)
    .height(GRAPH_HEIGHT)
    .targets(queriesOf(spec).map((query) => query.range()))
    .lineWidth(2)
    .fillOpacity(10)
    .showPoints(VisibilityMode.Never)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .calcs(['lastNotNull', 'max']),
    )
    .tooltip(
      new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending),
    );
}

/** Areas on top of one another: parts of a sum. */
export function stackedGraph(spec: PanelSpec): GraphBuilder {
  const stacking = new StackingConfigBuilder().mode(StackingMode.Normal).group('A');
  return graph(spec).fillOpacity(40).stacking(stacking);
}

/** How many observations fell into each bucket over time; `unit` is that of the buckets. */
export function heatmap(spec: PanelSpec): HeatmapBuilder {
  return described(new HeatmapBuilder(), spec)
    .height(GRAPH_HEIGHT)
    .targets(queriesOf(spec).map((query) => query.range().format(PromQueryFormat.Heatmap)))
    .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme('Turbo').steps(64))
    .yAxis(new YAxisConfigBuilder().unit(spec.unit))
    .showLegend();
}

/** Green below `limit`, red from there on. */
export function badFrom(limit: number): ThresholdsConfigBuilder {
  return coloured(GOOD, limit, BAD);
}

/** Red below `limit`, green from there on. */
export function goodFrom(limit: number): ThresholdsConfigBuilder {
  return coloured(BAD, limit, GOOD);
}

/** Draws the panel's thresholds as dashed lines. */
export function thresholdLine(): GraphThresholdsStyleConfigBuilder {
  return new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed);
}

/** Dashes the lines whose legend matches: limits and references beside what is measured. */
export function dashed(panel: GraphBuilder, legend: RegExp): GraphBuilder {
  const style = { fill: 'dash', dash: [6, 6] };
  return panel.overrideByRegexp(String(legend), [{ id: 'custom.lineStyle', value: style }]);
}

function coloured(below: string, limit: number, above: string): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
    { value: null, color: below },
    { value: limit, color: above },
  ]);
}

/** What `described` sets; every panel builder has it. */
interface Describable {
  title(title: string): this;
  description(description: string): this;
  datasource(reference: typeof datasource): this;
  unit(unit: string): this;
  noValue(text: string): this;
}

function described<Panel extends Describable>(panel: Panel, spec: PanelSpec): Panel {
  return panel
    .title(spec.title)
    .description(spec.description)
    .datasource(datasource)
    .unit(spec.unit)
    .noValue(spec.noValue ?? 'no traffic');
}

function queriesOf({ queries }: PanelSpec): DataqueryBuilder[] {
  return Object.entries(queries).map(([legend, expression], index) =>
    new DataqueryBuilder()
      .refId(String.fromCharCode('A'.charCodeAt(0) + index))
      .datasource(datasource)
      .expr(expression)
      .legendFormat(legend),
  );
}
