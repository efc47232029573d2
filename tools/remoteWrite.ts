/** `node tools/remoteWrite.ts`: writes the configuration of a Prometheus that sends on what it scrapes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withRemoteWrite } from '../monitoring/prometheus/remoteWrite.ts';
import { remoteWrite } from './localConfig.ts';
import { root } from './root.ts';

const FILE = 'prometheus.local.yml';
const folder = join(root, 'monitoring/prometheus');

try {
  const store = remoteWrite();
  if (store === undefined) throw new Error('Set REMOTE_WRITE_URL to the address of the store.');
  const source = readFileSync(join(folder, 'prometheus.yml'), 'utf8');
  writeFileSync(join(folder, FILE), withRemoteWrite(source, store));
  console.log(`Wrote monitoring/prometheus/${FILE}; git ignores it.`);
  console.log(`Next: PROMETHEUS_CONFIG=${FILE} docker compose up`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
