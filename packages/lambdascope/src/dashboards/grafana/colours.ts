/**
 * Colours by name: a function, a status, a kind of error, a class of the model, cold or warm has the
 * same colour on every panel, whatever else has data. Grafana's names of colours fit both themes.
 */
import artifact from '../../model/artifact.json' with { type: 'json' };

/** A colour by what stands in a legend: a regular expression. */
type Colours = Readonly<Record<string, string>>;

/** For names of which there may be any number. */
const PALETTE = [
  'purple',
  'green',
  'yellow',
  'blue',
  'orange',
  'light-blue',
  'light-green',
  'light-purple',
];

const { classes, features } = artifact.content;

/** By label, whose values stand in a legend as `{{label}}`. */
const BY_LABEL: Readonly<Record<string, Colours>> = {
  function: { health: 'blue', predict: 'green', batchPredict: 'yellow', docs: 'purple' },
  status: { '2\\d\\d': 'green', '4\\d\\d': 'yellow', '5\\d\\d': 'red' },
  kind: { validation: 'yellow', handler: 'red', timeout: 'purple' },
  objective: { availability: 'green', 'warm-latency': 'blue', latency: 'orange' },
  class: inOrder(classes),
  feature: inOrder(features.map(({ name }) => name)),
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
 * The colours of the series under a legend, by regular expressions that match what it becomes; none
 * for names that nobody knows before, which Grafana colours by themselves.
 */
export function coloursOf(legend: string): Colours {
  const labels = [...legend.matchAll(/{{(\w+)}}/g)].map(([, label = '']) => label);
  if (labels.length > 0) {
    const [label, ...others] = labels.filter((name) => name in BY_LABEL);
    return (others.length === 0 && BY_LABEL[label ?? '']) || {};
  }
  const [name = ''] = legend.split(',');
  const colour = BY_NAME[name];
  return colour === undefined ? {} : { [name]: colour };
}

/** A colour for each name; where there are more names than colours, they begin anew. */
function inOrder(names: readonly string[]): Colours {
  return Object.fromEntries(
    names.map((name, index) => [RegExp.escape(name), PALETTE[index % PALETTE.length] ?? 'blue']),
  );
}
