/** Which series of cAdvisor's are of Docker containers, and how they are read. */
import { foreignMetrics } from './foreignMetrics.ts';

const {
  containerCpu,
  containerCpuQuota,
  containerCpuPeriod,
  containerMemory,
  containerMemoryLimit,
  machineProcessors,
} = foreignMetrics;

/**
 * Docker's containers, by their control group and not by their name, which cAdvisor cannot always
 * tell: `/docker/<id>` or, under systemd, `/system.slice/docker-<id>.scope`.
 */
export const CONTAINERS = 'id=~".*/docker[-/][0-9a-f]{64}.*"';

/** Processors in use, by container. */
export function cpuUsed(matcher: string, window: string): string {
  return byContainer(`rate(${containerCpu}{${matcher}}[${window}])`);
}

/** Processors that a container may use: its quota, or the whole machine's where it has none. */
export function cpuLimit(matcher: string): string {
  const period = `${containerCpuPeriod}{${matcher}}`;
  return [
    '(',
    `  ${byContainer(`(${containerCpuQuota}{${matcher}} > 0) / ${period}`)}`,
    `  or ${byContainer(period)} * 0 + on () group_left () max(${machineProcessors})`,
    ')',
  ].join('\n');
}

/** Memory that the kernel cannot take back, in bytes, by container. */
export function memoryUsed(matcher: string): string {
  return byContainer(`${containerMemory}{${matcher}}`);
}

/** Bytes at which the kernel ends a container; none where there is no limit, of which cAdvisor says 0. */
export function memoryLimit(matcher: string): string {
  return byContainer(`${containerMemoryLimit}{${matcher}} > 0`);
}

/** Added up by container. */
export function byContainer(expression: string): string {
  return `sum by (id, name) (${expression})`;
}
