/** Builds requests, each with the answer that the contract promises for it. */
import type { Feature } from '../../lib/model.ts';
import type { Row } from './sampler.ts';
import type { HttpRequest } from './sender.ts';

/** Rows that an answer holds. */
export interface RowsFound {
  readonly rows: number;
  readonly outOfDistribution: number;
}

/** A request that knows its answer. */
export interface LoadRequest extends HttpRequest {
  /** What is sent, in the words of the report. */
  readonly kind: string;
  /** Status that the answer should have. */
  readonly status: number;
  /** Status that it may have instead: in AWS, where that differs. */
  readonly orStatus?: number;
  /** Whether a limit may refuse it instead; so it is where the purpose is to go over one. */
  readonly mayBeRefused?: true;
  /** Predictions that the answer should hold. */
  readonly rows: number;
  /** Whether a function is asked; false where the gateway answers by itself. */
  readonly invokes: boolean;
  /** Counts the predictions in the body of a good answer. */
  readonly count: (body: Buffer) => RowsFound;
  /** Is told the body of a good answer, when what is sent later follows from it. */
  readonly answered?: (body: Buffer) => void;
}

/** Where requests go, and with which key. */
export interface Endpoint {
  /** Path of the API on its server, without a slash at its end: empty, or a stage such as `/dev`. */
  readonly basePath: string;
  readonly key: string;
  readonly features: readonly FeatureInput[];
}

/** What a request must know of a feature. */
export type FeatureInput = Pick<Feature, 'name' | 'minimum'>;

/** The two forms of a batch. */
export type BatchForm = 'instances' | 'columns';

/** Headers that every good request has. */
export function jsonHeaders(key: string): Record<string, string> {
  return { 'content-type': 'application/json', 'x-api-key': key };
}

/** `POST /predict` with one row. */
export function predictRequest(endpoint: Endpoint, row: Row): LoadRequest {
  return {
    kind: 'one row',
    status: 200,
    rows: 1,
    invokes: true,
    method: 'POST',
    path: `${endpoint.basePath}/predict`,
    headers: jsonHeaders(endpoint.key),
    body: JSON.stringify(instance(endpoint.features, row)),
    count: countPrediction,
  };
}

/** `POST /predict/batch` with many rows. */
export function batchRequest(
  endpoint: Endpoint,
  rows: readonly Row[],
  form: BatchForm,
): LoadRequest {
  return {
    kind: `batch of ${rows.length} as ${form}`,
    status: 200,
    rows: rows.length,
    invokes: true,
    method: 'POST',
    path: `${endpoint.basePath}/predict/batch`,
    headers: jsonHeaders(endpoint.key),
    body: batchBody(endpoint.features, rows, form),
    count: countBatch,
  };
}

/** `POST /labels` with the true class of a prediction of one row. */
export function labelRequest(endpoint: Endpoint, requestId: string, name: string): LoadRequest {
  return {
    kind: 'a label',
    status: 200,
    orStatus: 202,
    rows: 0,
    invokes: true,
    method: 'POST',
    path: `${endpoint.basePath}/labels`,
    headers: jsonHeaders(endpoint.key),
    body: JSON.stringify({ request_id: requestId, class: name }),
    count: countNothing,
  };
}

/** The body of a batch. */
export function batchBody(
  features: readonly FeatureInput[],
  rows: readonly Row[],
  form: BatchForm,
): string {
  return JSON.stringify(
    form === 'instances'
      ? { instances: rows.map((row) => instance(features, row)) }
      : { columns: features.map(({ name }) => name), data: rows },
  );
}

/** A row by feature name. */
export function instance(features: readonly FeatureInput[], row: Row): Record<string, unknown> {
  return Object.fromEntries(features.map(({ name }, i) => [name, row[i]]));
}

/** No prediction is promised, and none is looked for. */
export function countNothing(): RowsFound {
  return { rows: 0, outOfDistribution: 0 };
}

function countPrediction(body: Buffer): RowsFound {
  const answer = objectIn(body);
  return {
    rows: typeof answer['prediction'] === 'string' ? 1 : 0,
    outOfDistribution: answer['out_of_distribution'] === true ? 1 : 0,
  };
}

function countBatch(body: Buffer): RowsFound {
  const { predictions, out_of_distribution_count: outOfDistribution } = objectIn(body);
  return {
    rows: Array.isArray(predictions) ? predictions.length : 0,
    outOfDistribution: typeof outOfDistribution === 'number' ? outOfDistribution : 0,
  };
}

/** The JSON object in a body; one without anything in it where there is none, which the report then shows. */
export function objectIn(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
