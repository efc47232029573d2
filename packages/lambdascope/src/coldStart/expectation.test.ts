import { describe, expect, it } from 'vitest';
import { expectedDuration, expectedInit, initModelOf } from './expectation.ts';

const arm = { architecture: 'arm64', memorySize: 512 };
const heldOut = { lines: 2, medianErrorMillis: 1, p90ErrorMillis: 2, belowHigh: 1 };
const calibration = {
  sizes: [128, 1769].map((memorySize) => ({
    memorySize,
    baseMillis: { low: memorySize, high: memorySize + 10 },
    loadFactor: 2,
    isOwnFactor: true,
    lines: 10,
    heldOut,
  })),
};

describe('an init', () => {
  it('is the published base, and one to three times the load', () => {
    expect(expectedInit(initModelOf(arm, undefined), 20)).toEqual({ low: 140, high: 193 });
    const intel = { ...arm, architecture: 'x86_64' };
    expect(expectedInit(initModelOf(intel, undefined), 0)).toEqual({ low: 131, high: 156 });
  });

  it('is what was calibrated at the nearest memory', () => {
    expect(expectedInit(initModelOf(arm, calibration), 20)).toEqual({ low: 1809, high: 1819 });
    const small = { ...arm, memorySize: 256 };
    expect(expectedInit(initModelOf(small, calibration), 20)).toEqual({ low: 168, high: 178 });
  });
});

describe('a duration', () => {
  const model = { baseMillis: { low: 0, high: 0 }, loadFactor: { low: 1, high: 2 } };

  it.each([
    ['what computes gets its share of a core', 1769 / 4, { millis: 10, cpuMillis: 10 }, 40, 80],
    ['what waits takes as long', 1769 / 4, { millis: 10, cpuMillis: 0 }, 10, 10],
    ['each part by itself', 1769 / 4, { millis: 10, cpuMillis: 5 }, 25, 45],
    [
      'more cores than one help nobody who uses one',
      1769 * 4,
      { millis: 10, cpuMillis: 10 },
      10,
      20,
    ],
    ['nor less than all threads need', 1769, { millis: 10, cpuMillis: 20 }, 20, 40],
  ])('%s', (_, memorySize, work, low, high) => {
    expect(expectedDuration(model, memorySize, work)).toEqual({ low, high });
  });
});
