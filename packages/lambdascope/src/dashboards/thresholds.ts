/**
 * Every objective and every alert threshold, for Prometheus' rules, Grafana and CloudWatch alike.
 *
 * Durations are in seconds, shares and targets are ratios from 0 to 1. `windowSeconds` is what one
 * value is computed over; `forSeconds` is how long it must stay over the threshold before the alert
 * fires. `minimum…` is the least traffic in the window at which a share means something.
 */

/** A promise to the client: this share of requests is good, over the budget's period. */
export interface Objective {
  /** Share of requests that must be good; the rest is the error budget. */
  readonly target: number;
  /** Slower than this is bad; must be a bucket edge of the latency histogram. None: errors are bad. */
  readonly withinSeconds?: number;
  /** Which requests count. */
  readonly requests: 'all' | 'warm';
  /** Whether a fast burn may page someone; otherwise the budget only ever raises a warning. */
  readonly pages: boolean;
  /** The promise in words, for panels and alerts. */
  readonly promise: string;
}

/** What is promised, by the name that the label `objective` has in Prometheus. */
export const objectives = {
  /** Handler errors and time-outs (5xx) are bad. A client's own mistakes (4xx) are good answers. */
  availability: {
    target: 0.995,
    requests: 'all',
    pages: true,
    promise: '99.5 % of requests are answered without a server error or a time-out',
  },
  /** Tight: a warm instance has the model in memory, so nothing excuses a slow answer. */
  'warm-latency': {
    target: 0.99,
    withinSeconds: 0.05,
    requests: 'warm',
    pages: true,
    promise: '99 % of requests to warm instances are answered within 50 ms',
  },
  /**
   * Loose: the same time for cold requests too. A cold start takes longer and so costs budget, but
   * one request in twenty may. It never pages: nobody can mend a cold start at night, and too many
   * of them are a plan for the day.
   */
  latency: {
    target: 0.95,
    withinSeconds: 0.05,
    requests: 'all',
    pages: false,
    promise: '95 % of all requests, cold starts included, are answered within 50 ms',
  },
} as const satisfies Record<string, Objective>;

/** Name of an objective. */
export type ObjectiveName = keyof typeof objectives;

/** When an alert fires. */
export const thresholds = {
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

  /** Exceptions in our own code: each one is a defect, so one is enough. */
  handlerErrors: { count: 1, windowSeconds: 300, forSeconds: 0 },

  /** Invocations that ran into their time limit: the client got nothing, so one is enough. */
  timeouts: { count: 1, windowSeconds: 300, forSeconds: 0 },

  /** Requests that AWS refused for want of concurrency (CloudWatch only: nothing throttles locally). */
  throttles: { count: 1, windowSeconds: 60, forSeconds: 0 },

  /** Server errors that API Gateway counts, its own too: one among millions wakes nobody (CloudWatch only). */
  gatewayErrors: { count: 5, windowSeconds: 300, forSeconds: 0 },

  /** Share of requests refused by a limit or a quota: bursts are normal, five minutes of it are not (CloudWatch only). */
  gatewayThrottles: { ratio: 0.05, windowSeconds: 300, forSeconds: 0, minimumRequests: 20 },

  /** Three times the share of held-out flowers that the model's check may flag by mistake (5 %); by function. */
  outOfDistributionShare: { ratio: 0.15, windowSeconds: 300, forSeconds: 120, minimumRows: 50 },

  /**
   * Kolmogorov-Smirnov distance between the values seen and the training data, by function and feature.
   * Against 150 training rows, 200 rows of the same population exceed it less than once in ten thousand
   * times: 2 exp(-2 d^2 nm/(n + m)).
   */
  featureDrift: { distance: 0.25, windowSeconds: 300, forSeconds: 120, minimumRows: 200 },

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

/** The thresholds' form, for rules with other figures, such as a test that cannot wait. */
export type Thresholds = {
  readonly [Name in keyof typeof thresholds]: {
    readonly [Figure in keyof (typeof thresholds)[Name]]: number;
  };
};
