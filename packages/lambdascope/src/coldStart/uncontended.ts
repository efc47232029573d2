/** What the live page shows beside cold starts that competed for cores: those that were measured alone. */
import type { ColdStartDocument } from './measurement.ts';
import { readStored } from './storedFile.ts';

/** Cold starts that were measured of a service, in seconds by function; none before the first measurement. */
export async function uncontendedInitSeconds(folder: string): Promise<Record<string, number>> {
  const document = await readStored<ColdStartDocument>(folder, 'coldstart.json');
  return Object.fromEntries(
    Object.entries(document?.functions ?? {}).map(([key, { coldMillis }]) => [
      key,
      coldMillis / 1000,
    ]),
  );
}
