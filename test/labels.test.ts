/** Labels of predictions, on the real emulator: what they answer, and what they count. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyService, type ServiceCopy } from '../tools/serviceCopy.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import event from './events/predict.json' with { type: 'json' };
import { scrape } from './scrape.ts';

const setosa = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };
const virginica = { sepal_length: 6.3, sepal_width: 3.3, petal_length: 6, petal_width: 2.5 };

/** Labels of one prediction at once: each finds an instance of its own. */
const AT_ONCE = 20;

interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function post(emulator: Emulator, path: string, sent: object | string): Promise<Answered> {
  const response = await emulator.post(path, sent);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const label = (emulator: Emulator, sent: object) => post(emulator, '/labels', sent);

/** A copy of the service with one more option of the kit's. */
async function copyWith(option: string): Promise<ServiceCopy> {
  const copy = await copyService();
  await copy.setTimeLimits(60);
  const file = join(copy.folder, 'serverless.yml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('quiet: true', `quiet: true\n    ${option}`));
  return copy;
}

/** Predicts a row; gives the request's id. */
async function predict(emulator: Emulator, row: object): Promise<string> {
  return String((await post(emulator, '/predict', row)).body['request_id']);
}

async function predictBatch(emulator: Emulator, instances: readonly object[]): Promise<string> {
  return String((await post(emulator, '/predict/batch', { instances })).body['request_id']);
}

/** What is counted of labels: all, the correct ones, and those of one class taken for another. */
async function counts(emulator: Emulator) {
  return {
    labels: await scrape(emulator, 'model_labels_total'),
    correct: await scrape(emulator, 'model_labels_total', /outcome="correct"/),
    confusions: await scrape(emulator, 'model_confusions_total'),
  };
}

function expectProblem({ status, body }: Answered, expected: number, code: string): void {
  expect(body).toMatchObject({ status: expected, type: `urn:lambdascope:problem:${code}` });
  expect(status).toBe(expected);
}

describe.each(['thread', 'process'] as const)('POST /labels, each instance a %s', (isolation) => {
  let emulator: Emulator;
  let stop: () => Promise<unknown>;

  beforeAll(async () => {
    const copy = await copyWith(`isolation: ${isolation}`);
    emulator = await startEmulator({ cwd: copy.folder, env: { LIMITS: 'false' } });
    stop = async () => {
      await emulator.stop();
      await copy.remove();
    };
  });
  afterAll(() => stop?.());

  it('has every series at zero before the first label', async () => {
    const text = await (await fetch(`${emulator.metricsUrl}/metrics`)).text();
    expect(text.match(/^model_labels_total\{function="labels",.*\} 0$/gm)).toHaveLength(2 * 3);
    expect(text.match(/^model_confusions_total\{function="labels",.*\} 0$/gm)).toHaveLength(3 * 2);
  });

  it('says what was predicted, and counts it', async () => {
    const before = await counts(emulator);
    const request_id = await predict(emulator, setosa);
    const right = await label(emulator, { request_id, class: 'setosa' });
    expect(right).toEqual({
      status: 200,
      body: {
        request_id,
        row: 0,
        class: 'setosa',
        prediction: 'setosa',
        correct: true,
        model_version: expect.stringMatching(/^[0-9a-f]{12}$/),
      },
    });
    const wrong = await label(emulator, {
      request_id: await predict(emulator, virginica),
      row: 0,
      class: 'versicolor',
    });
    expect(wrong.body).toMatchObject({ prediction: 'virginica', correct: false });
    expect(await counts(emulator)).toEqual({
      labels: before.labels + 2,
      correct: before.correct + 1,
      confusions: before.confusions + 1,
    });
    const confusion = /class="versicolor",prediction="virginica"/;
    expect(await scrape(emulator, 'model_confusions_total', confusion)).toBe(1);
    const setosas = /outcome="correct",class="setosa"/;
    expect(await scrape(emulator, 'model_labels_total', setosas)).toBe(1);
  });

  it('knows each row of a batch, in any order', async () => {
    const request_id = await predictBatch(emulator, [virginica, setosa, virginica]);
    for (const [row, name] of [
      [2, 'virginica'],
      [0, 'virginica'],
      [1, 'setosa'],
    ] as const) {
      const answer = await label(emulator, { request_id, row, class: name });
      expect(answer.body).toMatchObject({ row, prediction: name, correct: true });
    }
    const beyond = await label(emulator, { request_id, row: 3, class: 'setosa' });
    expectProblem(beyond, 422, 'invalid_input');
    expect(beyond.body['errors']).toEqual([{ pointer: '/row', detail: 'must be less than 3' }]);
  });

  it('is there for whoever labels as soon as it has an answer', async () => {
    const client = async (row: object, name: string) => {
      for (let round = 0; round < 20; round += 1) {
        const request_id = await predict(emulator, row);
        const { status, body } = await label(emulator, { request_id, class: name });
        expect(body).toMatchObject({ correct: true });
        expect(status).toBe(200);
      }
    };
    const clients = [1, 2, 3].flatMap(() => [
      client(setosa, 'setosa'),
      client(virginica, 'virginica'),
    ]);
    await Promise.all(clients);
  });

  it('counts once what comes many times at once, to whichever instance', async () => {
    const request_id = await predictBatch(emulator, [setosa, virginica]);
    const before = await counts(emulator);
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, index) =>
        label(emulator, { request_id, row: 1, class: index % 2 === 0 ? 'virginica' : 'setosa' }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(AT_ONCE - 1);
    expect((await counts(emulator)).labels).toBe(before.labels + 1);
    expectProblem(
      await label(emulator, { request_id, row: 1, class: 'setosa' }),
      409,
      'already_labelled',
    );
    expect((await label(emulator, { request_id, class: 'setosa' })).status).toBe(200);
  });

  it('refuses what it cannot count, and counts none of it', async () => {
    const before = await counts(emulator);
    const request_id = await predict(emulator, setosa);
    const never = { request_id: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef', class: 'setosa' };
    expectProblem(await label(emulator, never), 404, 'unknown_prediction');
    const invalid: readonly [object, readonly string[]][] = [
      [{}, ['/request_id', '/class']],
      [{ request_id, class: 'rose' }, ['/class']],
      [{ request_id, class: 0 }, ['/class', '/class']],
      [{ request_id: 5, class: 'setosa' }, ['/request_id']],
      [{ request_id, class: 'setosa', row: -1 }, ['/row']],
      [{ request_id, class: 'setosa', row: 0.5 }, ['/row']],
      [{ request_id, class: 'setosa', row: 10_000 }, ['/row']],
      [{ request_id, class: 'setosa', colour: 'blue' }, ['/colour']],
    ];
    for (const [sent, pointers] of invalid) {
      const answer = await label(emulator, sent);
      expectProblem(answer, 422, 'invalid_input');
      const errors = answer.body['errors'] as { pointer: string }[];
      expect(errors.map(({ pointer }) => pointer).toSorted()).toEqual(pointers.toSorted());
    }
    expectProblem(await label(emulator, { padding: 'x'.repeat(5000) }), 413, 'content_too_large');
    const bare = await fetch(`${emulator.url}/labels`, { method: 'POST', body: '{}' });
    expect(bare.status).toBe(403);
    expect(await counts(emulator)).toEqual(before);
    expect((await label(emulator, { request_id, class: 'setosa' })).status).toBe(200);
  });

  it('knows predictions that no HTTP request asked for, if they have an id', async () => {
    const invoke = async (name: string, sent: object) => {
      const url = `${emulator.lambdaUrl}/2015-03-31/functions/lambdascope-dev-${name}/invocations`;
      const response = await fetch(url, { method: 'POST', body: JSON.stringify(sent) });
      return (await response.json()) as { statusCode: number; body: string };
    };
    const { request_id } = JSON.parse((await invoke('predict', event)).body);
    const body = JSON.stringify({ request_id, class: 'versicolor' });
    const labelled = () =>
      invoke('labels', { ...event, path: '/labels', resource: '/labels', body });
    expect(JSON.parse((await labelled()).body)).toMatchObject({ prediction: 'setosa' });
    expect((await labelled()).statusCode).toBe(409);
    // The same event is another prediction, though of the same id.
    await invoke('predict', event);
    expect((await labelled()).statusCode).toBe(200);
  });

  it('says of a prediction that too many came after it that it is gone', async () => {
    const request_id = await predict(emulator, setosa);
    const columns = Object.keys(setosa);
    const data = Array.from({ length: 10_000 }, () => Object.values(setosa));
    for (let batch = 0; batch < 10; batch += 1) {
      expect((await post(emulator, '/predict/batch', { columns, data })).status).toBe(200);
    }
    const late = await label(emulator, { request_id, class: 'setosa' });
    expectProblem(late, 410, 'prediction_forgotten');
  });
});

describe.each([
  ["serverless-offline's own runner", 'runner: serverless-offline', {}],
  ['functions that report nothing', '', { sink: 'emf' }],
])('with %s', (_what, option, params) => {
  it('labels are written down, as in AWS', async () => {
    const copy = await copyWith(option);
    const emulator = await startEmulator({ cwd: copy.folder, params });
    try {
      const request_id = await predict(emulator, setosa);
      for (const id of [request_id, request_id, 'never']) {
        expect(await label(emulator, { request_id: id, class: 'setosa' })).toEqual({
          status: 202,
          body: { request_id: id, row: 0, class: 'setosa', detail: expect.any(String) },
        });
      }
      expectProblem(await label(emulator, { request_id, class: 'rose' }), 422, 'invalid_input');
      expect(await scrape(emulator, 'model_labels_total')).toBe(0);
    } finally {
      await emulator.stop();
      await copy.remove();
    }
  });
});
