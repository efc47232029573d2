/**
 * Images that stand for those of docker-compose.yml and the Dockerfile where none can be pulled: the
 * programs at the pinned versions (Caddy: Debian's, with the libraries that it loads), under the pinned
 * names, with what the compose file relies on: paths, users, owners of the data folders, busybox' wget.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { root } from '../tools/root.ts';
import type { DockerEngine } from './dockerEngine.ts';
import { type GoProgram, goProgram } from './programs/folder.ts';

const run = promisify(execFile);

/** Programs that the images are made of and with. */
export const imagePrograms = ['busybox', 'ldd', 'tar', 'npm', 'caddy'];

/** Those of the pinned versions. */
export const pinnedImagePrograms = [
  ...(['prometheus', 'pushgateway', 'alertmanager', 'cadvisor'] as const),
];

/** Debian's busybox, the static one. */
const BUSYBOX = '/bin/busybox';
const NOBODY = 65_534;
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What an image is made of. */
interface Image {
  /** Programs and data: where each is on this machine, by the place in the image. */
  readonly files: Readonly<Record<string, string>>;
  /** npm's cache on this machine, where the image needs it. */
  readonly cache?: string;
  /** Folder for data, which `nobody` owns. */
  readonly data?: string;
  readonly links?: Readonly<Record<string, string>>;
  /** Instructions of a Dockerfile. */
  readonly instructions: readonly string[];
}

/** One program with a data folder, as Prometheus and its kin are packed. */
function server(name: GoProgram): Image {
  const data = `/${name}`;
  return {
    files: { [`/bin/${name}`]: goProgram(name) },
    data,
    instructions: [`ENTRYPOINT ["/bin/${name}"]`, 'USER nobody', `WORKDIR ${data}`],
  };
}

const servers: Readonly<Record<string, Image>> = {
  'prom/prometheus': server('prometheus'),
  'prom/pushgateway': server('pushgateway'),
  'prom/alertmanager': server('alertmanager'),
  'ghcr.io/google/cadvisor': {
    files: { '/usr/bin/cadvisor': goProgram('cadvisor') },
    instructions: ['ENTRYPOINT ["/usr/bin/cadvisor"]'],
  },
  caddy: {
    files: { '/usr/bin/caddy': '/usr/bin/caddy' },
    instructions: [
      'ENV XDG_CONFIG_HOME=/config XDG_DATA_HOME=/data',
      'CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]',
    ],
  },
};

/** Node and npm, with npm's cache of this machine, so that `npm ci` needs no network. */
async function nodeImage(): Promise<Image> {
  const npm = async (...args: string[]) => (await run('npm', args)).stdout.trim();
  const npmProgram = realpathSync((await run('which', ['npm'])).stdout.trim());
  return {
    files: {
      '/usr/local/bin/node': join(root, 'node_modules/node/bin/node'),
      '/usr/local/lib/node_modules/npm': dirname(dirname(npmProgram)),
    },
    // Some hundred MiB: packed from where it is.
    cache: join(await npm('config', 'get', 'cache'), '_cacache'),
    links: { '/usr/local/bin/npm': '../lib/node_modules/npm/bin/npm-cli.js' },
    instructions: [
      `ENV NPM_CONFIG_CACHE=/npm-cache NPM_CONFIG_OFFLINE=true NPM_CONFIG_REGISTRY=${await npm('config', 'get', 'registry')}`,
    ],
  };
}

/** Makes the image of each name, which is the pinned one with its tag, as far as it has a stand-in. */
export async function makeStandInImages(
  engine: DockerEngine,
  names: readonly string[],
): Promise<void> {
  const images: Readonly<Record<string, Image>> = { ...servers, node: await nodeImage() };
  for (const name of names) {
    const image = images[name.replace(/:.*/, '')];
    if (image) await importImage(engine, name, image);
  }
}

async function importImage(engine: DockerEngine, name: string, image: Image): Promise<void> {
  const tree = mkdtempSync(join(tmpdir(), 'image-'));
  try {
    await fillTree(tree, image);
    const instructions = [`ENV PATH=${PATH}`, ...image.instructions];
    const changes = instructions.flatMap((instruction) => ['--change', instruction]);
    const cache = image.cache
      ? [
          '--transform',
          's,^_cacache,npm-cache/_cacache,',
          '-C',
          dirname(image.cache),
          '--exclude',
          '_cacache/tmp',
          '_cacache',
        ]
      : [];
    const tar = spawn('tar', ['-C', tree, '-c', '.', ...cache]);
    const load = spawn('docker', ['import', ...changes, '-', name], { env: engine.env });
    await pipeline(tar.stdout, load.stdin);
    const [code] = await once(load, 'close');
    if (code !== 0) throw new Error(`${name} cannot be imported`);
  } finally {
    rmSync(tree, { recursive: true });
  }
}

async function fillTree(tree: string, { files, data, links = {} }: Image): Promise<void> {
  const put = (from: string, to: string) =>
    cpSync(realpathSync(from), join(tree, to), { recursive: true });
  const link = (target: string, path: string) => {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    symlinkSync(target, join(tree, path));
  };

  put(BUSYBOX, '/bin/busybox');
  const applets = (await run(BUSYBOX, ['--list'])).stdout.trim().split('\n');
  for (const applet of applets.filter((name) => name !== 'busybox'))
    link('busybox', `/bin/${applet}`);
  link('/bin/env', '/usr/bin/env');
  for (const [to, from] of Object.entries(files)) {
    put(from, to);
    for (const library of await libraries(from)) put(library, library);
  }
  for (const [path, target] of Object.entries(links)) link(target, path);
  mkdirSync(join(tree, 'etc'), { recursive: true });
  writeFileSync(
    join(tree, 'etc/passwd'),
    `root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\nnobody:x:${NOBODY}:${NOBODY}::/:/bin/false\n`,
  );
  mkdirSync(join(tree, 'tmp'));
  chmodSync(join(tree, 'tmp'), 0o1777);
  if (data) {
    mkdirSync(join(tree, data));
    chownSync(join(tree, data), NOBODY, NOBODY);
  }
}

/** The shared libraries that a program loads; none for what is no program. */
async function libraries(file: string): Promise<string[]> {
  const { stdout } = await run('ldd', [file]).catch(() => ({ stdout: '' }));
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1] ?? '');
}
