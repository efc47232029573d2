/** The services to compare: how each is started and asked, and what its answers say. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { infer } from '../../lib/inference.ts';
import { prediction } from '../../lib/predictions.ts';
import { model } from '../../lib/servedModel.ts';
import { batchBody, instance } from '../../tools/load/requests.ts';
import type { Row } from '../../tools/load/sampler.ts';
import type { HttpRequest } from '../../tools/load/sender.ts';
import { benchProgram } from '../programs.ts';
import { rowRequest } from '../rowRequest.ts';
import { type BenchServer, startOursByNpm, startServer } from '../servers.ts';
import { type Forest, PEER_FOLDER } from './forest.ts';
import { type Verdict, verdict } from './verdict.ts';

/** How rows are written: one by its fields, many as objects with these, many as lists of numbers. */
export type Form = 'row' | 'objects' | 'lists';

/** A service to compare. */
export interface Contender {
  /** As tables name it. */
  readonly title: string;
  /** Starts it, and waits for its first good answer. */
  readonly start: () => Promise<BenchServer>;
  /** Seconds after which more of the same load makes it no faster. */
  readonly warmUp: number;
  /** Undefined for a form that it does not take. */
  readonly request: (form: Form, rows: readonly Row[]) => HttpRequest | undefined;
  /** What a good answer says. */
  readonly read: (form: Form, answer: unknown) => readonly Verdict[];
  /** What it should say. */
  readonly expected: (rows: readonly Row[]) => Promise<readonly Verdict[]>;
}

/** Seconds after which a peer is warm: Python compiles nothing as it runs, batching learns how long to wait. */
const PEER_WARM_UP = 5;

/** Requests that MLServer puts together at most, as many as ever come at once; seconds that it waits for more. */
const MLSERVER_BATCHING = { max_batch_size: 50, max_batch_time: 0.002 };

/** Of FastAPI and MLServer, as of BentoML by its `cpu_count`. */
const WORKERS = String(availableParallelism());

/** A prediction as ours and FastAPI's write it. */
interface NamedPrediction {
  readonly prediction: string;
  readonly probabilities: Readonly<Record<string, number>>;
}

const named = ({ prediction, probabilities }: NamedPrediction): Verdict => ({
  prediction,
  shares: model.classes.map((name) => probabilities[name] ?? Number.NaN),
});

const readNamed: Contender['read'] = (form, answer) =>
  form === 'row'
    ? [named(answer as NamedPrediction)]
    : (answer as { predictions: NamedPrediction[] }).predictions.map(named);

/** A request with the headers of ours. */
const post = (path: string, body: string): HttpRequest => ({ ...rowRequest, path, body });

/** A body that ours and FastAPI take. */
function bodyOf(form: Form, rows: readonly Row[]): string {
  const { features } = model;
  if (form === 'row') return JSON.stringify(instance(features, rows[0] ?? []));
  return batchBody(features, rows, form === 'objects' ? 'instances' : 'columns');
}

/** Our service, through the emulator, with its metrics. */
export const ours: Contender = {
  title: 'ours',
  start: startOursByNpm,
  // Each instance compiles for itself: the more there are, the longer that takes.
  warmUp: Number.POSITIVE_INFINITY,
  request: (form, rows) => post(form === 'row' ? '/predict' : '/predict/batch', bodyOf(form, rows)),
  read: readNamed,
  async expected(rows) {
    const values = Float64Array.from(rows.flat());
    const inference = infer(model, values);
    return rows.map((_, row) => named(prediction(model, values, inference, row)));
  },
};

/** FastAPI, by uvicorn. */
export function fastapi(forest: Forest): Contender {
  return {
    title: 'FastAPI',
    warmUp: PEER_WARM_UP,
    async start() {
      const command = [
        ...[benchProgram('fastapi', 'bin/uvicorn'), 'fastapi_service:app', '--workers', WORKERS],
        ...['--loop', 'uvloop', '--http', 'httptools'],
        ...['--no-access-log', '--log-level', 'warning'],
      ];
      return startServer(shell('exec "$@" --port "$API_PORT"', command), PEER_FOLDER, {
        PEER_MODEL: forest.file,
        PYTHONDONTWRITEBYTECODE: '1',
        PROMETHEUS_MULTIPROC_DIR: await mkdtemp(join(forest.folder, 'metrics-')),
      });
    },
    request: (form, rows) =>
      post(form === 'row' ? '/predict' : `/predict/${form}`, bodyOf(form, rows)),
    read: readNamed,
    expected: forest.verdicts,
  };
}

/** BentoML, which takes lists alone and answers with shares. */
export function bentoml(forest: Forest, batching: boolean): Contender {
  const request: Contender['request'] = (form, rows) =>
    form === 'objects' ? undefined : post('/predict', JSON.stringify({ rows }));
  return {
    title: batching ? 'BentoML, batching' : 'BentoML',
    warmUp: PEER_WARM_UP,
    start() {
      const program = benchProgram('bentoml', 'bin/bentoml');
      const command = [program, 'serve', 'bentoml_service:Forest', '--host', '127.0.0.1'];
      const env = {
        PEER_MODEL: forest.file,
        PEER_BATCHING: batching ? 'on' : 'off',
        PYTHONDONTWRITEBYTECODE: '1',
        BENTOML_HOME: join(forest.folder, 'bentoml'),
        BENTOML_DO_NOT_TRACK: 'True',
      };
      const onPort = shell('exec "$@" --port "$API_PORT"', command);
      return startServer(onPort, PEER_FOLDER, env, exampleOf(request));
    },
    request,
    read: (_form, answer) => (answer as number[][]).map(verdict),
    expected: forest.verdicts,
  };
}

/** MLServer with its runtime for scikit-learn, which takes a tensor and answers with shares. */
export function mlserver(forest: Forest, batching: boolean): Contender {
  const request: Contender['request'] = (form, rows) => {
    if (form === 'objects') return undefined;
    const shape = [rows.length, model.features.length];
    const tensor = { name: 'rows', shape, datatype: 'FP64', data: rows.flat() };
    // Without the class: asked for both, it would walk the forest twice.
    const wanted = { inputs: [tensor], outputs: [{ name: 'predict_proba' }] };
    return post('/v2/models/forest/infer', JSON.stringify(wanted));
  };
  return {
    title: batching ? 'MLServer, batching' : 'MLServer',
    warmUp: PEER_WARM_UP,
    async start() {
      const folder = join(await mkdtemp(join(forest.folder, 'mlserver-')), 'forest');
      await mkdir(folder);
      const settings = {
        host: '127.0.0.1',
        parallel_workers: Number(WORKERS),
        // No access log.
        debug: false,
        gzip_enabled: false,
      };
      const modelSettings = {
        name: 'forest',
        implementation: 'mlserver_sklearn.SKLearnModel',
        parameters: { uri: forest.file },
        ...(batching ? MLSERVER_BATCHING : {}),
      };
      await writeFile(join(folder, 'settings.json'), JSON.stringify(settings));
      await writeFile(join(folder, 'model-settings.json'), JSON.stringify(modelSettings));
      const ports =
        'MLSERVER_HTTP_PORT="$API_PORT" MLSERVER_GRPC_PORT="$LAMBDA_PORT" MLSERVER_METRICS_PORT="$METRICS_PORT"';
      const program = benchProgram('mlserver', 'bin/mlserver');
      const onPorts = shell(`exec env ${ports} "$@"`, [program, 'start', folder]);
      return startServer(onPorts, folder, {}, exampleOf(request));
    },
    request,
    read(_form, answer) {
      const [output] = (answer as { outputs: { data: number[] }[] }).outputs;
      const { data } = output ?? { data: [] };
      const width = model.classes.length;
      const rows = Array.from({ length: data.length / width }, (_, row) => row * width);
      return rows.map((from) => verdict(data.slice(from, from + width)));
    },
    expected: forest.verdicts,
  };
}

/** The request with which a service's start ends: the example row of the model. */
function exampleOf(request: Contender['request']): HttpRequest {
  return request('row', [model.features.map(({ example }) => example)]) ?? rowRequest;
}

/** A command by a line of shell, which gets the ports as variables. */
function shell(line: string, command: readonly string[]): readonly string[] {
  return ['sh', '-c', line, 'sh', ...command];
}
