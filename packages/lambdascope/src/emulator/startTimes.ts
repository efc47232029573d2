/** Since when each series counts, so that whoever gets it late still knows that its first value was once zero. */
import type { Family, Series } from './metricFamilies.ts';

/** Gives the families of now. */
export type ReadFamilies = () => Promise<readonly Family[]>;

/**
 * The same families, with the time since which their series count: now for those of the first look, else
 * that of the last look, which did not find them yet.
 *
 * @param isConstant whether a metric never counts anything, and so never began
 */
export function withStartTimes(
  read: ReadFamilies,
  isConstant: (name: string) => boolean = () => false,
): ReadFamilies {
  const starts = new Map<string, number>();
  let lastLook = Date.now();

  function started(name: string, series: Series): Series {
    const key = [name, ...Object.values(series.labels)].join('\n');
    const since = starts.get(key) ?? lastLook;
    starts.set(key, since);
    return { ...series, since };
  }

  return async () => {
    const look = Date.now();
    const families = await read();
    const all = families.map((family) =>
      family.kind === 'gauge' || isConstant(family.name)
        ? family
        : { ...family, series: family.series.map((series) => started(family.name, series)) },
    );
    lastLook = look;
    return all;
  };
}
