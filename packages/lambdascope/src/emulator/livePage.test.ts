import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../test/freePort.ts';
import { type RunningProgram, startProgram } from '../test/program.ts';
import { missing } from '../test/servers.ts';
import { type LiveLinks, liveLinks } from './liveLinks.ts';
import { serveLivePage } from './livePage.ts';
import { startMetricsServer } from './metricsServer.ts';

const metrics = { contentType: 'text/plain', text: async () => '' };

describe('serveLivePage', () => {
  let server: Awaited<ReturnType<typeof startMetricsServer>>;
  let origin: string;

  beforeAll(async () => {
    server = await startMetricsServer({
      host: '127.0.0.1',
      port: 0,
      metrics,
      page: serveLivePage,
    });
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server?.close();
    server?.closeAllConnections();
  });

  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/?from=here', 'text/html; charset=utf-8'],
    ['/main.js', 'text/javascript; charset=utf-8'],
    ['/page.css', 'text/css; charset=utf-8'],
    ['/icon.svg', 'image/svg+xml'],
    ['/links', 'application/json'],
  ])('serves %s', async (path, type) => {
    const response = await fetch(origin + path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(type);
    expect((await response.text()).length).toBeGreaterThan(0);
  });

  it('allows scripts, styles and data from its own origin alone, and nothing inline', async () => {
    const response = await fetch(origin);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each(['/index.html', '/../package.json', '/%2e%2e/package.json', '/__proto__', '/main.ts'])(
    'leaves %s to others',
    async (path) => {
      expect((await fetch(origin + path)).status).toBe(404);
    },
  );
});

describe('liveLinks', () => {
  it('tells the port of the API, and no neighbour that does not answer', async () => {
    const [prometheus, grafana] = [await freePort(), await freePort()];
    const links: LiveLinks = await liveLinks({
      API_PORT: '3456',
      PROMETHEUS_PORT: String(prometheus),
      GRAFANA_PORT: String(grafana),
    });
    expect(links).toEqual({ api: { title: 'API', port: 3456 }, neighbours: [] });
  });

  describe.skipIf(missing('prometheus'))('with Prometheus', () => {
    let prometheus: RunningProgram;

    beforeAll(async () => {
      prometheus = await startProgram('prometheus');
    });

    afterAll(async () => {
      await prometheus?.stop();
    });

    it('links to it, at the port that a browser uses, wherever it is asked', async () => {
      const { neighbours } = await liveLinks({
        PROMETHEUS_URL: prometheus.url,
        PROMETHEUS_PORT: '9099',
        GRAFANA_PORT: String(await freePort()),
      });
      expect(neighbours).toEqual([{ title: 'Prometheus', port: 9099 }]);
    });
  });
});
