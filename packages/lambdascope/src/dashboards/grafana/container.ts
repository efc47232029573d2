/** What cAdvisor says about the API's container, as queries. */
import { foreignMetrics } from './foreignMetrics.ts';

/** As `docker compose` (old and new) and plain Docker name the container of the service `api`. */
const NAMED = 'name=~"(.+[-_])?api([-_][0-9]+)?"';
/** Docker's control groups, with and without systemd, of containers whose name is not known. */
const NAMELESS = 'name="", id=~".*/docker[-/][0-9a-f]{64}.*"';
/** A control group's first twelve digits, as `docker ps` shows them. */
const SHORT_ID = '".*docker[-/]([0-9a-f]{12}).*"';

/**
 * A query about the API's container. Where cAdvisor cannot tell any container's name (Docker 29 with
 * a cAdvisor before 0.54), it is asked of every nameless one instead: better all of them than none.
 *
 * @param query takes the label matcher of the containers and gives PromQL that keeps `id` and `name`
 * @returns PromQL with the label `container`: the name, or the short id
 */
export function ofContainer(query: (matcher: string) => string): string {
  const either = `${query(NAMED)} or on () ${query(NAMELESS)}`;
  const byId = `label_replace(${either}, "container", "$1", "id", ${SHORT_ID})`;
  return `label_replace(${byId}, "container", "$1", "name", "(.+)")`;
}

/** Processors in use, by container. */
export function containerCpu(matcher: string): string {
  return `sum by (id, name) (rate(${foreignMetrics.containerCpu}{${matcher}}[$interval]))`;
}

/** Processors that a container may use; none where it has no quota. */
export function containerCpuLimit(matcher: string): string {
  const { containerCpuQuota, containerCpuPeriod } = foreignMetrics;
  return `sum by (id, name) ((${containerCpuQuota}{${matcher}} > 0) / ${containerCpuPeriod}{${matcher}})`;
}

/** Memory that the kernel cannot take back, in bytes, by container. */
export function containerMemory(matcher: string): string {
  return `sum by (id, name) (${foreignMetrics.containerMemory}{${matcher}})`;
}

/** Bytes at which the kernel ends a container; none where there is no limit. */
export function containerMemoryLimit(matcher: string): string {
  return `sum by (id, name) (${foreignMetrics.containerMemoryLimit}{${matcher}} > 0)`;
}
