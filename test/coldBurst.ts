/** Cold starts on purpose, among warm requests. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { copyService } from '../tools/serviceCopy.ts';
import type { Emulator } from './emulator.ts';
import { eventually } from './eventually.ts';
import { scrape } from './scrape.ts';

const SETOSA = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };

/** A copy of the service whose `health` loads only while its gate is open. */
export type GatedService = Awaited<ReturnType<typeof copyGatedService>>;

/** Makes the copy; its gate is closed. */
export async function copyGatedService() {
  const { folder, remove } = await copyService();
  const gate = join(folder, 'open');
  const file = join(folder, 'functions/health.ts');
  const source = await readFile(file, 'utf8');
  const wait = `while (!existsSync(${JSON.stringify(gate)})) await new Promise((go) => setTimeout(go, 20));`;
  await writeFile(
    file,
    `import { existsSync } from 'node:fs';\n${source.replace('export const handler', `${wait}\n$&`)}`,
  );
  return {
    folder,
    /**
     * Requests to `health`, none of which finds an instance that is free.
     *
     * @returns seconds that each client waited
     */
    async burst(emulator: Emulator, count: number): Promise<readonly number[]> {
      const answers = Array.from({ length: count }, () => secondsOf(`${emulator.url}/`));
      const alive = () => scrape(emulator, 'lambda_instances', /function="health"/);
      await eventually(async () => expect(await alive()).toBe(count));
      await writeFile(gate, '');
      const seconds = await Promise.all(answers);
      await rm(gate);
      return seconds;
    },
    remove,
  };
}

/** Requests to `predict`, one after the other: after the first they find its one instance warm. */
export async function sendWarm({ post }: Emulator, count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 1) {
    const response = await post('/predict', SETOSA);
    expect(response.status).toBe(200);
    await response.text();
  }
}

async function secondsOf(url: string): Promise<number> {
  const began = performance.now();
  const response = await fetch(url);
  expect(await response.json()).toMatchObject({ coldStart: true });
  return (performance.now() - began) / 1000;
}
