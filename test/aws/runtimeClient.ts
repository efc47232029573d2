/** A small runtime interface client of the documented protocol, for machines where AWS's own does not build. */
import { pathToFileURL } from 'node:url';

const api = `http://${process.env['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime`;

type Handler = (event: unknown, context: object) => unknown;

async function post(path: string, body: unknown): Promise<void> {
  await fetch(`${api}${path}`, { method: 'POST', body: JSON.stringify(body ?? null) });
}

function errorBody(error: unknown): object {
  if (error instanceof Error) {
    const stackTrace = error.stack?.split('\n');
    return { errorType: error.name, errorMessage: error.message, stackTrace };
  }
  return { errorType: typeof error, errorMessage: String(error) };
}

async function loadHandler(): Promise<Handler> {
  const [, path, exported] = process.env['_HANDLER']?.match(/^(.*)\.([^./]+)$/) ?? [];
  const module = await import(pathToFileURL(`${process.env['LAMBDA_TASK_ROOT']}/${path}.mjs`).href);
  return module[exported ?? ''];
}

async function runNext(handler: Handler): Promise<void> {
  const { headers, body } = await nextInvocation();
  const id = headers.get('lambda-runtime-aws-request-id') ?? '';
  const deadline = Number(headers.get('lambda-runtime-deadline-ms'));
  const context = {
    awsRequestId: id,
    functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: process.env['AWS_LAMBDA_FUNCTION_VERSION'],
    invokedFunctionArn: headers.get('lambda-runtime-invoked-function-arn'),
    memoryLimitInMB: process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    await post(`/invocation/${id}/response`, await handler(body, context));
  } catch (error) {
    await post(`/invocation/${id}/error`, errorBody(error));
  }
}

async function nextInvocation(): Promise<{ headers: Headers; body: unknown }> {
  const response = await fetch(`${api}/invocation/next`);
  return { headers: response.headers, body: await response.json() };
}

let handler: Handler;
try {
  handler = await loadHandler();
} catch (error) {
  await post('/init/error', errorBody(error));
  process.exit(1);
}
for (;;) await runNext(handler);
