/** What the peers run on. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { benchProgram } from '../programs.ts';

/** The packages of each peer that its speed depends on. */
const PACKAGES = {
  fastapi: ['fastapi', 'uvicorn', 'uvloop', 'httptools', 'orjson', 'pydantic', 'prometheus_client'],
  bentoml: ['bentoml', 'uvicorn'],
  mlserver: ['mlserver', 'mlserver-sklearn', 'fastapi', 'uvicorn', 'uvloop'],
} as const;

/** What all have in common. */
const COMMON = ['scikit-learn', 'numpy'];

/** Python and the packages with their versions, as a sentence. */
export async function peerVersions(): Promise<string> {
  const python = await promisify(execFile)(benchProgram('fastapi', 'bin/python'), ['--version']);
  const peers = Object.entries(PACKAGES).map(async ([peer, packages]) => {
    const installed = await readFile(benchProgram(peer, 'requirements.txt'), 'utf8');
    const version = new Map(
      installed.split('\n').map((line) => line.split('==') as [string, string]),
    );
    return [...packages, ...COMMON].map((name) => `${name} ${version.get(name)}`).join(', ');
  });
  return `${python.stdout.trim()}; ${(await Promise.all(peers)).join('; ')}`;
}
