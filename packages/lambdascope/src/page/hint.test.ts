import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePrometheusText } from '../prometheusText.ts';
import { curlLine } from './hint.ts';

describe('curlLine', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lambdascope-hint-'));
    writeFileSync(join(folder, '.env'), 'API_KEY=secret\n');
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** What curl is told when the line is pasted into a shell. */
  function told(line: string | undefined): string[] {
    const script = `curl() { for word; do printf '%s\\0' "$word"; done; }; ${line}`;
    return execFileSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8' })
      .split('\0')
      .slice(0, -1);
  }

  /** The training data's sum and count of a feature. */
  function feature(name: string, sum: number, count: number): string {
    const label = `{feature=${JSON.stringify(name)}}`;
    return [
      `model_training_feature_value_sum${label} ${sum}`,
      `model_training_feature_value_count${label} ${count}`,
    ].join('\n');
  }

  it('asks for a prediction of the mean flower, with the key of .env', () => {
    const text = [feature('sepal_length', 876.5, 150), feature('petal_width', 179.8, 150)].join(
      '\n',
    );
    const line = curlLine('http://localhost:3000', parsePrometheusText(text));
    expect(told(line)).toEqual([
      '-H',
      'x-api-key: secret',
      '-H',
      'content-type: application/json',
      '-d',
      '{"sepal_length":5.84,"petal_width":1.2}',
      'http://localhost:3000/predict',
    ]);
  });

  it.each(["it's", '$(touch oops)', '`id`; "x"', "'; exit 1 #", '__proto__'])(
    'passes a feature called %j on as it is',
    (name) => {
      const line = curlLine('http://localhost:3000', parsePrometheusText(feature(name, 4, 2)));
      expect(told(line)[5]).toBe(`{${JSON.stringify(name)}:2}`);
    },
  );

  it('is none without training data', () => {
    expect(curlLine('http://localhost:3000', [])).toBeUndefined();
  });
});
