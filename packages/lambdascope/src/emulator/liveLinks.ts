/** Links to what runs beside the live page. */

/** A server that a browser on this machine can open; a page adds the host that it was reached by. */
export interface LiveLink {
  readonly title: string;
  readonly port: number;
  /** Where there is something to see. @default '/' */
  readonly path?: string;
}

/** A server that may be there or not. */
export interface Neighbour extends LiveLink {
  /** URL that it answers while it is well, as this process reaches it. @default it is always linked to */
  readonly health?: string;
}

/** How long a neighbour may take to say that it is well, in milliseconds. */
const PATIENCE = 1000;

/** Links to those that are well now; they are asked from here, for a page may not ask another origin. */
export async function liveLinks(neighbours: readonly Neighbour[]): Promise<LiveLink[]> {
  const well = await Promise.all(
    neighbours.map(({ health }) => health === undefined || isWell(health)),
  );
  return neighbours.filter((_, index) => well[index]).map(({ health, ...link }) => link);
}

async function isWell(health: string): Promise<boolean> {
  try {
    const { ok, body } = await fetch(health, { signal: AbortSignal.timeout(PATIENCE) });
    await body?.cancel();
    return ok;
  } catch {
    return false;
  }
}
