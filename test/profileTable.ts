/** The README's table of the load generator's profiles: what each sends, and where to look meanwhile. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProfileName } from '../tools/load/profiles.ts';
import { root } from '../tools/root.ts';

/** A row of the table. */
export interface ProfileRow {
  readonly profile: ProfileName;
  /** Title of a dashboard in Grafana, without what all of them begin with. */
  readonly dashboard: string;
  /** Title of a panel on it. */
  readonly panel: string;
}

/** The rows, in the README's order. */
export function profileTable(): readonly ProfileRow[] {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const section = readme.slice(readme.indexOf('## Traffic'), readme.indexOf('## Metrics'));
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const [, profile = '', , , grafana = ''] = line
        .split('|')
        .map((cell) => cell.trim().replaceAll('`', ''));
      const [dashboard = '', panel = ''] = grafana.split(': ');
      return { profile: profile as ProfileName, dashboard, panel };
    });
}
