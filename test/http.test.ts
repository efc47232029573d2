import { afterAll, describe, expect, it } from 'vitest';
import { startEmulator } from './emulator.ts';
import { sendBytes } from './sendBytes.ts';

const setosa = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };
const virginica = { sepal_length: 6.3, sepal_width: 3.3, petal_length: 6, petal_width: 2.5 };

const emulator = await startEmulator();
afterAll(() => emulator.stop());

const { post } = emulator;

async function expectProblem(response: Response, status: number) {
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  const problem = (await response.json()) as {
    status: number;
    title: string;
    detail: string;
    type: string;
    instance: string;
    errors?: { pointer: string; detail: string }[];
  };
  expect(problem).toMatchObject({
    status,
    title: expect.any(String),
    detail: expect.any(String),
    type: expect.stringMatching(/^urn:/),
    instance: `urn:uuid:${response.headers.get('x-request-id')}`,
  });
  return problem;
}

describe('GET /', () => {
  it('says that the service is up and which model it serves', async () => {
    const response = await fetch(`${emulator.url}/`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: 'ok',
      service: 'lambdascope',
      version: '0.1.0',
      coldStart: true,
      uptimeSeconds: expect.any(Number),
      model: {
        name: 'iris-forest',
        version: expect.any(String),
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        trainedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      },
    });
    const again = (await (await fetch(`${emulator.url}/`)).json()) as { coldStart: boolean };
    expect(again.coldStart).toBe(false);
  });
});

describe('POST /predict', () => {
  it('predicts one flower', async () => {
    const response = await post('/predict', setosa);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await response.json()).toEqual({
      prediction: 'setosa',
      probabilities: { setosa: 1, versicolor: 0, virginica: 0 },
      confidence: 1,
      out_of_distribution: false,
      warnings: [],
      model_version: expect.stringMatching(/^[0-9a-f]{12}$/),
      request_id: response.headers.get('x-request-id'),
    });
  });

  it('warns of a value far outside the training data, and still answers', async () => {
    const response = await post('/predict', { ...setosa, sepal_length: 100 });
    expect(response.status).toBe(200);
    const answer = (await response.json()) as { warnings: { code: string; features: object[] }[] };
    expect(answer).toMatchObject({ out_of_distribution: true });
    const warning = answer.warnings.find(({ code }) => code === 'out_of_distribution');
    expect(warning?.features).toContainEqual({
      name: 'sepal_length',
      value: 100,
      min: 4.3,
      max: 7.9,
    });
  });

  it('reads a base64 body', async () => {
    const response = await post('/predict', setosa, {
      'content-type': 'application/json; charset=binary',
    });
    expect(response.status).toBe(200);
  });

  it.each([
    ['malformed JSON', '{"sepal_length":', 400],
    ['an empty body', '', 400],
    ['an object without fields', '{}', 422],
    ['an array', '[]', 422],
    ['null', 'null', 422],
  ])('refuses %s', async (_what, body, status) => {
    await expectProblem(await post('/predict', body), status);
  });

  it.each([
    ['a missing field', { ...setosa, petal_width: undefined }, '/petal_width'],
    ['an unknown field', { ...setosa, 'a/b': 1 }, '/a~1b'],
    ['a string', { ...setosa, petal_width: '0.2' }, '/petal_width'],
    ['a null', { ...setosa, petal_width: null }, '/petal_width'],
    ['a negative length', { ...setosa, petal_width: -0.1 }, '/petal_width'],
  ])('names the field at fault: %s', async (_what, body, pointer) => {
    const { errors } = await expectProblem(await post('/predict', body), 422);
    expect(errors?.map((error) => error.pointer)).toEqual([pointer]);
  });

  it.each(['NaN', 'Infinity', '-Infinity', '1e999'])(
    'names the field that holds %s',
    async (word) => {
      const body = JSON.stringify({ ...setosa, petal_width: 7 }).replace('7', word);
      const { errors } = await expectProblem(await post('/predict', body), 422);
      expect(errors).toEqual([{ pointer: '/petal_width', detail: 'must be a finite number' }]);
    },
  );

  it('refuses what is not JSON', async () => {
    const response = await post('/predict', 'a=1', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    await expectProblem(response, 415);
  });

  it('refuses a large body', async () => {
    await expectProblem(await post('/predict', { a: 'x'.repeat(20_000) }), 413);
  });
});

describe('POST /predict/batch', () => {
  it('answers in the order of the rows', async () => {
    const response = await post('/predict/batch', {
      instances: [virginica, setosa, { ...setosa, sepal_length: 100 }],
    });
    expect(response.status).toBe(200);
    const answer = (await response.json()) as { predictions: { prediction: string }[] };
    expect(answer).toMatchObject({ count: 3, out_of_distribution_count: 1 });
    expect(answer.predictions.slice(0, 2).map(({ prediction }) => prediction)).toEqual([
      'virginica',
      'setosa',
    ]);
  });

  it('takes a table with its columns in any order', async () => {
    const table = {
      columns: ['petal_width', 'petal_length', 'sepal_width', 'sepal_length'],
      data: [virginica, setosa].map((row) => Object.values(row).reverse()),
    };
    const answer = (await (await post('/predict/batch', table)).json()) as {
      predictions: { prediction: string }[];
    };
    expect(answer.predictions.map(({ prediction }) => prediction)).toEqual(['virginica', 'setosa']);
  });

  it('takes 10,000 rows and not one more', async () => {
    const rows = Array.from({ length: 10_000 }, () => setosa);
    const full = await post('/predict/batch', { instances: rows });
    expect(full.status).toBe(200);
    expect(await full.json()).toMatchObject({ count: 10_000 });
    const over = await post('/predict/batch', { instances: [...rows, setosa] });
    const { errors } = await expectProblem(over, 422);
    expect(errors?.map(({ pointer }) => pointer)).toEqual(['/instances']);
  });

  it('refuses the whole batch for bad rows, and names each', async () => {
    const bad = { ...setosa, petal_width: -1 };
    const byName = await post('/predict/batch', { instances: [setosa, bad, setosa, 5] });
    expect((await expectProblem(byName, 422)).errors?.map(({ pointer }) => pointer)).toEqual([
      '/instances/1/petal_width',
      '/instances/3',
    ]);
    const byColumn = await post('/predict/batch', {
      columns: Object.keys(setosa),
      data: [
        [5, 3, 1, 0.2],
        [5, 3, 1],
        [5, 3, 1, -2],
        [5, 3, 1, '2'],
      ],
    });
    expect((await expectProblem(byColumn, 422)).errors?.map(({ pointer }) => pointer)).toEqual([
      '/data/1',
      '/data/2/3',
      '/data/3/3',
    ]);
  });

  it('names the first 100 bad rows', async () => {
    const rows = Array.from({ length: 250 }, () => ({ ...setosa, petal_width: null }));
    const response = await post('/predict/batch', { instances: rows });
    const { errors } = await expectProblem(response, 422);
    expect(errors).toHaveLength(100);
    expect(errors?.at(-1)?.pointer).toBe('/instances/99/petal_width');
  });

  it.each([
    ['no rows', { instances: [] }, '/instances'],
    ['an unknown column', { columns: ['a', 'b', 'c', 'd'], data: [[1, 2, 3, 4]] }, '/columns/0'],
    ['too few columns', { columns: ['sepal_length'], data: [[1]] }, '/columns'],
    ['both forms', { instances: [setosa], columns: [], data: [] }, '/instances'],
  ])('refuses %s', async (_what, body, pointer) => {
    const response = await post('/predict/batch', body);
    const { errors } = await expectProblem(response, 422);
    expect(errors?.map((error) => error.pointer)).toContain(pointer);
  });

  it('refuses a large body', async () => {
    await expectProblem(await post('/predict/batch', `"${'x'.repeat(5 * 1024 * 1024)}"`), 413);
    await expectProblem(await post('/predict/batch', `"${'x'.repeat(11 * 1024 * 1024)}"`), 413);
  });
});

describe('the gateway', () => {
  it.each(['/predict', '/predict/batch'])('lets nobody in without the key: %s', async (path) => {
    const send = (headers: Record<string, string>) =>
      fetch(emulator.url + path, { method: 'POST', headers, body: '{}' });
    await expectProblem(await send({}), 403);
    await expectProblem(await send({ 'x-api-key': 'wrong' }), 403);
  });

  it('answers 404 to an unknown route and 405 to a wrong method', async () => {
    await expectProblem(await fetch(`${emulator.url}/nothing/here`), 404);
    const response = await fetch(`${emulator.url}/predict`);
    expect(response.headers.get('allow')).toBe('POST');
    await expectProblem(response, 405);
  });

  it.each(['/', '/predict', '/nothing/here', '/%zz'])(
    'lets no other origin read an answer: %s',
    async (path) => {
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const response = await fetch(emulator.url + path, {
          method,
          headers: { origin: 'http://evil.example', 'access-control-request-method': 'POST' },
        });
        expect(
          [...response.headers.keys()].filter((name) => name.startsWith('access-control')),
        ).toEqual([]);
      }
    },
  );
});

describe('what the gateway cannot read, or need not', () => {
  const START = 'POST /predict HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n';
  const body = JSON.stringify(setosa);

  /** A request for a prediction, its framing and body given. */
  const predict = (rest: string) =>
    `${START}x-api-key: ${emulator.key}\r\ncontent-type: application/json\r\n${rest}`;

  async function expectRefusal(bytes: string, status: number) {
    const answer = await sendBytes(emulator.url, bytes);
    const { headers } = answer;
    await expectProblem(new Response(answer.body, { status: answer.status, headers }), status);
    expect(headers.get('allow')).toBeNull();
  }

  it.each(['GET /%zz', 'GET /docs/%ff', 'OPTIONS *', 'GET *', 'GET http://%zz/'])(
    'is refused as such: %s',
    async (line) => {
      const headers = 'Host: localhost\r\nConnection: close\r\n';
      await expectRefusal(`${line} HTTP/1.1\r\n${headers}\r\n`, 400);
      await expectRefusal(`${line} HTTP/1.1\r\n${headers}Origin: http://a.example\r\n\r\n`, 400);
    },
  );

  it.each([
    ['a broken chunk', 'Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n'],
    ['a chunk longer than it says', 'Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n'],
    ['no length', `\r\n${body}`],
    ['a length that is too short', `Content-Length: 2\r\n\r\n${body}`],
    ['a length that is none', `Content-Length: two\r\n\r\n${body}`],
    ['two ways to tell the length', `Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`],
  ])('is refused as such: a body with %s', async (_what, rest) => {
    await expectRefusal(predict(rest), 400);
  });

  it.each([
    ['no method of HTTP', 'BREW / HTTP/1.1\r\n\r\n'],
    ['no HTTP', '\x16\x03\x01 hello\r\n\r\n'],
    ['too long a header', `GET / HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`],
  ])('is refused as such: %s', async (_what, bytes) => {
    await expectRefusal(bytes, 400);
  });

  it('gets an answer of its own after a request on the same connection', async () => {
    const request = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const { status, body } = await sendBytes(emulator.url, `${request}rubbish\r\n\r\n`);
    expect(status, body).toBe(200);
  });

  it.each(['a cookie=1; ;; =', 'theme="dark; {"a":1}', '\xff\xfe=1'])(
    'is passed through: the cookies %j of some other local port',
    async (cookie) => {
      const rest = `Cookie: ${cookie}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
      expect(await sendBytes(emulator.url, predict(rest))).toMatchObject({ status: 200 });
    },
  );

  it.each([';;;', '', 'json', 'multipart/form-data', 'application/json/x'])(
    'is passed through: the content type %j, which is not JSON',
    async (type) => {
      await expectRefusal(
        `${START}x-api-key: ${emulator.key}\r\ncontent-type: ${type}\r\nContent-Length: 2\r\n\r\n{}`,
        415,
      );
    },
  );

  it('is passed through: a range, as functions answer in whole', async () => {
    for (const range of ['bytes=0-3', 'bytes=5-2']) {
      const response = await fetch(`${emulator.url}/openapi.json`, { headers: { range } });
      expect(response.status).toBe(200);
      expect(await response.json()).toHaveProperty('openapi');
    }
  });

  it('leaves nothing in the terminal', async () => {
    // By then all of it has come.
    await emulator.stop();
    expect(emulator.output()).not.toMatch(/Debug:|Error|^ +at /m);
  });
});
