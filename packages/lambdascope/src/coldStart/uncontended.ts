/** What the live page shows beside cold starts that competed for cores: those that were measured alone. */
import type { ColdStartDocument, MeasuredColdStart } from './measurement.ts';
import { readStored } from './storedFile.ts';

/** Cold starts that were measured of a service, by function; none before the first measurement. */
export async function measuredColdStarts(
  folder: string,
): Promise<Readonly<Record<string, MeasuredColdStart>>> {
  const document = await readStored<ColdStartDocument>(folder, 'coldstart.json');
  return document?.functions ?? {};
}

/** The time of those, in seconds by function; none before the first measurement. */
export async function uncontendedInitSeconds(folder: string): Promise<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(await measuredColdStarts(folder)).map(([key, { coldMillis }]) => [
      key,
      coldMillis / 1000,
    ]),
  );
}
