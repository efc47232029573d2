/** Serves samples in the form that cAdvisor documents, where no cAdvisor can run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tools/root.ts';
import { startServer } from './localServer.ts';

/** Processors that every container keeps busy. */
export const BUSY_PROCESSORS = 0.25;

/** cAdvisor writes the time of measuring behind each sample. */
const MEASURED_AT = / 1395066363000$/gm;
const CPU_SECONDS = /^(container_cpu_usage_seconds_total\{.*\} )(\S+)/gm;

/**
 * Serves test/fixtures/cadvisor.txt as of now, with the CPU time going on.
 *
 * @param withNames false: as cAdvisor before 0.54 writes it on Docker 29, whose containers' names
 *   and labels it cannot read
 */
export async function startCadvisorSamples({ withNames = true } = {}) {
  const written = readFileSync(join(root, 'test/fixtures/cadvisor.txt'), 'utf8');
  const known = withNames
    ? written
    : written.replaceAll(/(name|image|container_label_\w+)="[^"]*"/g, '$1=""');
  const start = Date.now();
  const { origin, close } = await startServer((_, response) => {
    const now = Date.now();
    const busy = ((now - start) / 1000) * BUSY_PROCESSORS;
    response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8');
    response.end(
      known
        .replaceAll(CPU_SECONDS, (_line, series, seconds) => series + (Number(seconds) + busy))
        .replaceAll(MEASURED_AT, ` ${now}`),
    );
  });
  return {
    /** Host and port. */
    address: new URL(origin).host,
    stop: close,
  };
}
