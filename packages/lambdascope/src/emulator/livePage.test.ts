import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { thresholds } from '../dashboards/thresholds.ts';
import { createLivePage } from './livePage.ts';
import { startMetricsServer } from './metricsServer.ts';

type Server = Awaited<ReturnType<typeof startMetricsServer>>;

const host = '127.0.0.1';
const metrics = [{ contentType: 'text/plain', text: async () => '' }] as const;

function originOf(server: Server): string {
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}

describe('createLivePage', () => {
  let neighbour: Server;
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    neighbour = await startMetricsServer({ host, port: 0, metrics, pages: [] });
    server = await startMetricsServer({
      host,
      port: 0,
      metrics,
      pages: [
        createLivePage({
          directory: new URL('../../dist/page/', import.meta.url),
          neighbours: [
            { title: 'Charts', port: 3001, health: `${originOf(neighbour)}/metrics` },
            { title: 'Not well', port: 3002, health: `${originOf(neighbour)}/nothing` },
            { title: 'API', port: 3000, path: '/docs' },
          ],
          example: 'curl localhost:3000/hello',
          metrics: () => [
            {
              name: 'orders_total',
              kind: 'counter',
              labels: ['country'],
              help: 'Orders taken.',
              known: [{ country: 'NL' }],
              panel: { title: 'Orders', show: 'rate' },
              cloudWatch: 'not yet',
            },
            { name: 'stock', kind: 'gauge', help: 'Pieces in stock.' },
          ],
          drift: thresholds.drift,
          uncontendedInitSeconds: async () => ({ hello: 0.062 }),
        }),
      ],
    });
    origin = originOf(server);
  });

  afterAll(() => {
    for (const one of [server, neighbour]) {
      one?.close();
      one?.closeAllConnections();
    }
  });

  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/?from=here', 'text/html; charset=utf-8'],
    ['/main.js', 'text/javascript; charset=utf-8'],
    ['/page.css', 'text/css; charset=utf-8'],
    ['/icon.svg', 'image/svg+xml'],
    ['/service', 'application/json'],
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

  it('tells the page what to show: metrics with a panel, and those neighbours that are well', async () => {
    expect(await (await fetch(`${origin}/service`)).json()).toEqual({
      links: [
        { title: 'Charts', port: 3001 },
        { title: 'API', port: 3000, path: '/docs' },
      ],
      example: 'curl localhost:3000/hello',
      metrics: [
        {
          name: 'orders_total',
          kind: 'counter',
          labels: ['country'],
          help: 'Orders taken.',
          panel: { title: 'Orders', show: 'rate' },
        },
      ],
      drift: thresholds.drift,
      cores: availableParallelism(),
      uncontendedInitSeconds: { hello: 0.062 },
    });
  });

  it('links to no neighbour that has gone', async () => {
    neighbour.close();
    neighbour.closeAllConnections();
    const { links } = (await (await fetch(`${origin}/service`)).json()) as { links: object[] };
    expect(links).toEqual([{ title: 'API', port: 3000, path: '/docs' }]);
  });
});
