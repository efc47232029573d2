import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../tools/root.ts';
import { type Emulator, startEmulator } from './emulator.ts';

const text = await readFile(join(root, 'README.md'), 'utf8');

/** Code blocks of a language, in their order. */
function blocks(language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, code]) => code ?? '',
  );
}

/** What a shown answer says, where "…" stands for anything. */
function shown(json: string): unknown {
  return JSON.parse(json.replace(/:…(?=[,}])/g, ':"…"'), (_key, value) =>
    typeof value === 'string' && value.includes('…')
      ? value === '…'
        ? expect.anything()
        : expect.stringContaining(value.replace('…', ''))
      : value,
  );
}

describe('the README', () => {
  let emulator: Emulator;

  beforeAll(async () => {
    emulator = await startEmulator();
  });

  afterAll(async () => {
    await emulator?.stop();
  });

  it('shows requests that get the answers which it shows', async () => {
    const [request = '', label = ''] = blocks('sh').filter((code) => code.startsWith('curl'));
    const [answer, , labelled] = blocks('json');
    const run = async (command: string) => {
      const asked = command.replaceAll('http://localhost:3000', emulator.url);
      const { stdout } = await promisify(execFile)('sh', ['-c', asked], {
        env: { ...process.env, API_KEY: emulator.key },
      });
      return JSON.parse(stdout) as { request_id: string };
    };
    const predicted = await run(request);
    expect(predicted).toEqual(shown(answer ?? ''));
    expect(await run(label.replace('…', predicted.request_id))).toEqual(shown(labelled ?? ''));
  });

  it('shows the warning and the refusal that the service gives', async () => {
    const [, warning, , refusal] = blocks('json');
    const setosa = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };
    const send = (change: object) => emulator.post('/predict', { ...setosa, ...change });
    const odd = (await (await send({ sepal_length: 100 })).json()) as { warnings: unknown[] };
    expect(odd.warnings).toContainEqual(shown(warning ?? ''));
    expect(await (await send({ petal_width: -1 })).json()).toEqual(shown(refusal ?? ''));
  });
});

describe('every document', () => {
  it('names only scripts and files that exist', async () => {
    const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const { stdout } = await promisify(execFile)('git', ['ls-files', '*.md'], { cwd: root });
    for (const file of stdout.trim().split('\n')) {
      const document = await readFile(join(root, file), 'utf8');
      for (const [, script = ''] of document.matchAll(/npm run ([\w:]+)/g)) {
        expect(scripts, `${file}: npm run ${script}`).toHaveProperty([script]);
      }
      for (const [, link = ''] of document.matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)) {
        const target = join(root, file, '..', link);
        expect(existsSync(target), `${file}: ${link}`).toBe(true);
      }
    }
  });
});
