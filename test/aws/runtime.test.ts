import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { metrics } from 'lambdascope/builtInMetrics';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { model } from '../../lib/servedModel.ts';
import { root } from '../../tools/root.ts';
import emfSchema from '../fixtures/emfSchema.json' with { type: 'json' };
import { emfLines } from './emfLines.ts';
import type { LambdaInstance } from './lambdaInstance.ts';
import { withFunction } from './packagedFunction.ts';
import { packageService, type ServicePackage } from './packages.ts';
import { restEvent } from './restEvent.ts';
import { LambdaFunctionError } from './runtimeApi.ts';
import { runtimeClients } from './runtimeClients.ts';

const SETOSA = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };

let service: ServicePackage;
beforeAll(async () => {
  service = await packageService('dev');
});
afterAll(() => service.remove());

/** What an invocation answers, its body parsed. */
async function answer(instance: LambdaInstance, event: object) {
  const { statusCode, headers, body } = (await instance.invoke(event)) as {
    statusCode: number;
    headers: Record<string, string>;
    body: string;
  };
  return { statusCode, headers, body: body === '' ? undefined : JSON.parse(body) };
}

/** The file that a line of a bundle came from: the last that is named above it. */
function sourceOf(bundle: string, line: number): string | undefined {
  const above = bundle.split('\n').slice(0, line).join('\n');
  return [...above.matchAll(/^\/\/ (\S+)$/gm)].at(-1)?.[1];
}

describe.each(runtimeClients())('from their zips, run by $name, the functions', (client) => {
  it('answer', async () => {
    await withFunction(service, 'health', client, async (instance) => {
      const { statusCode, body } = await answer(instance, restEvent('GET', '/'));
      expect(statusCode).toBe(200);
      expect(body).toMatchObject({
        status: 'ok',
        coldStart: true,
        model: { version: model.version },
      });
    });
    await withFunction(service, 'predict', client, async (instance) => {
      const event = restEvent('POST', '/predict', SETOSA);
      const { statusCode, headers, body } = await answer(instance, event);
      expect(statusCode).toBe(200);
      expect(body).toMatchObject({ prediction: 'setosa', request_id: headers['x-request-id'] });
      const bad = await answer(instance, restEvent('POST', '/predict', { sepal_length: 'x' }));
      expect(bad.statusCode).toBe(422);
      expect(bad.headers['content-type']).toBe('application/problem+json');
    });
    await withFunction(service, 'batchPredict', client, async (instance) => {
      const event = restEvent('POST', '/predict/batch', { instances: Array(10_000).fill(SETOSA) });
      const { statusCode, body } = await answer(instance, event);
      expect(statusCode).toBe(200);
      expect(body.count).toBe(10_000);
    });
    await withFunction(service, 'labels', client, async (instance) => {
      const sent = { request_id: 'one', row: 3, class: 'virginica' };
      const { statusCode, body } = await answer(instance, restEvent('POST', '/labels', sent));
      expect(statusCode).toBe(202);
      expect(body).toMatchObject(sent);
      const bad = restEvent('POST', '/labels', { ...sent, class: 'rose' });
      expect((await answer(instance, bad)).statusCode).toBe(422);
    });
    await withFunction(service, 'docs', client, async (instance) => {
      const { body } = await answer(instance, restEvent('GET', '/openapi.json'));
      expect(body.openapi).toMatch(/^3\.1\./);
    });
  });

  it('say how long their init took, which is part of what Lambda waited for', async () => {
    await withFunction(service, 'predict', client, async (instance) => {
      await instance.invoke(restEvent('POST', '/predict', SETOSA));
      await instance.invoke(restEvent('POST', '/predict', SETOSA));
      const name = metrics.initDuration.name;
      const told = emfLines(instance.stdoutLines()).flatMap((line) => line[name] ?? []) as number[];
      expect(told).toHaveLength(1);
      expect(told[0]).toBeGreaterThan(0);
      expect(told[0]).toBeLessThanOrEqual(instance.initSeconds);
    });
  });

  it('write metrics that are Embedded Metric Format, as lines of their own', async () => {
    const valid = new Ajv().compile(emfSchema);
    await withFunction(service, 'batchPredict', client, async (instance) => {
      const instances = Array(250).fill(SETOSA);
      await instance.invoke(restEvent('POST', '/predict/batch', { instances }));
      const lines = emfLines(instance.stdoutLines());
      expect(lines.length).toBeGreaterThan(0);
      for (const line of lines) expect(valid(line), JSON.stringify(valid.errors)).toBe(true);
    });
  });

  it('are warm after a call that only keeps them warm', async () => {
    await withFunction(service, 'predict', client, async (instance) => {
      const rule = service.resources['PredictEventsRuleSchedule1']?.Properties['Targets'][0];
      expect((await answer(instance, JSON.parse(rule.Input))).statusCode).toBe(204);
      expect(emfLines(instance.stdoutLines())).toEqual([]);
      await instance.invoke(restEvent('POST', '/predict', SETOSA));
      const [line] = emfLines(instance.stdoutLines());
      expect(line?.['cold_start']).toBe('false');
      expect(line).not.toHaveProperty(metrics.coldStarts.name);
    });
  });

  it('end with an error that names the fault when they do not load', async () => {
    const broken = withFunction(service, 'predict', client, async () => {}, {
      LAMBDASCOPE_SINK: 'nowhere',
    });
    await expect(broken).rejects.toThrow(LambdaFunctionError);
    await expect(broken).rejects.toThrow(/LAMBDASCOPE_SINK=nowhere/);
  });

  it('fail with a stack that can be read: names of our functions, in files of ours', async () => {
    const broken = withFunction(service, 'predict', client, async () => {}, {
      LAMBDASCOPE_SINK: 'nowhere',
    });
    const { stackTrace } = await broken.then(
      () => expect.fail('it loads'),
      (error: LambdaFunctionError) => error,
    );
    const bundle = 'dist/predict/index.mjs';
    const { [bundle]: content } = await service.zip('predict');
    const frames = stackTrace.flatMap((line) => {
      const [, name = '', lineNumber] = line.match(/at (\w+) \(.*index\.mjs:(\d+):/) ?? [];
      return name
        ? [[name, sourceOf(Buffer.from(content ?? []).toString(), Number(lineNumber))]]
        : [];
    });
    expect(frames.length).toBeGreaterThan(0);
    for (const [name, made] of frames) {
      // The kit comes as it is built.
      const file = made?.replace(/^.*(packages\/lambdascope)\/dist\/(.*)\.js$/, '$1/src/$2.ts');
      expect(file).toMatch(/^(lib|functions|packages\/lambdascope\/src)\/.*\.ts$/);
      expect(readFileSync(join(root, file ?? ''), 'utf8')).toContain(`function ${name}(`);
    }
  });
});
