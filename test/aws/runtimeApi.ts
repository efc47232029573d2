/** Lambda's Runtime API on loopback, as AWS documents it: what an instance asks for work, and tells its results. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** Version of the API that AWS documents for runtimes. */
const API = '/2018-06-01/runtime';

/** The function threw, or its module did not load: what it told the Runtime API. */
export class LambdaFunctionError extends Error {
  override readonly name = 'LambdaFunctionError';
  /** Name of the error class in the function. */
  readonly errorType: string;
  /** Lines of the function's stack. */
  readonly stackTrace: readonly string[];

  constructor(body: string) {
    // AWS's own client for Node says `trace` where the API's documentation says `stackTrace`.
    const {
      errorType = 'Unknown',
      errorMessage = body,
      trace = [],
      stackTrace = trace,
    } = JSON.parse(body);
    super(errorMessage);
    this.errorType = errorType;
    this.stackTrace = stackTrace;
  }
}

interface Invocation {
  readonly id: string;
  readonly event: unknown;
  readonly deadline: number;
  resolve(response: string): void;
  reject(error: Error): void;
}

/** Starts the API for an instance of the function of that name. */
export async function startRuntimeApi(functionName: string) {
  const ready = Promise.withResolvers<void>();
  // Nobody may wait for it, when the instance is stopped before.
  ready.promise.catch(() => {});
  const waiting: Invocation[] = [];
  const running = new Map<string, Invocation>();
  /** An instance's request for work, while there is none. */
  let idle: ServerResponse | undefined;

  function giveWork(): void {
    if (!idle) return;
    const invocation = waiting.shift();
    if (!invocation) return;
    running.set(invocation.id, invocation);
    idle.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': invocation.id,
      'lambda-runtime-deadline-ms': String(invocation.deadline),
      'lambda-runtime-invoked-function-arn': `arn:aws:lambda:eu-central-1:123456789012:function:${functionName}`,
      'lambda-runtime-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0',
    });
    idle.end(JSON.stringify(invocation.event));
    idle = undefined;
  }

  async function answer({ method, url = '' }: IncomingMessage, body: string): Promise<number> {
    const [, id = '', outcome] = url.match(/\/invocation\/([^/]+)\/(response|error)$/) ?? [];
    const invocation = running.get(id);
    running.delete(id);
    if (method !== 'POST') return 404;
    if (url === `${API}/init/error`) ready.reject(new LambdaFunctionError(body));
    else if (!invocation) return 400;
    else if (outcome === 'response') invocation.resolve(body);
    else invocation.reject(new LambdaFunctionError(body));
    return 202;
  }

  const server = createServer(async (request, response) => {
    if (request.method === 'GET' && request.url === `${API}/invocation/next`) {
      idle = response;
      ready.resolve();
      giveWork();
      return;
    }
    response.statusCode = await answer(request, await text(request));
    response.end('{"status":"OK"}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  return {
    /** Host and port. */
    address: `127.0.0.1:${address.port}`,
    /** Resolves when the instance asks for its first invocation; rejects when its init fails. */
    ready: ready.promise,
    /**
     * Hands an event to the instance and waits for what it answers.
     *
     * @param deadline when the invocation runs out of time, in milliseconds of the epoch
     * @throws LambdaFunctionError when the function failed
     */
    async invoke(event: unknown, deadline: number): Promise<unknown> {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      waiting.push({ id: randomUUID(), event, deadline, resolve, reject });
      giveWork();
      return JSON.parse(await promise);
    },
    /** Fails what the instance has not answered: it is gone. */
    fail(error: Error) {
      ready.reject(error);
      for (const { reject } of [...waiting, ...running.values()]) reject(error);
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
