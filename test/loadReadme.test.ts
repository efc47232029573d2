import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { profileNames } from '../tools/load/profiles.ts';
import { root } from '../tools/root.ts';
import { committedDashboards, panelsOf } from './dashboards.ts';

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const section = readme.slice(readme.indexOf('## Traffic'), readme.indexOf('## Metrics'));

/** Cells of the table of profiles, without its head: profile, what it sends, live page, Grafana. */
const rows = section
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));

/** Titles of panels, by dashboard. */
const panels = new Map(
  committedDashboards().map((dashboard) => [
    dashboard.title?.replace('lambdascope / ', ''),
    panelsOf(dashboard).map(({ title }) => title),
  ]),
);

describe("the README's table of traffic", () => {
  it('has every profile', () => {
    expect(rows.map(([, profile]) => profile).toSorted()).toEqual(profileNames.toSorted());
  });

  it.each(rows.map(([, , , , grafana = '']) => grafana))(
    'points to a panel that is there: %s',
    (cell) => {
      const [dashboard = '', panel] = cell.split(': ');
      expect(panels.get(dashboard)).toContain(panel);
    },
  );
});
