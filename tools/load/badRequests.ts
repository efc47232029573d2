/** Every way to be refused that the contract knows, each with the status that it must get. */
import { MAX_ROWS } from '../../lib/schemas.ts';
import {
  batchBody,
  countNothing,
  type Endpoint,
  instance,
  jsonHeaders,
  type LoadRequest,
} from './requests.ts';
import type { Row } from './sampler.ts';

/** Larger than `POST /predict` takes. */
const LARGE = 'x'.repeat(20_000);

/** What differs from a good `POST /predict`. */
interface Difference {
  readonly kind: string;
  readonly status: number;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** @default true */
  readonly invokes?: boolean;
}

/** One request of every bad kind, around one good row. */
export function badRequests({ basePath, key, features }: Endpoint, row: Row): LoadRequest[] {
  const good = instance(features, row);
  const first = features[0]?.name ?? '';
  const bounded = features.find(({ minimum }) => minimum !== undefined);
  const headers = jsonHeaders(key);
  const withFirst = (value: unknown) => JSON.stringify({ ...good, [first]: value });
  const differences: readonly Difference[] = [
    { kind: 'malformed JSON', status: 400, body: '{"' },
    { kind: 'empty body', status: 400, body: '' },
    {
      kind: 'no key',
      status: 403,
      invokes: false,
      headers: { 'content-type': 'application/json' },
    },
    { kind: 'wrong key', status: 403, invokes: false, headers: jsonHeaders('not-the-key') },
    { kind: 'unknown route', status: 404, invokes: false, path: '/nothing/here' },
    { kind: 'wrong method', status: 405, invokes: false, method: 'PUT' },
    { kind: 'body too large', status: 413, body: withFirst(LARGE) },
    { kind: 'not JSON', status: 415, headers: { ...headers, 'content-type': 'text/plain' } },
    { kind: 'missing field', status: 422, body: JSON.stringify({ ...good, [first]: undefined }) },
    { kind: 'unknown field', status: 422, body: JSON.stringify({ ...good, colour: 1 }) },
    { kind: 'string for a number', status: 422, body: withFirst('5.1') },
    { kind: 'null', status: 422, body: withFirst(null) },
    { kind: 'not a number', status: 422, body: withFirst(null).replace('null', 'NaN') },
    { kind: 'infinite', status: 422, body: withFirst(null).replace('null', '1e999') },
    ...(bounded?.minimum === undefined
      ? []
      : [
          {
            kind: 'below the minimum',
            status: 422,
            body: JSON.stringify({ ...good, [bounded.name]: bounded.minimum - 1 }),
          },
        ]),
    { kind: 'array for an object', status: 422, body: '[]' },
    { kind: 'empty batch', status: 422, path: '/predict/batch', body: '{"instances":[]}' },
    {
      kind: 'batch with a bad row',
      status: 422,
      path: '/predict/batch',
      body: JSON.stringify({ instances: [good, { ...good, [first]: 'x' }] }),
    },
    {
      kind: 'batch without a column',
      status: 422,
      path: '/predict/batch',
      body: batchBody(features.slice(1), [row.slice(1)], 'columns'),
    },
    {
      kind: 'batch too long',
      status: 422,
      path: '/predict/batch',
      body: batchBody(features, Array<Row>(MAX_ROWS + 1).fill(row), 'columns'),
    },
  ];
  return differences.map(({ path = '/predict', ...difference }) => ({
    method: 'POST',
    headers,
    body: JSON.stringify(good),
    invokes: true,
    ...difference,
    path: basePath + path,
    rows: 0,
    count: countNothing,
  }));
}
