/** A model whose names are shell, Markdown and HTML: wherever they are shown, they are text. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyService, type ServiceCopy } from '../tools/serviceCopy.ts';
import { launchChromium } from './browser.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { missing } from './servers.ts';

const run = promisify(execFile);

const image = '<img src="x" onerror="alert(1)">';
const features = [
  "it's; touch oops; '",
  '$(touch oops) `touch oops` "; touch oops; "',
  image,
  '**bold** [link](https://example.com) `a``b` \\',
];
const unit = '<b>cm</b>';
const classes = [`<i>${"it's"}</i>`, '`; touch oops; `'];

let copy: ServiceCopy;
let emulator: Emulator;

beforeAll(async () => {
  copy = await copyService();
  const header = [...features.with(2, `${image} (${unit})`), 'kind'];
  const rows = Array.from({ length: 20 }, (_, i) => [i, i + 1, i % 3, 7, classes[i < 10 ? 0 : 1]]);
  const csv = [header, ...rows].map((line) =>
    line.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(','),
  );
  const data = join(copy.folder, "names' <u>.csv");
  await writeFile(data, `${csv.join('\n')}\n`);
  await run(
    process.execPath,
    ['model/train.ts', '--data', data, '--target', 'kind', '--trees', '5'],
    { cwd: copy.folder },
  );
  // In the file, as a key that the environment gives is not printed.
  await writeFile(join(copy.folder, '.env'), `API_KEY="it's a key"\n`);
  emulator = await startEmulator({ cwd: copy.folder, env: { API_KEY: '' } });
});

afterAll(async () => {
  await emulator?.stop();
  await copy?.remove();
});

describe('the curl line', () => {
  it('asks for a prediction when pasted, and runs nothing else', async () => {
    const [, line = ''] = emulator.output().match(/^ {2}(curl .*)$/m) ?? [];
    const cwd = await mkdtemp(join(tmpdir(), 'lambdascope-paste-'));
    try {
      const { stdout } = await run('sh', ['-c', line], { cwd });
      expect(JSON.parse(stdout)).toMatchObject({ prediction: classes[0] });
      expect(await readdir(cwd)).toEqual([]);
    } finally {
      await rm(cwd, { recursive: true });
    }
  });
});

describe.skipIf(missing('chromium'))('GET /docs', () => {
  it('shows names as they are', async () => {
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.goto(`${emulator.url}/docs`);
      const info = page.locator('.info .description');
      await info.waitFor();
      const operation = page.locator('#operations-model-predict');
      await operation.getByRole('button').first().click();
      const schema = operation.locator('.opblock-section-request-body');
      await schema.getByRole('tab', { name: 'Schema' }).click();
      // Only what is open is on the page.
      await schema.getByRole('button', { name: 'Expand all' }).first().click();
      await schema.getByRole('button', { name: image }).click();
      await schema.getByText(/ to 2 in the training data/).waitFor();

      const said = (await info.textContent()) ?? '';
      for (const name of [...features, ...classes, "names' <u>-forest"]) {
        expect(said).toContain(name);
      }
      const described = (await schema.textContent()) ?? '';
      for (const name of [...features, unit]) expect(described).toContain(name);
      const markdown = page.locator('.renderedMarkdown');
      expect(await markdown.locator('img, b, i, u, a, strong, em').count()).toBe(0);
    } finally {
      await browser.close();
    }
  });
});
