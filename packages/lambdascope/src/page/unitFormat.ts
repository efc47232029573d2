/** How a metric's values are written, by the unit at the end of its name. */
import type { Figure } from '../emulator/live/frame.ts';
import { formatBytes, formatSeconds, formatShare } from './format.ts';

const FORMATS: Readonly<Record<string, (value: Figure | undefined) => string>> = {
  seconds: formatSeconds,
  bytes: formatBytes,
  ratio: formatShare,
};

/** None where the name has no unit, or none that is known. */
export function unitFormat(name: string): ((value: Figure | undefined) => string) | undefined {
  const [, unit = ''] = /_(seconds|bytes|ratio)(?:_total)?$/.exec(name) ?? [];
  return FORMATS[unit];
}
