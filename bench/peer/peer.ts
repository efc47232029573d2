/** The peer as a program: Debian's Python with the packages that it needs, its model, its server. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../tools/root.ts';
import { startServer } from '../servers.ts';

const run = promisify(execFile);

/** Debian's, which has the packages; another Python that comes first on the PATH has not. */
const PYTHON = '/usr/bin/python3';

const FOLDER = join(root, 'bench/peer');

const PACKAGES = [
  ...['fastapi', 'uvicorn', 'uvloop', 'httptools', 'ujson'],
  ...['sklearn', 'prometheus-client', 'pydantic', 'numpy'],
];

/** The peer's program is not installed; the message says what to do. */
export class PeerError extends Error {
  override readonly name = 'PeerError';
}

/** A peer with a trained model. */
export type Peer = Awaited<ReturnType<typeof preparePeer>>;

/**
 * Trains the peer's model.
 *
 * @throws PeerError when a package is missing
 */
export async function preparePeer() {
  const versions = await findVersions();
  const folder = mkdtempSync(join(tmpdir(), 'peer-'));
  const file = join(folder, 'model.joblib');
  /** Command of a script of the peer's, which gets the model's file as its argument. */
  const command = (script: string) => [PYTHON, join(FOLDER, script), file] as const;
  const [program, ...args] = command('train.py');
  await run(program, args);
  return {
    /** Python and the packages with their versions. */
    versions,
    command,
    start: () =>
      startServer(['sh', '-c', UVICORN], FOLDER, {
        PEER_MODEL: file,
        PYTHONDONTWRITEBYTECODE: '1',
      }),
    /** Deletes the model. */
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** One worker: with two, uvicorn 0.17 leaves TCP_NODELAY off and shares connections unevenly. */
const UVICORN = `exec ${PYTHON} -m uvicorn service:app --port $API_PORT --workers 1 --loop uvloop --http httptools --no-access-log --log-level warning`;

async function findVersions(): Promise<string> {
  const debian = PACKAGES.map((name) => `python3-${name}`);
  const format = `--showformat=\${Package} \${Version}\n`;
  const { stdout } = await run('dpkg-query', ['--show', format, ...debian]).catch((cause) => {
    throw new PeerError(`The peer is not installed. Run: apt-get install ${debian.join(' ')}`, {
      cause,
    });
  });
  const python = (await run(PYTHON, ['--version'])).stdout.trim();
  const packages = stdout
    .trim()
    .split('\n')
    .map((line) => line.replace('python3-', '').replace(/(?<= \S+)[-+].*/, ''));
  return [python, ...packages].join(', ');
}
