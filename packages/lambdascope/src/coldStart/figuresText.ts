/** What was measured of cold starts, for a terminal. */
import type { ColdStartDocument, MeasuredColdStart } from './measurement.ts';
import { moduleList } from './modules.ts';
import { bytesText, millisText } from './quantity.ts';
import { textTable } from './textTable.ts';

/** The figures, the heaviest modules, and what there is to say of either. */
export function figuresText(
  document: ColdStartDocument,
  skipped: ReadonlyMap<string, string>,
): string {
  return [figuresTable(document), modulesText(document), notesText(document, skipped)]
    .filter(Boolean)
    .join('\n\n');
}

function figuresTable({ functions }: ColdStartDocument): string {
  return textTable([
    [
      '',
      'cold start',
      'runtime',
      'module load',
      'first invocation',
      'expected in AWS: init',
      'first invocation',
    ],
    ...Object.entries(functions).map(([key, figures]) => {
      const cell = (name: keyof MeasuredColdStart['quartiles']) => {
        const [value, quartiles] = [figures[name], figures.quartiles[name]];
        return value === undefined || quartiles === undefined
          ? '–'
          : `${millisText(value)} (${rangeText(quartiles)})`;
      };
      const { expectedAwsMillis, expectedFirstInvocationAwsMillis: first } = figures;
      return [
        key,
        cell('coldMillis'),
        cell('runtimeMillis'),
        cell('loadMillis'),
        cell('firstInvocationMillis'),
        rangeText(expectedAwsMillis),
        first === undefined ? '–' : `${rangeText(first)} at ${figures.memorySize} MB`,
      ];
    }),
  ]);
}

function rangeText({ low, high }: { readonly low: number; readonly high: number }): string {
  return `${millisText(low)}–${millisText(high)}`;
}

function modulesText({ functions }: ColdStartDocument): string {
  const rows = Object.entries(functions).map(
    ([key, { bundleBytes, heaviest }]) =>
      `  ${key}, ${bytesText(bundleBytes)}: ${moduleList(heaviest)}`,
  );
  return ['Heaviest modules', ...rows].join('\n');
}

function notesText({ functions }: ColdStartDocument, skipped: ReadonlyMap<string, string>): string {
  return [
    ...Object.entries(functions).flatMap(([key, { note }]) => (note ? [`${key}: ${note}.`] : [])),
    ...[...skipped].map(([key, reason]) => `${key}: not measured: ${reason}.`),
  ].join('\n');
}
