/** The profiles against the limits of the stage that they are played on. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from '../root.ts';
import {
  arrivalsOf,
  createSource,
  type Profile,
  type ProfileName,
  profileNames,
  profiles,
} from './profiles.ts';

const limits = parse(readFileSync(join(root, 'infrastructure/stages/dev.yml'), 'utf8'));
const batchBurst = limits.burst / 10;

/** What a profile sends by default: each request, and when, in milliseconds. */
function sent(name: ProfileName) {
  const profile: Profile = profiles[name];
  const settings = { ...profile.defaults, count: 1_000_000 };
  const next = profile.requests(createSource({ basePath: '', key: 'a-key' }, 1));
  return [...arrivalsOf({ profile: name, settings })].map((due) => ({
    due,
    ...next(due / (settings.seconds * 1000)),
  }));
}

/** The most that are due at once. */
function mostAtOnce(requests: readonly { readonly due: number }[]): number {
  const counts = new Map<number, number>();
  for (const { due } of requests) counts.set(due, (counts.get(due) ?? 0) + 1);
  return Math.max(...counts.values());
}

describe('throttle', () => {
  const requests = sent('throttle');
  const ofPath = (path: string) => requests.filter((request) => request.path === path);

  it('sends more batches at once than instances and burst allow, and then rows faster than a key may', () => {
    const [batches, rows] = [ofPath('/predict/batch'), ofPath('/predict')];
    expect(mostAtOnce(batches)).toBeGreaterThan(Math.max(limits.batchConcurrency, batchBurst));
    const { rate, seconds } = profiles.throttle.defaults;
    expect(rows.length).toBeGreaterThan(limits.keyBurst + (limits.keyRate * seconds) / 2);
    expect(rate).toBeGreaterThan(limits.keyRate);
    expect(rows[0]?.due).toBeGreaterThan(batches.at(-1)?.due ?? Number.NaN);
    expect(limits.keyQuotaPerDay).toBeGreaterThan(10 * requests.length);
  });

  it('may be refused, and nothing else may', () => {
    expect(requests.every(({ mayBeRefused }) => mayBeRefused)).toBe(true);
    const others = profileNames.filter((name) => name !== 'throttle').flatMap(sent);
    expect(others.filter(({ mayBeRefused }) => mayBeRefused)).toEqual([]);
  });
});

it.each(profileNames.filter((name) => name !== 'throttle'))(
  '%s stays below every limit',
  (name) => {
    const requests = sent(name);
    const { rate } = profiles[name].defaults;
    expect(rate).toBeLessThan(limits.rate / 10);
    expect(rate).toBeLessThan(limits.keyRate);
    expect(mostAtOnce(requests)).toBeLessThan(Math.min(limits.batchConcurrency, batchBurst));
  },
);
