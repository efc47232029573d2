/** Validators that `tools/codegen.ts` compiles from `lib/schemas.ts` and the model's features. */
import type { ErrorObject } from 'ajv';
import type { Label } from './schemas.ts';

interface Validator<T> {
  (data: unknown): data is T;
  errors?: ErrorObject[] | null;
}

export const validateInstance: Validator<Record<string, number>>;
export const validateInstances: Validator<{ instances: unknown[] }>;
export const validateColumns: Validator<{ columns: string[]; data: unknown[] }>;
export const validateColumnsRow: Validator<number[]>;
export const validateLabel: Validator<Label>;
