/** Programs at fixed versions that tests compare with, where `test/programs/install.sh` has put them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { programsFolder } from '../../tools/programsFolder.ts';
import { root } from '../../tools/root.ts';
import { missingFile } from '../servers.ts';

const COMPOSE_FILE = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const SCRIPT = readFileSync(join(root, 'test/programs/install.sh'), 'utf8');

/** Folder of each program that Go builds, in a folder for its version. */
const goFolders = {
  prometheus: goFolder('prometheus', pinned('prom/prometheus')),
  promtool: goFolder('prometheus', pinned('prom/prometheus')),
  alertmanager: goFolder('alertmanager', pinned('prom/alertmanager')),
  amtool: goFolder('alertmanager', pinned('prom/alertmanager')),
  pushgateway: goFolder('pushgateway', pinned('prom/pushgateway')),
  cadvisor: goFolder('cadvisor', pinned('google/cadvisor')),
  'docker-compose': goFolder('docker-compose', /^version=([\d.]+)$/m.exec(SCRIPT)?.[1]),
} as const;

/** A program that Go builds. */
export type GoProgram = keyof typeof goFolders;

/** Path of a program that Go builds, at the version that docker-compose.yml pins. */
export function goProgram(name: GoProgram): string {
  return join(goFolders[name], name);
}

/** Python with Evidently and NannyML, at the versions that `test/statistics/requirements.txt` has. */
export const statisticsPython = join(programsFolder, 'statistics/bin/python');

/** A PATH on which programs that Go builds come before all others. */
export function pathWith(...names: readonly GoProgram[]): string {
  return [...names.map((name) => goFolders[name]), process.env['PATH']].join(':');
}

/** Path of a program from PyPI, at the version that `requirements.txt` has. */
export function pythonProgram(name: string): string {
  return join(programsFolder, 'python/bin', name);
}

/**
 * Whether the tests of this file must be skipped because programs that Go builds are absent; says so in one line.
 *
 * @throws Error in CI, where every program must be there.
 */
export function missingGo(...names: readonly GoProgram[]): boolean {
  return names.some((name) => missingFile(goProgram(name)));
}

/** Like `missingGo`, for programs from PyPI. */
export function missingPython(...names: readonly string[]): boolean {
  return names.some((name) => missingFile(pythonProgram(name)));
}

/** Like `missingGo`, for the Python of statistics. */
export function missingStatistics(): boolean {
  return missingFile(statisticsPython);
}

/** The version of an image in docker-compose.yml. */
function pinned(image: string): string | undefined {
  return new RegExp(`${image}:v?([\\d.]+)`).exec(COMPOSE_FILE)?.[1];
}

function goFolder(name: string, version = 'of no version'): string {
  return join(programsFolder, `${name}-${version}`);
}
