/**
 * Colours by name: a function, a status, a kind of error, a reason, a value of a label of the service's own, cold
 * or warm has the same colour on every panel, whatever else has data. Grafana's names of colours fit
 * both themes.
 */
import type { ServiceDescription } from '../service.ts';

/** A colour by what stands in a legend: a regular expression. */
export type Colours = Readonly<Record<string, string>>;

/** For names of which there may be any number. */
const OTHERS = ['orange', 'light-blue', 'light-green', 'light-purple'];
const OF_FUNCTIONS = ['blue', 'green', 'yellow', 'purple', ...OTHERS];
const OF_VALUES = ['purple', 'green', 'yellow', 'blue', ...OTHERS];

/** By label of the kit's own metrics, whose values stand in a legend as `{{label}}`. */
const BY_LABEL: Readonly<Record<string, Colours>> = {
  status: { '2\\d\\d': 'green', '4\\d\\d': 'yellow', '5\\d\\d': 'red' },
  kind: { validation: 'yellow', handler: 'red', timeout: 'purple', memory: 'orange' },
  reason: {
    reserved: 'red',
    account: 'purple',
    scaling: 'orange',
    rate: 'blue',
    burst: 'light-blue',
    quota: 'yellow',
  },
  initialization_type: { 'on-demand': 'orange', 'provisioned-concurrency': 'blue' },
  objective: { availability: 'green', latency: 'orange', 'warm-latency': 'blue' },
};

/** Of a legend that is the same for every series: the whole of it, or its part before a comma. */
const BY_NAME: Colours = {
  all: 'green',
  'of all requests': 'text',
  cold: 'orange',
  warm: 'blue',
  mean: 'yellow',
  median: 'light-blue',
  p95: 'blue',
  p99: 'purple',
  instances: 'blue',
  'in flight': 'orange',
  batches: 'purple',
  rows: 'yellow',
  in: 'blue',
  out: 'purple',
};

/**
 * Gives the colours of the series under a legend, by regular expressions that match what it becomes;
 * none for names that nobody knows before, which Grafana colours by themselves.
 */
export function coloursOf({
  functions,
  metrics,
}: Pick<ServiceDescription, 'functions' | 'metrics'>): (legend: string) => Colours {
  const byLabel: Readonly<Record<string, Colours>> = {
    ...coloursOfValues(metrics),
    ...BY_LABEL,
    function: inOrder(functions, OF_FUNCTIONS),
  };
  return (legend) => {
    const labels = [...legend.matchAll(/{{(\w+)}}/g)].map(([, label = '']) => label);
    if (labels.length > 0) {
      const [label, ...others] = labels.filter((name) => Object.hasOwn(byLabel, name));
      return (others.length === 0 && byLabel[label ?? '']) || {};
    }
    const [name = ''] = legend.split(',');
    const colour = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
    return colour === undefined ? {} : { [name]: colour };
  };
}

/** By label, each value that a metric of the service's is known to have, in the order of its definition. */
function coloursOfValues(metrics: ServiceDescription['metrics']): Record<string, Colours> {
  const values = new Map<string, Set<string>>();
  for (const labels of metrics.flatMap(({ known = [] }) => known)) {
    for (const [label, value] of Object.entries(labels)) {
      values.set(label, (values.get(label) ?? new Set()).add(value));
    }
  }
  return Object.fromEntries(
    [...values].map(([label, of]) => [label, escaped(inOrder([...of], OF_VALUES))]),
  );
}

/** A colour for each name; where there are more names than colours, they begin anew. */
function inOrder(names: readonly string[], palette: readonly string[]): Colours {
  const parts = (name: string) => names.filter((other) => name.includes(other)).length;
  const colours = names.map((name, index) => ({
    name,
    colour: palette[index % palette.length] ?? 'blue',
  }));
  // What comes last counts: `get` would match `get-all` too.
  const wholeLast = colours.toSorted((one, other) => parts(one.name) - parts(other.name));
  return Object.fromEntries(wholeLast.map(({ name, colour }) => [name, colour]));
}

/** Regular expressions that match the names of colours literally. Node 20 has no `RegExp.escape`. */
function escaped(colours: Colours): Colours {
  const literal = (name: string) =>
    name.replaceAll(
      /^[a-z\d]|[!-/:-@[-^`{-~]/gi,
      (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );
  return Object.fromEntries(
    Object.entries(colours).map(([name, colour]) => [literal(name), colour]),
  );
}
