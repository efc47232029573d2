/** What became of cold starts from one version to another, for a terminal. */
import type { Comparison } from './comparison.ts';
import { moduleList } from './modules.ts';
import { bytesText, millisText } from './quantity.ts';
import { textTable } from './textTable.ts';

/** A line for each function. */
export function comparisonTable(comparisons: readonly Comparison[]): string {
  return textTable([
    ['', 'cold start', 'budget', 'bundle', 'budget', ''],
    ...comparisons.map(({ key, coldMillis, bundleBytes, budget, over }) => [
      key,
      coldText(coldMillis),
      budget.coldMillis === undefined ? '–' : `${millisText(budget.coldMillis)} ms`,
      signed(bundleBytes, bytesText),
      budget.bundleBytes === undefined ? '–' : bytesText(budget.bundleBytes),
      over.length > 0 ? 'over' : 'within',
    ]),
  ]);
}

/** What grew too much, and the modules that added it. */
export function overText({
  key,
  over,
  coldMillis,
  bundleBytes,
  budget,
  added,
}: Comparison): string {
  const grew = over.map((what) =>
    what === 'coldStart'
      ? `its cold start grew by ${coldText(coldMillis)}, over ${millisText(budget.coldMillis ?? 0)} ms`
      : `its bundle grew by ${bytesText(bundleBytes)}, over ${bytesText(budget.bundleBytes ?? 0)}`,
  );
  const modules = moduleList(added);
  return `${key}: ${grew.join('; ')}. ${modules ? `Added: ${modules}` : 'No module says what added it'}.`;
}

function coldText({ median, low, high }: Comparison['coldMillis']): string {
  return `${signed(median, millisText)} ms (${signed(low, millisText)} to ${signed(high, millisText)})`;
}

function signed(value: number, text: (value: number) => string): string {
  return value < 0 ? text(value).replace('-', '−') : `+${text(value)}`;
}
