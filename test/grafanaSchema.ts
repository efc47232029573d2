/** Checks what Grafana is given against its own types, turned into JSON schemas. */
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { Ajv, type AnySchemaObject, type ValidateFunction } from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';
import { expect } from 'vitest';
import { asTarget, isRow, panelsOf, targetsOf } from './dashboards.ts';
import type { GrafanaTypes } from './grafanaTypes.ts';

type TypeName = keyof GrafanaTypes;

const generated = createGenerator({
  path: 'test/grafanaTypes.ts',
  tsconfig: 'tsconfig.json',
  expose: 'none',
  // The SDK marks its queries with a method, which no JSON has.
  functions: 'hide',
  topRef: false,
  skipTypeCheck: true,
}).createSchema('GrafanaTypes');
// `deprecated` holds a text here, which Ajv would refuse.
const ajv = new Ajv({ allErrors: true, strict: false, validateSchema: false });
ajv.addSchema(generated as AnySchemaObject, 'grafana');

/** Expects that panels have only options and fields that exist. */
export function expectPanels(dashboard: Dashboard): void {
  for (const panel of panelsOf(dashboard)) {
    const custom = { ...panel.fieldConfig?.defaults.custom, ...overriddenFields(panel) };
    const used = Object.keys(custom).length > 0;
    expectType(panelType(panel), { options: panel.options, ...(used && { custom }) }, panel.title);
  }
}

/** Expects that panels and annotations ask in the form of Prometheus queries. */
export function expectQueries(dashboard: Dashboard): void {
  const annotations = (dashboard.annotations.list ?? []).map(({ target }) => asTarget(target));
  for (const target of [...panelsOf(dashboard).flatMap(targetsOf), ...annotations]) {
    expectType('prometheusQuery', target, target.expr);
  }
}

/** Expects a dashboard, whatever its panels are. */
export function expectDashboard(dashboard: Dashboard): void {
  expectType('dashboard', withoutQueries(dashboard));
}

/** Expects Grafana's own alerts: each a Prometheus query and a threshold on it. */
export function expectAlertRules(file: GrafanaTypes['ruleFile']): void {
  expectType('ruleFile', file);
  for (const { data } of file.groups.flatMap(({ rules }) => rules)) {
    expect(data).toHaveLength(2);
    expectType('prometheusQuery', data[0]?.model);
    expectType('thresholdExpression', data[1]?.model);
  }
}

/** The check of a type. */
export function validatorOf(type: TypeName): ValidateFunction {
  const validate = ajv.getSchema(`grafana#/properties/${type}`);
  if (validate === undefined) throw new Error(`no schema of ${type}`);
  return validate;
}

/** Expects a value of a type; the place is for the message. */
export function expectType(type: TypeName, value: unknown, place = ''): void {
  const validate = validatorOf(type);
  validate(value);
  expect(validate.errors ?? [], place).toEqual([]);
}

const PANEL_TYPES = ['stat', 'timeseries', 'heatmap', 'table'] as const;

function panelType({ type, title }: Panel): (typeof PANEL_TYPES)[number] {
  const known = PANEL_TYPES.find((one) => one === type);
  if (known !== undefined) return known;
  throw new Error(`${title} is a panel of a kind that is not checked: ${type}`);
}

/** The fields of a panel's kind that overrides set: `custom.lineStyle` as `{lineStyle: …}`. */
function overriddenFields({ fieldConfig }: Panel): Record<string, unknown> {
  const properties = fieldConfig?.overrides.flatMap((override) => override.properties) ?? [];
  return Object.fromEntries(
    properties
      .filter(({ id }) => id.startsWith('custom.'))
      .map(({ id, value }) => [id.slice('custom.'.length), value]),
  );
}

/** The dashboard's type knows nothing of a query but that it is one: those are checked by themselves. */
function withoutQueries(dashboard: Dashboard): unknown {
  const unasked = (panel: Panel) => ({ ...panel, targets: [] });
  const panels = dashboard.panels?.map((panel) =>
    isRow(panel) ? { ...panel, panels: panel.panels.map(unasked) } : unasked(panel),
  );
  const list = dashboard.annotations.list?.map((annotation) => ({ ...annotation, target: {} }));
  return { ...dashboard, panels, annotations: { list } };
}
