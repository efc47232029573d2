/** Requests over time, for properties of limits. */
import fc from 'fast-check';

/** Milliseconds of requests, in order: many at once, some after a wait that fills buckets. */
export const anyTimes = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: fc.constant(0) },
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 40 }) },
      { weight: 1, arbitrary: fc.constantFrom(999, 1000, 1001) },
    ),
    { maxLength: 60 },
  )
  .map((waits) => {
    let now = 0;
    return waits.map((wait) => {
      now += wait;
      return now;
    });
  });

export const anyThrottle = fc.record({
  rate: fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 300 })),
  burst: fc.nat({ max: 8 }),
});
