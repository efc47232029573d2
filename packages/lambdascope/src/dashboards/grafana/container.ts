/** Queries about the API's container. */
import { CONTAINERS } from '../containers.ts';

/** As `docker compose` (old and new) and plain Docker name the container of the service `api`. */
const NAMED = 'name=~"(.+[-_])?api([-_][0-9]+)?"';
/** Containers whose name is not known. */
const NAMELESS = `name="", ${CONTAINERS}`;
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
