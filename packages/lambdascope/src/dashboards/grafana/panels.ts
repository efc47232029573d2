/** The kinds of panel that the dashboards use, with what is the same on all of them. */
import {
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  ScaleDistribution,
  ScaleDistributionConfigBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TableCellDisplayMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  type Panel,
  SpecialValueMatch,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  CellValuesBuilder,
  PanelBuilder as HeatmapBuilder,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import {
  type Dataquery,
  DataqueryBuilder,
  PromQueryFormat,
} from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as GraphBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Colours } from './colours.ts';
import { datasource } from './datasource.ts';

const STAT_HEIGHT = 4;
const GRAPH_HEIGHT = 8;
/** So that the names of a histogram's buckets do not lie on one another. */
export const HEATMAP_HEIGHT = 12;
const GOOD = 'green';
const DOUBTFUL = 'orange';
const BAD = 'red';
const NEUTRAL = 'text';
const NO_TRAFFIC = 'no traffic';
/** Its lowest counts stand out from a dark panel as from a light one, and so do all others. */
const HEATMAP_COLOURS = 'Cool';

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

/** What a panel with large print shows. */
export interface StatSpec extends PanelSpec {
  /** What stands for single values; see `named`. @default each as it is */
  readonly names?: readonly ValueMapping[];
}

/** What a panel with lines shows, and how. */
export interface GraphSpec extends PanelSpec {
  /**
   * Where the names are: in a table beside the lines, largest first, on panels as wide as two of a
   * line; in a row below, for a few names on a narrow one.
   *
   * @default 'beside', or nowhere for a single line, which the title names
   */
  readonly legend?: 'beside' | 'below';
  /** For values of which some are a hundred times others. @default false */
  readonly logarithmic?: boolean;
}

/** The latest value of each query in large print. */
export function stat(spec: StatSpec): StatBuilder {
  return described(new StatBuilder(), spec)
    .height(STAT_HEIGHT)
    .targets(queriesOf(spec).map((query) => query.instant()))
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .thresholds(new ThresholdsConfigBuilder().steps([{ value: null, color: NEUTRAL }]))
    .noValue(noValueOf(spec))
    .mappings([withoutValue(noValueOf(spec)), ...(spec.names ?? [])]);
}

/** Lines over time. */
export function graph(spec: GraphSpec): GraphBuilder {
  const legends = Object.keys(spec.queries);
  const single = legends.length === 1 && !legends[0]?.includes('{{');
  const panel = described(new GraphBuilder(), spec)
    .height(GRAPH_HEIGHT)
    .targets(queriesOf(spec).map((query) => query.range()))
    .lineWidth(2)
    .fillOpacity(single && !spec.logarithmic ? 10 : 0)
    .showPoints(VisibilityMode.Never)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .legend(spec.legend === undefined && single ? noLegend() : legendOf(spec))
    .tooltip(
      new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending),
    );
  // Grafana writes the text for "no value" at every tick of a logarithmic axis that has no label.
  return spec.logarithmic ? panel.scaleDistribution(decades()) : panel.noValue(noValueOf(spec));
}

/** Areas on top of one another: parts of a sum. They have no outline, which would show parts of zero. */
export function stackedGraph(spec: GraphSpec): GraphBuilder {
  const stacking = new StackingConfigBuilder().mode(StackingMode.Normal).group('A');
  return graph(spec).lineWidth(0).fillOpacity(70).stacking(stacking);
}

/** How many observations fell into each bucket over time; `unit` is that of the buckets. */
export function heatmap(spec: PanelSpec): HeatmapBuilder {
  return described(new HeatmapBuilder(), spec)
    .height(HEATMAP_HEIGHT)
    .targets(queriesOf(spec).map((query) => query.range().format(PromQueryFormat.Heatmap)))
    .color(
      new HeatmapColorOptionsBuilder()
        .mode(HeatmapColorMode.Scheme)
        .scheme(HEATMAP_COLOURS)
        .steps(64),
    )
    .cellValues(new CellValuesBuilder().decimals(0))
    .yAxis(new YAxisConfigBuilder().unit(spec.unit))
    .noValue(noValueOf(spec))
    .showLegend();
}

/** The latest counts of a query by two of its labels: one down, one across. */
export function matrix(
  spec: PanelSpec,
  { down, across }: { readonly down: string; readonly across: string },
): TableBuilder {
  return described(new TableBuilder(), spec)
    .height(GRAPH_HEIGHT)
    .targets(queriesOf(spec).map((query) => query.instant().format(PromQueryFormat.Table)))
    .withTransformation({
      id: 'groupingToMatrix',
      options: { rowField: down, columnField: across, valueField: 'Value' },
    })
    .decimals(0)
    .min(0)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.ContinuousBlues))
    .overrideByFieldType('number', [
      { id: 'custom.cellOptions', value: { type: TableCellDisplayMode.ColorBackground } },
    ])
    .noValue(noValueOf(spec));
}

/** What stands for "no value", in a colour that judges nothing. */
function withoutValue(text: string): ValueMapping {
  return {
    type: MappingType.SpecialValue,
    options: { match: SpecialValueMatch.Null, result: { text, color: NEUTRAL } },
  };
}

/** What stands for a value. */
export function named(value: number, text: string, color: string): ValueMapping {
  return { type: MappingType.ValueToText, options: { [value]: { text, color } } };
}

/** Green below `limit`, red from there on. */
export function badFrom(limit: number): ThresholdsConfigBuilder {
  return parted(GOOD, [limit, BAD]);
}

/** Green below `doubtful`, orange from there on, red from `limit` on. */
export function worseFrom(doubtful: number, limit: number): ThresholdsConfigBuilder {
  return parted(GOOD, [doubtful, DOUBTFUL], [limit, BAD]);
}

/** Red below `limit`, green from there on. */
export function goodFrom(limit: number): ThresholdsConfigBuilder {
  return parted(BAD, [limit, GOOD]);
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

/** Takes away the series that have nothing but NaN in the time range: a quantile of no request. */
export function withoutNaN(panel: GraphBuilder): GraphBuilder {
  return panel.withOverride({
    // Grafana's largest of such values is null, and so is what is not given.
    matcher: { id: 'byValue', options: { reducer: 'max', op: 'eq' } },
    properties: [{ id: 'custom.hideFrom', value: { legend: true, tooltip: true, viz: true } }],
  });
}

/** Draws a built graph's lines in the colours of their names, under everything else that was said of them. */
export function coloured(panel: Panel, coloursOf: (legend: string) => Colours): Panel {
  const { fieldConfig } = panel;
  if (panel.type !== 'timeseries' || !fieldConfig) return panel;
  const colours = (panel.targets ?? []).flatMap((target) =>
    Object.entries(coloursOf((target as Dataquery).legendFormat ?? '')),
  );
  const overrides = colours.map(([name, colour]) => ({
    matcher: { id: 'byRegexp', options: String(new RegExp(`(^|\\W)${name}(\\W|$)`)) },
    properties: [{ id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: colour } }],
  }));
  return {
    ...panel,
    fieldConfig: { ...fieldConfig, overrides: [...overrides, ...fieldConfig.overrides] },
  };
}

function noLegend(): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder().showLegend(false).displayMode(LegendDisplayMode.Hidden);
}

function legendOf({ legend = 'beside' }: GraphSpec): VizLegendOptionsBuilder {
  const shown = new VizLegendOptionsBuilder().showLegend(true);
  return legend === 'below'
    ? shown.displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).calcs(['max'])
    : shown
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Right)
        .calcs(['lastNotNull', 'max'])
        .sortBy('Max')
        .sortDesc(true);
}

function decades(): ScaleDistributionConfigBuilder {
  return new ScaleDistributionConfigBuilder().type(ScaleDistribution.Log).log(10);
}

function noValueOf({ noValue = NO_TRAFFIC }: PanelSpec): string {
  return noValue;
}

function parted(
  color: string,
  ...above: readonly (readonly [from: number, color: string])[]
): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color }, ...above.map(([value, color]) => ({ value, color }))]);
}

/** What `described` sets; every panel builder has it. */
interface Describable {
  title(title: string): this;
  description(description: string): this;
  datasource(reference: typeof datasource): this;
  unit(unit: string): this;
}

function described<Panel extends Describable>(panel: Panel, spec: PanelSpec): Panel {
  return panel
    .title(spec.title)
    .description(spec.description)
    .datasource(datasource)
    .unit(spec.unit);
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
