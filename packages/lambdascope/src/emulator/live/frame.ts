/** One moment of the history: what every chart of the live page draws a point from. */

/** A number, or none where nothing was counted: JSON has no NaN. */
export type Figure = number | null;

/** Figures by the name that a legend has for each. */
export type Figures = Readonly<Record<string, Figure>>;

/** Counts and levels of a span of time. Quantiles, means and shares are null where nothing was counted. */
export interface Signals {
  /** Length of the span. */
  readonly seconds: number;
  /** By function. */
  readonly requests: Figures;
  /** By kind. */
  readonly errors: Figures;
  /** What no function got, by the reason. */
  readonly refused: Figures;
  readonly latency: { readonly p50: Figure; readonly p95: Figure; readonly p99: Figure };
  readonly coldStarts: readonly ColdStart[];
  /** By function, at the end of the span. */
  readonly instances: Figures;
  readonly inFlight: number;
  /** The most that an instance used of late, in bytes, by function. */
  readonly memory: Figures;
  /** The functions that were ever asked. */
  readonly asked: readonly string[];
  /** What the service's own metrics show, by their names. */
  readonly shown: Readonly<Record<string, Figures>>;
}

/** The cold starts of one function in a span. */
export interface ColdStart {
  readonly function: string;
  readonly count: number;
  /** Mean latency of those requests, which includes init. */
  readonly latencySeconds: Figure;
  /** Mean init time. */
  readonly initSeconds: Figure;
  /** Mean of the most instances that were starting at once meanwhile; null where nobody can tell. */
  readonly initConcurrency: Figure;
}

/** A second of the history. */
export interface Frame {
  /** Unix time in seconds, at its end. */
  readonly time: number;
  /** The trailing window that ends here. */
  readonly signals: Signals;
  /** Cold starts since the frame before. */
  readonly coldStarts: readonly ColdStart[];
  /** Id of the request that took longest of those that were answered since the frame before. */
  readonly slowest?: string;
  /** The same of cold starts, by function. */
  readonly slowestCold: Readonly<Record<string, string>>;
}

/** Length of the trailing window that every rate, quantile and share is taken over, in seconds. */
export const WINDOW_SECONDS = 10;

/** How far back the history goes, in seconds. */
export const KEPT_SECONDS = 15 * 60;
