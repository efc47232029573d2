import { sum } from 'lambdascope/prometheusText';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../emulator.ts';
import { eventually } from '../eventually.ts';
import { type RunningProgram, startProgram } from '../program.ts';
import { scrape } from '../scrape.ts';
import { missing } from '../servers.ts';
import { linkTo, type Trouble, type TroubledLink } from '../troubledLink.ts';

describe.skipIf(missing('prometheus-pushgateway'))('a Pushgateway in trouble', () => {
  let gateway: RunningProgram;
  let link: TroubledLink;
  let emulator: Emulator;

  beforeAll(async () => {
    gateway = await startProgram('pushgateway');
    link = await linkTo(gateway.url);
    emulator = await startEmulator({ env: { PUSHGATEWAY_URL: link.url } });
  });

  afterAll(async () => {
    await emulator?.stop();
    await link?.close();
    await gateway?.stop();
  });

  /** What has arrived at the gateway. */
  async function arrived(): Promise<number> {
    const text = await (await fetch(`${gateway.url}/metrics`)).text();
    return sum(text, 'api_requests_total', /(?:)/);
  }
  const counted = () => scrape(emulator, 'api_requests_total');
  const lines = (start: string) =>
    emulator
      .output()
      .split('\n')
      .filter((line) => line.startsWith(start)).length;

  it.each(['refuses', 'never answers', 'answers garbage'] as const satisfies Trouble[])(
    'that %s is no trouble to clients, is said once, and has every count afterwards',
    async (trouble) => {
      const complaints = lines('No Pushgateway');
      link.set(trouble);
      const before = await counted();
      for (let request = 0; request < 20; request++) {
        expect((await fetch(`${emulator.url}/`)).status).toBe(200);
      }
      expect(await counted()).toBe(before + 20);
      await eventually(() => expect(lines('No Pushgateway')).toBe(complaints + 1));
      expect(await arrived()).toBeLessThan(before + 20);
      link.set('none');
      await eventually(async () => expect(await arrived()).toBe(before + 20));
      expect(lines('No Pushgateway')).toBe(complaints + 1);
    },
  );
});
