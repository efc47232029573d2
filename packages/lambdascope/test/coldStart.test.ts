/** `lambdascope coldstart` and `lambdascope calibrate`, for a service that nothing has bundled. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/temporaryFolder.ts';
import { createRandom } from '../../../tools/load/random.ts';
import type { ColdStartDocument } from '../src/coldStart/measurement.ts';
import { writeFiles } from './stranger.ts';

const folder = temporaryFolder();
const at = (path: string) => join(folder, path);
const measured = (): ColdStartDocument =>
  JSON.parse(readFileSync(at('.lambdascope/coldstart.json'), 'utf8'));

beforeAll(async () => {
  await symlink(join(import.meta.dirname, '../../../node_modules'), at('node_modules'));
  await writeFiles(folder, {
    'hello.mjs': `
      export const handler = async ({ rawPath }) => ({ statusCode: rawPath === '/hello' ? 200 : 404 });
      export const strict = async (event) => {
        if (event.order !== process.env.ORDER) throw new Error('no such order');
      };
      export const broken = undefined;`,
    'orders.cjs': `require('./slow.cjs'); exports.handler = async () => ({ statusCode: 200 });`,
    'slow.cjs': 'const end = Date.now() + 100; while (Date.now() < end);',
    'order.json': '{ "order": "7" }',
    'serverless.yml': {
      service: 'shop',
      provider: { name: 'aws', runtime: 'nodejs24.x', architecture: 'arm64', memorySize: 512 },
      plugins: ['lambdascope', 'serverless-offline'],
      functions: {
        hello: { handler: 'hello.handler', events: [{ httpApi: 'GET /hello' }] },
        orders: { handler: 'orders.handler', events: [{ http: 'POST /orders' }] },
        strict: { handler: 'hello.strict', events: [{ http: 'GET /' }], environment: { ORDER: 7 } },
        broken: { handler: 'hello.broken' },
        typed: { handler: 'typed.handler' },
        other: { handler: 'other.handler', runtime: 'python3.13' },
      },
    },
  });
});

function run(args: readonly string[], input = '') {
  const cli = join(import.meta.dirname, '../dist/cli.js');
  return spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: 'utf8', input });
}

describe('coldstart', () => {
  it('measures what loads, and says of the rest why not', () => {
    const { status, stdout, stderr } = run(['coldstart', '--runs', '3', '--json', 'figures.json']);
    expect(status, stderr).toBe(0);
    const { functions } = measured();
    expect(JSON.parse(readFileSync(at('figures.json'), 'utf8'))).toEqual({ functions });
    expect(Object.keys(functions)).toEqual(['hello', 'orders', 'strict']);
    for (const { runtimeMillis, loadMillis, coldMillis, expectedAwsMillis } of Object.values(
      functions,
    )) {
      expect(runtimeMillis).toBeGreaterThan(1);
      expect(coldMillis).toBeGreaterThan(Math.max(runtimeMillis, loadMillis));
      expect(expectedAwsMillis.low).toBeCloseTo(120 + loadMillis, 6);
      expect(expectedAwsMillis.high).toBeCloseTo(133 + 3 * loadMillis, 6);
    }
    const { hello, orders, strict } = functions;
    expect(hello).toMatchObject({ runs: 3, memorySize: 512 });
    expect(hello).not.toHaveProperty('note');
    expect(hello?.firstInvocationMillis).toBeGreaterThan(0);
    expect(orders?.loadMillis).toBeGreaterThan(100);
    expect(orders?.heaviest.unit).toBe('millis');
    expect(orders?.heaviest.modules[0]?.name).toBe('slow.cjs');
    expect(strict).not.toHaveProperty('firstInvocationMillis');
    expect(stdout).toContain('strict: the first invocation failed: no such order.');
    expect(stdout).toMatch(/^broken: not measured: .*hello\.mjs does not export broken\.$/m);
    expect(stdout).toMatch(/^typed: not measured: no built file of typed\.handler/m);
    expect(stdout).toContain('other: not measured: not for Node.');
  });

  it('takes an event, and keeps what it knows of the others', () => {
    const before = measured().functions;
    const args = ['coldstart', '-f', 'strict', '--event', 'order.json', '--runs', '2'];
    const { status, stderr } = run(args);
    expect(status, stderr).toBe(0);
    const { strict, ...others } = measured().functions;
    expect(strict).toMatchObject({ runs: 2, firstInvocationMillis: expect.any(Number) });
    expect(strict).not.toHaveProperty('note');
    expect(others).toEqual({ hello: before['hello'], orders: before['orders'] });
  });

  it.each([
    [['--runs', '0'], '--runs 0 is no number'],
    [['--event', 'order.json'], 'name it by -f'],
    [['-f', 'nothing'], 'there is no such function'],
    [['-f', 'other'], 'not for Node'],
    [['--budget', '60ms'], '--budget is for --compare'],
    [['--compare', 'main', '--budget', '60'], 'is no time'],
    [['--compare', 'main', '--runs', '3'], 'at least 6'],
  ])('refuses %j', (args, reason) => {
    const { status, stderr } = run(['coldstart', ...args]);
    expect(status).toBe(1);
    expect(stderr).toContain(reason);
  });
});

describe('calibrate', () => {
  /** What AWS would log of a function: 150 ms and twice its load, and something. */
  function lines(name: string, { normal } = createRandom(7)): string {
    const { loadMillis = Number.NaN } = measured().functions[name] ?? {};
    return Array.from({ length: 100 }, (_, index) => {
      const init = index % 2 === 0 ? `Init Duration: ${150 + 2 * loadMillis + normal()} ms` : '';
      return `REPORT RequestId: ${index}\tDuration: 1.5 ms\tMemory Size: 512 MB\t${init}\t\n`;
    }).join('');
  }

  it('fits to REPORT lines, and coldstart expects what they say', async () => {
    await writeFile(at('hello.log'), lines('hello'));
    const group = { '@log': '123456789012:/aws/lambda/shop-dev-orders' };
    const others = lines('orders')
      .trim()
      .split('\n')
      .map((message) => JSON.stringify({ ...group, '@message': message }))
      .join('\n');
    const { status, stdout, stderr } = run(['calibrate', 'hello=hello.log', '-'], others);
    expect(status, stderr).toBe(0);
    const [, low, factor, count] = /^512 MB +([\d.]+)–[\d.]+ +([\d.]+) +(\d+)/m.exec(stdout) ?? [];
    expect(Math.abs(Number(low) - 150)).toBeLessThan(2);
    expect(Math.abs(Number(factor) - 2)).toBeLessThan(0.05);
    expect(count).toBe('100');

    expect(run(['coldstart', '-f', 'hello', '--runs', '3']).stdout).toContain('calibrated');
    const { expectedAwsMillis, loadMillis = Number.NaN } = measured().functions['hello'] ?? {};
    expect(Math.abs((expectedAwsMillis?.low ?? 0) - 150 - 2 * loadMillis)).toBeLessThan(5);
  });

  it('says what it lacks', () => {
    expect(run(['calibrate']).stderr).toContain('No file of REPORT lines');
    const { status, stderr } = run(['calibrate', '-'], lines('hello'));
    expect(status).toBe(1);
    // Three functions have 512 MB.
    expect(stderr).toContain('50 lines are of no measured function');
  });
});
