/** In the project `pinned` of vitest.config.ts. */
import { expect, it } from 'vitest';
import { findProgram } from '../../tools/monitoring/findProgram.ts';
import { programs } from '../../tools/monitoring/programs.ts';
import { goProgram } from './folder.ts';

it.each(['prometheus', 'pushgateway', 'alertmanager'] as const)(
  'tests find %s at the version that docker-compose.yml pins',
  (name) => {
    expect(findProgram(programs[name].commands)).toBe(goProgram(name));
  },
);

it.each(['promtool', 'amtool'] as const)('and the %s of that version', (name) => {
  expect(findProgram([name])).toBe(goProgram(name));
});
