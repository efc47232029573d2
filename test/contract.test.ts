/** The API by its own contract: schemathesis asks the running emulator for what `/openapi.json` promises. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../tools/root.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { missingPython, pythonProgram } from './programs/folder.ts';
import { temporaryFolder } from './temporaryFolder.ts';

/** Those that apply to any operation; what they let pass is in `schemathesis.toml`. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'positive_data_acceptance',
  'missing_required_header',
  'unsupported_method',
  'allow_header_conformance',
  'use_after_free',
  'ensure_resource_availability',
  'ignored_auth',
  'object_level_authorization',
];

const OPERATIONS = ['GET /', 'POST /predict', 'POST /predict/batch', 'POST /labels'];

/** One line of the report: of the events in it, those that are read here. */
interface ReportLine {
  readonly PhaseFinished?: { readonly phase: { readonly name: string }; readonly status: string };
  readonly ScenarioFinished?: {
    readonly phase: string;
    readonly recorder: {
      readonly cases?: Readonly<Record<string, ReportedCase>>;
      readonly checks?: Readonly<Record<string, readonly { name: string; status: string }[]>>;
      readonly interactions?: Readonly<
        Record<string, { readonly response?: { readonly status_code: number } | null }>
      >;
    };
  };
}

interface ReportedCase {
  readonly value: {
    readonly method: string;
    readonly path: string;
    readonly meta: { readonly generation: { readonly mode: 'positive' | 'negative' } };
  };
  /** The link by which it was made. */
  readonly transition?: { readonly id: string };
}

describe.skipIf(missingPython('schemathesis'))('schemathesis', () => {
  const folder = temporaryFolder();
  let emulator: Emulator;
  let exit: { code: number; output: string };
  let report: ReportLine[];

  beforeAll(async () => {
    emulator = await startEmulator({ env: { LIMITS: 'false' } });
    const reportFile = join(folder, 'report.ndjson');
    const program = spawn(
      pythonProgram('schemathesis'),
      [
        ...['--config-file', join(root, 'test/schemathesis.toml')],
        ...['run', `${emulator.url}/openapi.json`, '--header', `x-api-key: ${emulator.key}`],
        ...['--checks', 'all', '--report', 'ndjson', '--report-ndjson-path', reportFile],
      ],
      // It leaves files where it runs.
      { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const printed = Promise.all([text(program.stdout), text(program.stderr)]);
    const [code] = (await once(program, 'close')) as [number];
    exit = { code, output: (await printed).join('') };
    report = (await readFile(reportFile, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as ReportLine);
  });
  afterAll(() => emulator?.stop());

  /** Every request that it judged. */
  const judged = () =>
    report.flatMap(({ ScenarioFinished: scenario }) => {
      const { cases = {}, checks = {}, interactions = {} } = scenario?.recorder ?? {};
      return Object.entries(cases).map(([id, { value, transition }]) => ({
        phase: scenario?.phase,
        operation: `${value.method} ${value.path}`,
        mode: value.meta.generation.mode,
        status: interactions[id]?.response?.status_code,
        link: transition?.id,
        checks: checks[id] ?? [],
      }));
    });

  it('finds no failure, no error and nothing to warn of', () => {
    expect(exit.code, exit.output).toBe(0);
  });

  it('has gone through every phase', () => {
    const phases = report.flatMap(({ PhaseFinished: end }) =>
      end ? [[end.phase.name, end.status]] : [],
    );
    expect(Object.fromEntries(phases)).toMatchObject({
      examples: 'success',
      coverage: 'success',
      fuzzing: 'success',
      stateful: 'success',
    });
  });

  it.each(OPERATIONS)(
    'has made every check of %s, in every phase that invents requests',
    (operation) => {
      for (const phase of ['coverage', 'fuzzing', 'stateful']) {
        const checks = judged()
          .filter((request) => request.phase === phase && request.operation === operation)
          .flatMap((request) => request.checks);
        expect(
          checks.map(({ name }) => name),
          phase,
        ).toEqual(expect.arrayContaining(CHECKS));
      }
    },
  );

  it.each(['POST /predict', 'POST /predict/batch'])(
    'has seen %s take what is valid, and refuse what is not in each way it can',
    (operation) => {
      const seen = judged().filter((request) => request.operation === operation);
      const statuses = (mode: string) =>
        new Set(seen.filter((request) => request.mode === mode).map(({ status }) => status));
      // 403: its key was taken away, to see it refused.
      expect(statuses('positive')).toEqual(new Set([200, 403]));
      expect(statuses('negative')).toEqual(new Set([400, 403, 415, 422]));
    },
  );

  it('has followed every link', () => {
    expect(new Set(judged().flatMap(({ link }) => link ?? []))).toEqual(
      new Set([
        'POST /predict -> [200] servedModel -> GET /',
        'POST /predict -> [200] label -> POST /labels',
        'POST /predict/batch -> [200] servedModel -> GET /',
        'POST /predict/batch -> [200] firstRow -> POST /predict',
      ]),
    );
  });
});
