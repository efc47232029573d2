/** Services of many kinds, as strangers have them, under the packed kit: every count is exact. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { descendantsOf } from '../../../test/processes.ts';
import {
  type Files,
  install,
  pinned,
  type RunningService,
  type StartOptions,
  start,
  uninstall,
  writeFiles,
} from './stranger.ts';

const KIT = ['lambdascope', 'serverless-offline'];
const folders = { four: '', three: '' };
const running = new Set<RunningService>();

beforeAll(async () => {
  folders.four = await install({
    ...pinned,
    express: '*',
    'serverless-esbuild': '*',
    'serverless-http': '*',
    typescript: '^5.9.0',
  });
});

afterEach(async () => {
  for (const service of running) expect(await service.stop()).toBe(0);
  running.clear();
});

afterAll(async () => {
  for (const folder of Object.values(folders)) if (folder) await uninstall(folder);
});

/** A service's `serverless.yml`. */
function serverlessYml(functions: object, more: object = {}): object {
  const provider = { name: 'aws', runtime: 'nodejs22.x' };
  return { service: 'shop', provider, plugins: KIT, functions, ...more };
}

/** Writes a service and starts it; it is stopped after the test. */
async function serve(files: Files, options?: StartOptions, above = folders.four) {
  const folder = await mkdtemp(join(above, 'service-'));
  await writeFiles(folder, files);
  const service = await start(folder, options);
  running.add(service);
  return service;
}

/** What the gateway itself can answer in the place of a function, or for it. */
const AT_ZERO = [200, 429, 500, 502, 504];

const commonJs = {
  'serverless.yml': serverlessYml({
    hello: { handler: 'src/functions/hello.handler', events: [{ http: 'GET /hello/{name}' }] },
    orders: {
      name: 'a-name-of-its-own',
      handler: 'src/orders/index.take',
      events: [{ http: { method: 'post', path: 'orders' } }],
    },
    rest: { handler: 'src/rest.handler', events: [{ http: 'ANY /rest/{proxy+}' }] },
  }),
  'src/functions/hello.js': `exports.handler = async ({ pathParameters: { name } }) =>
    name === 'nobody' ? { statusCode: 404, body: '' } : { statusCode: 200, body: 'hello ' + name };`,
  'src/orders/index.js': `const { size } = require('./size');
    exports.take = async ({ body }) => ({ statusCode: size(body) ? 201 : 422, body: '{}' });`,
  'src/orders/size.js': 'exports.size = (body) => body.length;',
  'src/rest.js': 'exports.handler = async () => ({ statusCode: 204 });',
};

describe('the packed kit', () => {
  it('has what its package.json points to, and its command, but no source', async () => {
    const kit = join(folders.four, 'node_modules/lambdascope');
    const { exports, bin } = JSON.parse(await readFile(join(kit, 'package.json'), 'utf8')) as {
      exports: Record<string, string | Record<string, string>>;
      bin: Record<string, string>;
    };
    const targets = [...Object.values(exports), bin].flatMap((one) =>
      typeof one === 'string' ? [one] : Object.values(one),
    );
    expect(targets.length).toBeGreaterThan(8);
    for (const target of targets) {
      expect(globSync(target.replace('*', '**/*'), { cwd: kit }), target).not.toEqual([]);
    }
    expect(globSync('{src,test}/**', { cwd: kit })).toEqual([]);
    const { stdout } = await promisify(execFile)(
      join(folders.four, 'node_modules/.bin/lambdascope'),
      ['--help'],
    );
    expect(stdout).toContain('lambdascope dashboards --out DIR');
  });

  it('can be imported and required, with types', async () => {
    const folder = join(folders.four, 'imports');
    const names = ['observe', 'metrics', 'span', 'instance', 'properties', 'remember'].map(
      (name) => `lambdascope/${name}`,
    );
    await writeFiles(folder, {
      'import.mjs': names.map((name) => `import '${name}';`).join('\n'),
      'require.cjs': names.map((name) => `require('${name}');`).join('\n'),
      'plugin.mjs': `import Plugin from 'lambdascope'; if (typeof Plugin !== 'function') throw 1;`,
      'typed.ts': `import { defineMetrics } from 'lambdascope/metrics';
        import { isColdStart } from 'lambdascope/instance';
        import { observed } from 'lambdascope/observe';
        const metrics = defineMetrics({
          orders: { name: 'orders_total', kind: 'counter', labels: ['country'], help: 'Orders.' },
        });
        export const handler = observed(async (event: { country: string }) => {
          metrics.orders.inc({ country: event.country });
          // @ts-expect-error there is no such label
          metrics.orders.inc({ town: 'Delft' });
          return { statusCode: 200, body: String(isColdStart()) };
        });`,
      'tsconfig.json': JSON.stringify({
        compilerOptions: { module: 'nodenext', strict: true, noEmit: true, skipLibCheck: true },
      }),
    });
    const run = (program: string, ...args: string[]) =>
      promisify(execFile)(program, args, { cwd: folder });
    for (const file of ['import.mjs', 'require.cjs', 'plugin.mjs']) {
      await run(process.execPath, '--no-warnings', file);
    }
    const { stdout } = await run(
      process.execPath,
      join(folders.four, 'node_modules/typescript/bin/tsc'),
    ).catch((error: { stdout: string }) => error);
    expect(stdout).toBe('');
  });
});

describe('a service of CommonJS on a REST API', () => {
  it('is counted, with its stage in paths, in subfolders, with a name of its own', async () => {
    const service = await serve(commonJs);
    const before = await service.seen();
    const anyMethod = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
    expect(Object.keys(before.of('api_requests_total')).toSorted()).toEqual(
      [
        ...[...AT_ZERO, 404].map((status) => `hello GET /hello/{name} ${status}`),
        ...[...AT_ZERO, 400, 413, 415, 422].map((status) => `orders POST /orders ${status}`),
        ...anyMethod.flatMap((method) =>
          (['POST', 'PUT', 'PATCH'].includes(method)
            ? [...AT_ZERO, 400, 413, 415, 422]
            : [...AT_ZERO, 404]
          ).map((status) => `rest ${method} /rest/{proxy+} ${status}`),
        ),
      ].toSorted(),
    );
    expect(Object.keys(before.of('api_request_latency_seconds_count'))).toEqual([
      'hello /hello/{name} true',
      'hello /hello/{name} false',
      'orders /orders true',
      'orders /orders false',
      'rest /rest/{proxy+} true',
      'rest /rest/{proxy+} false',
    ]);
    expect(before.zeros.zero).toBe(before.zeros.series);

    expect(await service.ask('/dev/hello/anna')).toBe(200);
    expect(await service.ask('/dev/hello/bob')).toBe(200);
    expect(await service.ask('/dev/hello/nobody')).toBe(404);
    expect(await service.ask('/dev/orders', { method: 'POST', body: 'x' })).toBe(201);
    expect(await service.ask('/dev/rest/a/b', { method: 'DELETE' })).toBe(204);
    expect(await service.ask('/dev/nothing')).toBe(404);

    const seen = await service.seen();
    expect(seen.counted('api_requests_total')).toEqual({
      'hello GET /hello/{name} 200': 2,
      'hello GET /hello/{name} 404': 1,
      'orders POST /orders 201': 1,
      'rest DELETE /rest/{proxy+} 204': 1,
    });
    expect(seen.counted('api_request_latency_seconds_count')).toEqual({
      'hello /hello/{name} true': 1,
      'hello /hello/{name} false': 2,
      'orders /orders true': 1,
      'rest /rest/{proxy+} true': 1,
    });
    expect(seen.counted('lambda_cold_starts_total')).toEqual({ hello: 1, orders: 1, rest: 1 });
    expect(seen.counted('lambda_init_duration_seconds_count')).toEqual({
      hello: 1,
      orders: 1,
      rest: 1,
    });
    expect(seen.counted('lambda_errors_total')).toEqual({ 'hello validation': 1 });
    expect(seen.counted('lambda_instances')).toEqual({ hello: 1, orders: 1, rest: 1 });
    expect(seen.counted('lambda_invocations_in_flight')).toEqual({});
    expect(seen.counted('api_request_size_bytes_sum')).toEqual({ orders: 1 });
    expect(seen.counted('api_response_size_bytes_sum')).toEqual({ hello: 19, orders: 2 });
  });

  it('answers the same without the line', async () => {
    const without = { ...commonJs['serverless.yml'], plugins: KIT.slice(1) };
    const bare = await serve({ ...commonJs, 'serverless.yml': without }, { sign: 'Server ready' });
    const service = await serve(commonJs);
    for (const path of ['/dev/hello/anna', '/dev/hello/nobody', '/dev/rest/a', '/dev/nothing']) {
      const [wanted, got] = await Promise.all([bare, service].map(({ url }) => answer(url + path)));
      expect(got).toEqual(wanted);
    }
  });
});

/** What a client gets, but for what is different each time. */
async function answer(url: string): Promise<object> {
  const response = await fetch(url);
  const { date, ...headers } = Object.fromEntries(response.headers);
  expect(date).toBeDefined();
  return { status: response.status, headers, body: await response.text() };
}

describe('a service of ES modules on an HTTP API', () => {
  it('is counted, with routes for any method and by default', async () => {
    const service = await serve({
      'package.json': '{ "type": "module" }',
      'serverless.yml': serverlessYml({
        hello: {
          handler: 'hello.handler',
          events: [{ httpApi: 'GET /hello/{name}' }, { httpApi: { method: '*', path: '/any' } }],
        },
        other: { handler: 'other.handler', events: [{ httpApi: '*' }] },
      }),
      'hello.js': `export const handler = async ({ rawPath }) =>
        rawPath === '/any' ? { text: 'the body of a 200' } : { statusCode: 200, body: rawPath };`,
      'other.mjs': 'export const handler = async () => ({ statusCode: 418, body: "" });',
    });
    expect((await service.seen()).of('api_requests_total')).toMatchObject({
      'hello GET /hello/{name} 200': 0,
      'hello PUT /any 200': 0,
      'other GET $default 200': 0,
    });
    expect(await service.ask('/hello/anna')).toBe(200);
    expect(await service.ask('/any', { method: 'PUT' })).toBe(200);
    expect(await service.ask('/else/where')).toBe(418);
    const seen = await service.seen();
    expect(seen.counted('api_requests_total')).toEqual({
      'hello GET /hello/{name} 200': 1,
      'hello PUT /any 200': 1,
      'other GET $default 418': 1,
    });
    expect(seen.counted('lambda_cold_starts_total')).toEqual({ hello: 1, other: 1 });
    expect(seen.counted('lambda_init_duration_seconds_count')).toEqual({ hello: 1, other: 1 });
  });
});

describe('a service of a gateway with authorizers, keys and other payloads', () => {
  it('is counted', async () => {
    const authorizers = {
      simple: {
        type: 'request',
        functionName: 'simple',
        payloadVersion: '2.0',
        enableSimpleResponses: true,
        identitySource: '$request.header.authorization',
      },
    };
    const http = (path: string, more: object) => [{ http: { method: 'get', path, ...more } }];
    const service = await serve({
      'serverless.yml': serverlessYml(
        {
          rest: { handler: 'index.ok', events: http('rest', { authorizer: 'policy' }) },
          keyed: { handler: 'index.ok', events: http('keyed', { private: true }) },
          template: { handler: 'index.ok', events: http('template', { integration: 'lambda' }) },
          old: {
            handler: 'index.ok',
            events: [
              { httpApi: { method: 'get', path: '/old/{id}', authorizer: { name: 'simple' } } },
            ],
          },
          policy: { handler: 'index.policy' },
          simple: { handler: 'index.simple' },
        },
        {
          provider: {
            name: 'aws',
            runtime: 'nodejs22.x',
            httpApi: { payload: '1.0', authorizers },
          },
        },
      ),
      'index.js': `exports.ok = async () => ({ statusCode: 200, body: '' });
        exports.simple = async () => ({ isAuthorized: true });
        exports.policy = async ({ methodArn }) => ({
          principalId: 'anna',
          policyDocument: {
            Version: '2012-10-17',
            Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: methodArn }],
          },
        });`,
    });
    expect((await service.seen()).of('api_requests_total')).toMatchObject({
      'policy authorizer 200': 0,
      'simple authorizer 200': 0,
      'template direct 200': 0,
      'old GET /old/{id} 200': 0,
    });
    const [, key = ''] = /Key with token: '(\w+)'/.exec(service.output()) ?? [];
    const allowed = { headers: { authorization: 'let me in' } };
    expect(await service.ask('/dev/rest', allowed)).toBe(200);
    expect(await service.ask('/dev/rest')).toBe(401);
    expect(await service.ask('/dev/keyed', { headers: { 'x-api-key': key } })).toBe(200);
    expect(await service.ask('/dev/keyed')).toBe(403);
    expect(await service.ask('/dev/template')).toBe(200);
    expect(await service.ask('/old/1', allowed)).toBe(200);
    const seen = await service.seen();
    expect(seen.counted('api_requests_total')).toEqual({
      'rest GET /rest 200': 1,
      'policy authorizer 200': 1,
      'keyed GET /keyed 200': 1,
      'template direct 200': 1,
      'old GET /old/{id} 200': 1,
      'simple authorizer 200': 1,
    });
    expect(seen.counted('api_client_requests_total')).toEqual({ local: 1 });
  });
});

describe('a service of TypeScript', () => {
  const handler = `type Answer = { readonly statusCode: number; readonly body: string };
    export const handler = async (): Promise<Answer> => ({ statusCode: 200, body: 'typed' });`;
  const yml = serverlessYml({
    hello: { handler: 'src/hello.handler', events: [{ http: 'GET /hello' }] },
  });

  it.each(['commonjs', 'module'])('that serverless-offline runs as %s is counted', async (type) => {
    const service = await serve({
      'package.json': JSON.stringify({ type }),
      'serverless.yml': yml,
      'src/hello.ts': handler,
    });
    await expectTwo(service, '/dev/hello');
  });

  it('that wraps its handlers has its metrics at zero from the start', async () => {
    const service = await serve({
      'package.json': '{ "type": "commonjs" }',
      'serverless.yml': { ...yml, custom: { lambdascope: { metrics: 'src/metrics.ts' } } },
      'src/metrics.ts': `import { defineMetrics } from 'lambdascope/metrics';
        export const metrics = defineMetrics({
          greetings: { name: 'greetings_total', kind: 'counter', help: 'Greetings.', known: [{}] },
        });`,
      'src/hello.ts': `import { observed } from 'lambdascope/observe';
        import { metrics } from './metrics.ts';
        export const handler = observed(async (): Promise<object> => {
          metrics.greetings.inc({}, 2);
          return { statusCode: 200, body: '' };
        });`,
    });
    expect((await service.seen()).of('greetings_total')).toEqual({ hello: 0 });
    await expectTwo(service, '/dev/hello');
    expect((await service.seen()).of('greetings_total')).toEqual({ hello: 4 });
  });

  it('that serverless-esbuild bundles is counted', async () => {
    const service = await serve({
      'serverless.yml': {
        ...yml,
        plugins: ['lambdascope', 'serverless-esbuild', 'serverless-offline'],
      },
      'src/hello.ts': handler,
    });
    await expectTwo(service, '/dev/hello');
  });
});

/** Asks twice for a function `hello`, and expects just that. */
async function expectTwo(service: RunningService, path: string, route = '/hello'): Promise<void> {
  expect(await service.ask(path)).toBe(200);
  expect(await service.ask(path)).toBe(200);
  const seen = await service.seen();
  expect(seen.counted('api_requests_total')).toEqual({ [`hello GET ${route} 200`]: 2 });
  expect(seen.counted('api_request_latency_seconds_count')).toEqual({
    [`hello ${route} true`]: 1,
    [`hello ${route} false`]: 1,
  });
  expect(seen.counted('lambda_cold_starts_total')).toEqual({ hello: 1 });
  expect(seen.counted('lambda_init_duration_seconds_count')).toEqual({ hello: 1 });
  expect(seen.counted('lambda_errors_total')).toEqual({});
}

describe('a service that fails', () => {
  it('is counted, with callbacks, errors and a timeout', async () => {
    const ways = ['calls', 'throws', 'rejects', 'errs', 'hangs'];
    const service = await serve({
      'serverless.yml': serverlessYml(
        Object.fromEntries(
          ways.map((way) => [
            way,
            { handler: `index.${way}`, timeout: 1, events: [{ http: `GET /${way}` }] },
          ]),
        ),
      ),
      'index.js': `exports.calls = (event, context, callback) =>
          setImmediate(() => callback(null, { statusCode: 200, body: 'called' }));
        exports.throws = () => { throw new Error('as is meant'); };
        exports.rejects = async () => { throw new Error('as is meant'); };
        exports.errs = (event, context, callback) => callback(new Error('as is meant'));
        exports.hangs = () => new Promise(() => {});`,
    });
    const statuses = Object.fromEntries(
      await Promise.all(ways.map(async (way) => [way, await service.ask(`/dev/${way}`)])),
    );
    expect(await service.ask('/dev/hangs')).toBe(statuses.hangs);
    const seen = await service.seen();
    expect(seen.counted('api_requests_total')).toEqual(
      Object.fromEntries(
        ways.map((way) => [`${way} GET /${way} ${statuses[way]}`, way === 'hangs' ? 2 : 1]),
      ),
    );
    expect(statuses).toEqual({
      calls: 200,
      throws: 502,
      rejects: 502,
      errs: 502,
      hangs: 502,
    });
    expect(seen.counted('lambda_errors_total')).toEqual({
      'throws handler': 1,
      'rejects handler': 1,
      'errs handler': 1,
      'hangs timeout': 2,
    });
    // What is out of time is ended, so that the next finds a new instance.
    const each = Object.fromEntries(ways.map((way) => [way, way === 'hangs' ? 2 : 1]));
    expect(seen.counted('lambda_cold_starts_total')).toEqual(each);
  });
});

describe('an Express app', () => {
  it('is counted', async () => {
    const service = await serve({
      'serverless.yml': serverlessYml({
        app: {
          handler: 'app.handler',
          events: [{ httpApi: 'ANY /' }, { httpApi: 'ANY /{proxy+}' }],
        },
      }),
      'app.js': `const express = require('express');
        const serverless = require('serverless-http');
        const app = express();
        app.use(express.json());
        app.get('/', (request, response) => response.send('home'));
        app.post('/orders/:id', (request, response) => response.status(201).json(request.body));
        exports.handler = serverless(app);`,
    });
    expect(await service.ask('/')).toBe(200);
    const order = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"pears":3}',
    };
    expect(await service.ask('/orders/1', order)).toBe(201);
    expect(await service.ask('/nothing')).toBe(404);
    const seen = await service.seen();
    expect(seen.counted('api_requests_total')).toEqual({
      'app GET / 200': 1,
      'app POST /{proxy+} 201': 1,
      'app GET /{proxy+} 404': 1,
    });
    expect(seen.counted('lambda_cold_starts_total')).toEqual({ app: 1 });
    expect(seen.counted('api_request_size_bytes_sum')).toEqual({ app: order.body.length });
  });
});

describe('a service without routes', () => {
  it('is counted by what triggers it', async () => {
    const service = await serve({
      'serverless.yml': serverlessYml({
        nightly: { handler: 'index.handler', events: [{ schedule: 'rate(1 day)' }] },
        queue: {
          name: 'the-queue',
          handler: 'index.handler',
          events: [{ sqs: 'arn:aws:sqs:eu-west-1:123456789012:orders' }],
        },
        direct: { handler: 'index.handler' },
      }),
      'index.js': `exports.handler = async ({ fail }) => {
          if (fail) throw new Error('as is meant');
          return { done: true };
        };`,
    });
    expect(Object.keys((await service.seen()).of('api_request_latency_seconds_count'))).toEqual(
      ['nightly schedule', 'nightly direct', 'queue sqs', 'queue direct', 'direct direct'].flatMap(
        (route) => [`${route} true`, `${route} false`],
      ),
    );
    const scheduled = { source: 'aws.events', 'detail-type': 'Scheduled Event' };
    expect(await service.invoke('shop-dev-nightly', scheduled)).toEqual({ done: true });
    await service.invoke('the-queue', { Records: [{ eventSource: 'aws:sqs', body: 'pears' }] });
    await service.invoke('shop-dev-direct', {});
    await service.invoke('shop-dev-direct', { fail: true });
    const seen = await service.seen();
    expect(seen.counted('api_requests_total')).toEqual({
      'nightly schedule 200': 1,
      'queue sqs 200': 1,
      'direct direct 200': 1,
      'direct direct 500': 1,
    });
    expect(seen.counted('lambda_cold_starts_total')).toEqual({ nightly: 1, queue: 1, direct: 1 });
    expect(seen.counted('lambda_errors_total')).toEqual({ 'direct handler': 1 });
  });
});

describe('a wrapped service', () => {
  const wrapped = {
    'serverless.yml': serverlessYml({
      middy: { handler: 'index.withMiddy', events: [{ httpApi: 'GET /middy' }] },
      plain: { handler: 'index.plain', events: [{ httpApi: 'GET /plain' }] },
      bare: { handler: 'index.bare', events: [{ httpApi: 'GET /bare' }] },
    }),
    'metrics.mjs': `import { defineMetrics } from 'lambdascope/metrics';
      export const metrics = defineMetrics({
        orders: {
          name: 'orders_total', kind: 'counter', labels: ['country'], help: 'Orders.',
          known: [{ country: 'NL' }, { country: 'BE', function: 'middy' }],
          panel: { title: 'Orders', show: 'rate' },
        },
        stock: { name: 'stock_pears', kind: 'gauge', help: 'Pears left.' },
        price: {
          name: 'order_price_euros', kind: 'histogram', buckets: [10, 100], help: 'Prices.',
          known: [{ function: 'plain' }],
        },
      });`,
    'index.mjs': `import middy from '@middy/core';
      import { observe, observed } from 'lambdascope/observe';
      import { metrics } from './metrics.mjs';
      async function core() {
        metrics.orders.inc({ country: 'NL' });
        metrics.orders.inc({ country: 'NL' }, 2);
        metrics.stock.set({}, 7);
        metrics.price.observe({}, [5, 50, 500]);
        return { statusCode: 200, body: '' };
      }
      export const withMiddy = middy(core).use(observe());
      export const plain = observed(core);
      export const bare = async () => ({ statusCode: 200 });`,
  };

  it.each(['serverless-offline', 'lambdascope'])('run by %s is counted once', async (runner) => {
    const custom = { lambdascope: { metrics: 'metrics.mjs', runner } };
    const service = await serve({
      ...wrapped,
      'serverless.yml': { ...wrapped['serverless.yml'], custom },
    });
    const before = await service.seen();
    expect(before.of('orders_total')).toEqual({
      'middy NL': 0,
      'plain NL': 0,
      'bare NL': 0,
      'middy BE': 0,
    });
    expect(before.of('order_price_euros_count')).toEqual({ plain: 0 });
    expect(before.of('stock_pears')).toEqual({});
    for (const path of ['/middy', '/middy', '/plain', '/bare']) {
      expect(await service.ask(path)).toBe(200);
    }
    const seen = await service.seen();
    expect(seen.counted('api_requests_total')).toEqual({
      'middy GET /middy 200': 2,
      'plain GET /plain 200': 1,
      'bare GET /bare 200': 1,
    });
    const each = { middy: 1, plain: 1, bare: 1 };
    expect(seen.counted('lambda_cold_starts_total')).toEqual(each);
    expect(seen.counted('lambda_init_duration_seconds_count')).toEqual(each);
    expect(seen.counted('orders_total')).toEqual({ 'middy NL': 6, 'plain NL': 3 });
    expect(seen.counted('stock_pears')).toEqual({ middy: 7, plain: 7 });
    expect(seen.counted('order_price_euros_bucket')).toEqual({
      'middy 10': 2,
      'middy 100': 4,
      'middy +Inf': 6,
      'plain 10': 1,
      'plain 100': 2,
      'plain +Inf': 3,
    });
    expect(Object.keys(seen.counted('lambda_heap_used_bytes'))).toEqual(['middy', 'plain']);
  });

  it('is counted once in the process of serverless-offline too', async () => {
    const service = await serve(wrapped, { command: ['offline', '--useInProcess'] });
    await Promise.all(['/middy', '/plain', '/bare'].map((path) => service.ask(path)));
    const seen = await service.seen();
    expect(seen.counted('api_requests_total')).toEqual({
      'middy GET /middy 200': 1,
      'plain GET /plain 200': 1,
      'bare GET /bare 200': 1,
    });
    expect(seen.counted('orders_total')).toEqual({ 'middy NL': 3, 'plain NL': 3 });
    expect(seen.counted('lambda_cold_starts_total')).toEqual({ middy: 1, plain: 1, bare: 1 });
    expect(seen.counted('lambda_init_duration_seconds_count')).toEqual({});
  });
});

describe('sls offline', () => {
  const hello = {
    'serverless.yml': serverlessYml({
      hello: { handler: 'index.handler', events: [{ http: 'GET /hello' }] },
    }),
    'index.js': `exports.handler = async () => ({
        statusCode: 200,
        body: JSON.stringify(Object.keys(process.env).filter((name) => /NODE_OPT|SCOPE_N/.test(name))),
      });`,
  };

  it('start counts too, and pushes its last counts on Ctrl-C', async () => {
    const pushed: string[] = [];
    const gateway = createServer(async (request, response) => {
      pushed.push(Buffer.concat(await request.toArray()).toString());
      response.end();
    }).listen(0, '127.0.0.1');
    await once(gateway, 'listening');
    const { port } = gateway.address() as AddressInfo;
    const service = await serve(hello, {
      command: ['offline', 'start'],
      env: { PUSHGATEWAY_URL: `http://127.0.0.1:${port}` },
    });
    await expectTwo(service, '/dev/hello');
    const started = await descendantsOf(service.process.pid);
    running.delete(service);
    expect(await service.stop()).toBe(0);
    expect(pushed.at(-1)).toContain(
      'api_requests_total{function="hello",method="GET",route="/hello",status="200"} 2',
    );
    expect(started).toEqual([]);
    gateway.close();
  });

  it('leaves functions the environment that they had', async () => {
    const service = await serve(hello);
    expect(await (await fetch(`${service.url}/dev/hello`)).text()).toBe('[]');
  });

  it('counts functions that run in its own process', async () => {
    const service = await serve({
      ...hello,
      'serverless.yml': {
        ...hello['serverless.yml'],
        custom: { 'serverless-offline': { useInProcess: true } },
      },
    });
    expect(await (await fetch(`${service.url}/dev/hello`)).text()).toBe('[]');
    expect(await service.ask('/dev/hello')).toBe(200);
    const seen = await service.seen();
    expect(seen.counted('api_requests_total')).toEqual({ 'hello GET /hello 200': 2 });
    expect(seen.counted('lambda_cold_starts_total')).toEqual({ hello: 1 });
    // What is loaded once and for all has no init of its own.
    expect(seen.counted('lambda_init_duration_seconds_count')).toEqual({});
  });

  it.each([
    [{ lambdascope: { metricPort: 9999 } }, 'custom.lambdascope has no option metricPort'],
    [{ lambdascope: { metricsPort: 'x' } }, 'custom.lambdascope.metricsPort must be integer'],
    [{ lambdascope: { metrics: 'no.mjs' } }, 'custom.lambdascope.metrics: no.mjs cannot be loaded'],
  ])('ends for %j and says why', async (custom, why) => {
    const yml = { ...hello['serverless.yml'], custom };
    await expect(serve({ ...hello, 'serverless.yml': yml })).rejects.toThrow(why);
  });

  it('ends for a taken port and says what moves it', async () => {
    const { metricsUrl } = await serve(hello);
    const port = new URL(metricsUrl).port;
    await expect(serve(hello, { env: { METRICS_PORT: port } })).rejects.toThrow(
      `Port ${port} (live page and metrics) is taken. Free it, or set METRICS_PORT`,
    );
  });

  it('shows a command that works', async () => {
    const service = await serve(hello);
    const shown = (await (await fetch(`${service.metricsUrl}/service`)).json()) as {
      example: string;
    };
    const { stdout } = await promisify(execFile)('sh', ['-c', shown.example]);
    expect(stdout).toBe('[]');
  });
});

describe('Serverless 3', () => {
  it('with serverless-dotenv-plugin and serverless-plugin-typescript is counted', async () => {
    folders.three = await install(
      {
        serverless: '^3.40.0',
        'serverless-offline': pinned['serverless-offline'],
        'serverless-dotenv-plugin': '*',
        'serverless-plugin-typescript': '*',
        typescript: '^5.9.0',
      },
      { serverless: '$serverless' },
    );
    const service = await serve(
      {
        '.env': 'GREETING=hello',
        'tsconfig.json': JSON.stringify({ compilerOptions: { outDir: '.build', rootDir: './' } }),
        'serverless.yml': serverlessYml(
          { hello: { handler: 'src/hello.handler', events: [{ http: 'GET /hello' }] } },
          {
            frameworkVersion: '3',
            plugins: [
              'lambdascope',
              'serverless-dotenv-plugin',
              'serverless-plugin-typescript',
              'serverless-offline',
            ],
          },
        ),
        'src/hello.ts': `export const handler = async () => ({
          statusCode: process.env.GREETING === 'hello' ? 200 : 500,
          body: '',
        });`,
      },
      {},
      folders.three,
    );
    await expectTwo(service, '/dev/hello');
  });
});
