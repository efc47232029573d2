/**
 * Every objective and every alert threshold, for Prometheus' rules, Grafana and CloudWatch alike.
 *
 * Durations are in seconds, shares and targets are ratios from 0 to 1. `windowSeconds` is what one
 * value is computed over; `forSeconds` is how long it must stay over the threshold before the alert
 * fires. `minimum…` is the least traffic in the window at which a share means something.
 */
import type { TNumber, TObject } from 'typebox';
import { metrics } from '../builtInMetrics.ts';
import { Type } from '../typebox.ts';

/** The kit's thresholds; a service changes any of them by `custom.lambdascope.thresholds`. */
export const thresholds = {
  /** Share of requests that did not fail in our code, nor by time or memory (5xx). A client's own mistakes (4xx) are good answers. */
  availability: { target: 0.995 },

  /** Tight: a warm instance has loaded everything, so nothing excuses a slow answer. */
  warmLatency: { target: 0.99, withinSeconds: 0.05 },

  /**
   * Loose: the same time for cold requests too. A cold start takes longer and so costs budget, but
   * one request in twenty may. It never pages: nobody can mend a cold start at night, and too many
   * of them are a plan for the day.
   */
  latency: { target: 0.95, withinSeconds: 0.05 },

  /** The mean hides the slow tail, but when even the mean is half a second, everybody waits. */
  meanLatency: { seconds: 0.5, windowSeconds: 60, forSeconds: 60 },

  /** A single cold start among few requests is a spike of the p95: over five minutes it is not. */
  p95Latency: { seconds: 0.5, windowSeconds: 300, forSeconds: 120, minimumRequests: 20 },

  /** The guard of the burn-rate alerts: with few requests, one bad one is a large share of them. */
  errorBudget: { minimumBadRequests: 5 },

  /** A steady service starts well under one instance in a hundred requests; a tenth is churn. */
  coldStartShare: { ratio: 0.1, windowSeconds: 300, forSeconds: 120, minimumRequests: 20 },

  /** Share of requests refused as invalid: single mistakes are normal, a burst is a broken client. */
  validationErrorShare: { ratio: 0.25, windowSeconds: 300, forSeconds: 60, minimumRequests: 20 },

  /** Exceptions in our own code, or more memory than there is: each one is a defect, so one is enough. */
  handlerErrors: { count: 1, windowSeconds: 300, forSeconds: 0 },

  /** Invocations that ran into their time limit: the client got nothing, so one is enough. */
  timeouts: { count: 1, windowSeconds: 300, forSeconds: 0 },

  /** Requests refused for want of an instance: a 5xx that no client is to blame for, so one is enough. */
  throttles: { count: 1, windowSeconds: 60, forSeconds: 0 },

  /**
   * Share of requests refused with 429 by a rate, a burst or a quota: that a client is told to wait is
   * normal, five minutes of it are not.
   */
  gatewayThrottles: { ratio: 0.05, windowSeconds: 300, forSeconds: 0, minimumRequests: 20 },

  /**
   * How far values are from what they are compared with, by function: population stability index and
   * Jensen-Shannon distance. Fewer rows are far from anything by chance: 300 of the same population as 150
   * training rows have an index of 0.09 in the mean over ten buckets, and three in a thousand have above
   * 0.25 (chi-squared with b - 1 degrees, times 1/n + 1/m: B. Yurdakul, Statistical properties of population stability index, 2018).
   */
  drift: {
    moderate: 0.1,
    significant: 0.25,
    windowSeconds: 300,
    forSeconds: 120,
    minimumRows: 300,
  },

  /**
   * The way of the metrics themselves. The aggregator pushes at least every `heartbeatSeconds`, also
   * when nothing happened, so an older push means that it is gone or cannot reach the Pushgateway.
   * A gateway that was not there is left for `holdSeconds` with the state that it last had: two scrapes,
   * since a Prometheus that starts along with it does its first within one.
   */
  pipeline: {
    heartbeatSeconds: 15,
    holdSeconds: 10,
    pushAgeSeconds: 60,
    pushFailureForSeconds: 60,
    targetDownForSeconds: 60,
    absentForSeconds: 120,
  },

  /** CPU as a share of the container's quota, or of the machine where it has none. */
  containerCpu: { ratio: 0.9, windowSeconds: 60, forSeconds: 300 },

  /** Working set as a share of the memory limit: at 1 the kernel ends the container. */
  containerMemory: { ratio: 0.9, forSeconds: 120 },
} as const;

/** The thresholds' form, for a service or a test with other figures. */
export type Thresholds = {
  readonly [Name in keyof typeof thresholds]: {
    readonly [Figure in keyof (typeof thresholds)[Name]]: number;
  };
};

/** Figures that differ from the kit's. */
export type ThresholdOverrides = {
  readonly [Name in keyof Thresholds]?: Partial<Thresholds[Name]>;
};

/** What `custom.lambdascope.thresholds` may hold. */
export const thresholdsSchema = closed(
  Object.entries(thresholds).map(([name, figures]) => [
    name,
    closed(Object.keys(figures).map((figure) => [figure, figureSchema(figure)])),
  ]),
);

/** The kit's thresholds with a service's own figures in their place. */
export function thresholdsWith(overrides: ThresholdOverrides): Thresholds {
  const names = Object.keys(thresholds) as (keyof Thresholds)[];
  return Object.fromEntries(
    names.map((name) => [name, { ...thresholds[name], ...overrides[name] }]),
  ) as unknown as Thresholds;
}

function closed(properties: readonly (readonly [string, TObject | TNumber])[]): TObject {
  const optional = properties.map(([name, schema]) => [name, Type.Optional(schema)]);
  return Type.Object(Object.fromEntries(optional), { additionalProperties: false });
}

function figureSchema(figure: string): TNumber {
  if (figure === 'ratio' || figure === 'target') {
    return Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 });
  }
  if (figure === 'withinSeconds') {
    // Requests within it are counted by a bucket. Prometheus 2 keeps le="1" and Prometheus 3 makes it
    // le="1.0": only a fraction is one name.
    return Type.Number({ enum: metrics.latency.buckets.filter((edge) => !Number.isInteger(edge)) });
  }
  if (['seconds', 'moderate', 'significant'].includes(figure)) {
    return Type.Number({ exclusiveMinimum: 0 });
  }
  return Type.Number({ minimum: figure === 'windowSeconds' ? 1 : 0, multipleOf: 1 });
}
