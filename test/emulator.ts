/** Starts the real emulator for a test, on ports of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../tools/freePort.ts';
import { root } from '../tools/root.ts';
import { eventually } from './eventually.ts';

/** A running `sls offline`. */
export interface Emulator {
  /** Base URL of the API, without a slash at its end. */
  readonly url: string;
  /** Base URL of the endpoint for AWS SDKs. */
  readonly lambdaUrl: string;
  /** Base URL of the live page and `/metrics`. */
  readonly metricsUrl: string;
  readonly key: string;
  readonly pid: number;
  readonly process: ChildProcess;
  /** What has come of what it printed; later than an answer that it was printed before. */
  output(): string;
  /** Ends it as Ctrl-C does, until all that it printed has come; gives its exit code. */
  stop(): Promise<number | null>;
}

/** What a test may ask for. */
export interface EmulatorOptions {
  /** Variables on top of the ports and the key. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folder of the service. @default the repo */
  readonly cwd?: string;
}

/** Starts it, and waits until it answers. Seconds without a Pushgateway are its normal state. */
export async function startEmulator({
  env = {},
  cwd = root,
}: EmulatorOptions = {}): Promise<Emulator> {
  const [api, lambda, metrics, pushgateway] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const key = 'a-key-of-this-test';
  let output = '';
  const child = spawn(
    process.execPath,
    [join(root, 'node_modules/serverless/bin/serverless.js'), 'offline'],
    {
      cwd,
      env: {
        ...process.env,
        API_PORT: String(api),
        LAMBDA_PORT: String(lambda),
        METRICS_PORT: String(metrics),
        PUSHGATEWAY_PORT: String(pushgateway),
        API_KEY: key,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const closed = once(child, 'close');

  await eventually(() => {
    // The last that it prints of being ready.
    if (output.includes('Ctrl-C stops it.')) return;
    throw new Error(`the emulator is not ready:\n${output}`);
  });
  return {
    url: `http://127.0.0.1:${env['API_PORT'] ?? api}`,
    lambdaUrl: `http://127.0.0.1:${env['LAMBDA_PORT'] ?? lambda}`,
    metricsUrl: `http://127.0.0.1:${env['METRICS_PORT'] ?? metrics}`,
    key: env['API_KEY'] ?? key,
    pid: child.pid ?? 0,
    process: child,
    output: () => output,
    async stop() {
      child.kill('SIGINT');
      await closed;
      return child.exitCode;
    },
  };
}
