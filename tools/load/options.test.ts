import { describe, expect, it } from 'vitest';
import { OptionError, readOptions } from './options.ts';
import { arrivalsOf, profileNames } from './profiles.ts';

describe('the command line', () => {
  it('plays a tour of every profile in about two minutes', () => {
    const { parts } = readOptions([]);
    expect(new Set(parts.map(({ profile }) => profile))).toEqual(new Set(profileNames));
    const seconds = parts.reduce((sum, part) => sum + part.settings.seconds, 0);
    expect(seconds).toBeGreaterThan(100);
    expect(seconds).toBeLessThan(130);
  });

  it('squeezes a tour into a given time', () => {
    const { parts } = readOptions(['--duration', '30']);
    expect(parts.reduce((sum, part) => sum + part.settings.seconds, 0)).toBeCloseTo(30);
  });

  it('plays profiles in the order given, with the rate, concurrency and duration given', () => {
    const { parts } = readOptions(
      'bad steady --rate 7 --concurrency 3 --duration 9 --count 5'.split(' '),
    );
    const settings = { rate: 7, concurrency: 3, seconds: 9, count: 5 };
    expect(parts).toEqual([
      { profile: 'bad', settings },
      { profile: 'steady', settings },
    ]);
  });

  it('plays as long as a count needs', () => {
    const [part] = readOptions(['steady', '--count', '1000', '--rate', '10']).parts;
    expect(part?.settings.seconds).toBe(100);
    expect(part && [...arrivalsOf(part)]).toHaveLength(1000);
  });

  it.each(profileNames)('bounds %s in count and time, whatever is asked for', (profile) => {
    const [part] = readOptions([profile, '--rate', '20000', '--duration', '3600']).parts;
    if (!part) throw new Error('no part');
    let count = 0;
    let last = 0;
    for (const due of arrivalsOf(part)) {
      count += 1;
      last = due;
    }
    expect(count).toBeLessThanOrEqual(1_000_000);
    expect(last).toBeLessThanOrEqual(3_600_000);
  });

  it('reads objectives', () => {
    expect(readOptions(['--p95', '200', '--max', '1500']).objectives).toEqual([
      { percentile: 'p95', limitMs: 200 },
      { percentile: 'max', limitMs: 1500 },
    ]);
  });

  it.each([
    ['--rate x', '--rate x is not a number from 0.1 to 20000.'],
    ['--rate 20001', '--rate 20001 is not a number from 0.1 to 20000.'],
    ['--duration 3601', '--duration 3601 is not a number from 1 to 3600.'],
    ['--count 1000001', '--count 1000001 is not a whole number from 1 to 1000000.'],
    ['--concurrency 1.5', '--concurrency 1.5 is not a whole number from 1 to 1000.'],
    ['--p95 NaN', '--p95 NaN is not a number from 0.001 to 60000.'],
    ['flood', 'There is no profile flood. There are: tour, steady,'],
    ['toString', 'There is no profile toString.'],
    ['--flood', "Unknown option '--flood'"],
  ])('refuses %s in one line', (line, message) => {
    const read = () => readOptions(line.split(' '));
    expect(read).toThrow(OptionError);
    expect(read).toThrow(message);
  });
});
