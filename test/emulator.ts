/** Starts the real emulator for a test, on ports of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { emulatorPorts } from '../tools/freePort.ts';
import { root } from '../tools/root.ts';
import { eventually } from './eventually.ts';
import { type Parameters, parameterFlags } from './stageParameters.ts';

/** What a test may ask for. */
export interface EmulatorOptions {
  /** Variables on top of the ports and the key. */
  readonly env?: Readonly<Record<string, string>>;
  /** Parameters of the stage, by name. @default those of its file */
  readonly params?: Parameters;
  /** Folder of the service. @default the repo */
  readonly cwd?: string;
}

/** A running `sls offline`. */
export type Emulator = Awaited<ReturnType<typeof startEmulator>>;

/** Starts it, and waits until it answers. Seconds without a Pushgateway are its normal state. */
export async function startEmulator({ env = {}, params = {}, cwd = root }: EmulatorOptions = {}) {
  const all = { ...(await emulatorPorts()), API_KEY: 'a-key-of-this-test', ...env };
  let output = '';
  const child = spawn(
    process.execPath,
    [join(root, 'node_modules/serverless/bin/serverless.js'), 'offline', ...parameterFlags(params)],
    {
      cwd,
      env: { ...process.env, ...all },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const closed = once(child, 'close');

  await eventually(() => {
    // The last that it prints of being ready.
    if (output.includes('Ctrl-C stops it.')) return;
    throw new Error(`the emulator is not ready:\n${output}`);
  });
  const url = `http://127.0.0.1:${all.API_PORT}`;
  const key = all.API_KEY;
  return {
    /** Base URL of the API, without a slash at its end. */
    url,
    /** Base URL of the endpoint for AWS SDKs. */
    lambdaUrl: `http://127.0.0.1:${all.LAMBDA_PORT}`,
    /** Base URL of the live page and `/metrics`. */
    metricsUrl: `http://127.0.0.1:${all.METRICS_PORT}`,
    key,
    /** Posts a body with the key, as JSON unless other headers say so. */
    post: (path: string, body: string | Buffer | object, headers: Record<string, string> = {}) =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'x-api-key': key, 'content-type': 'application/json', ...headers },
        body: wireForm(body),
      }),
    pid: child.pid ?? 0,
    process: child,
    /** What has come of what it printed; later than an answer that it was printed before. */
    output: () => output,
    /** Ends it as Ctrl-C does, until all that it printed has come; gives its exit code. */
    async stop() {
      child.kill('SIGINT');
      await closed;
      return child.exitCode;
    },
  };
}

/** Texts and bytes as they are; anything else as JSON. */
function wireForm(body: string | Buffer | object): string | Uint8Array<ArrayBuffer> {
  if (typeof body === 'string') return body;
  return Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body);
}
