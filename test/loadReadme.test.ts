import { describe, expect, it } from 'vitest';
import { profileNames } from '../tools/load/profiles.ts';
import { dashboardTitled, panelsOf } from './dashboards.ts';
import { profileTable } from './profileTable.ts';

const rows = profileTable();

describe("the README's table of traffic", () => {
  it('has every profile', () => {
    expect(rows.map(({ profile }) => profile).toSorted()).toEqual(profileNames.toSorted());
  });

  it.each(rows)('points to one panel that is there: $dashboard: $panel', ({ dashboard, panel }) => {
    const titles = panelsOf(dashboardTitled(dashboard)).map(({ title }) => title);
    expect(titles.filter((title) => title === panel)).toEqual([panel]);
  });
});
