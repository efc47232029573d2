/**
 * Prices of AWS in US dollars, without the free tier. The one place for them, with the day and the source
 * of each.
 *
 * us-east-1: the public list prices that docs/deploy.md names (published between May 2025 and June 2026):
 * https://aws.amazon.com/lambda/pricing/, https://aws.amazon.com/api-gateway/pricing/ and
 * https://aws.amazon.com/cloudwatch/pricing/. Init is billed as duration since August 1, 2025:
 * https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/
 *
 * eu-central-1: the Pricing API's EUC1-Lambda-GB-Second, EUC1-Request and EUC1-ApiGatewayRequest, as read
 * on 2026-08-12; EUC1-DataProcessing-Bytes as of 2025-01-01. Not looked up again, and so perhaps a little
 * off: its HTTP APIs, provisioned concurrency and arm64, where us-east-1's are taken for the last two.
 *
 * Tiers beyond those that are here, and Lambda's of more than 6 billion GB-seconds a month, are cheaper.
 */

/** Up to so many in a month at a price, and the next at the next. */
export type Tiers = readonly (readonly [upTo: number, price: number])[];

export const architectures = ['x86_64', 'arm64'] as const;

export type Architecture = (typeof architectures)[number];

/** What a region asks. */
export interface Prices {
  readonly gbSecond: Readonly<Record<Architecture, number>>;
  /** Of provisioned concurrency: that it is there, and while it works. */
  readonly provisionedGbSecond: Readonly<Record<Architecture, number>>;
  readonly provisionedDurationGbSecond: Readonly<Record<Architecture, number>>;
  readonly millionInvocations: number;
  /** By requests. */
  readonly api: { readonly rest: Tiers; readonly http: Tiers; readonly none: Tiers };
  /** By GB that CloudWatch Logs takes in. */
  readonly logGb: Tiers;
  /** A metric in a month. */
  readonly metric: number;
}

const MILLION = 1e6;
const forever = (price: number): Tiers => [[Number.POSITIVE_INFINITY, price]];

const northVirginia: Prices = {
  gbSecond: { x86_64: 0.0000166667, arm64: 0.0000133334 },
  provisionedGbSecond: { x86_64: 0.0000041667, arm64: 0.0000033334 },
  provisionedDurationGbSecond: { x86_64: 0.0000097222, arm64: 0.0000077778 },
  millionInvocations: 0.2,
  api: {
    rest: [
      [333 * MILLION, 3.5 / MILLION],
      [1000 * MILLION, 2.8 / MILLION],
      [Number.POSITIVE_INFINITY, 2.38 / MILLION],
    ],
    http: [
      [300 * MILLION, 1 / MILLION],
      [Number.POSITIVE_INFINITY, 0.9 / MILLION],
    ],
    none: forever(0),
  },
  logGb: [
    [10_000, 0.5],
    [Number.POSITIVE_INFINITY, 0.25],
  ],
  metric: 0.3,
};

export const prices = {
  'us-east-1': northVirginia,
  'eu-central-1': {
    ...northVirginia,
    api: { rest: forever(3.7 / MILLION), http: forever(1.2 / MILLION), none: forever(0) },
    logGb: forever(0.63),
  },
} as const satisfies Record<string, Prices>;

/** A region whose prices are known. */
export type Region = keyof typeof prices;

export const regions = Object.keys(prices) as Region[];

/** The latest of the days above. */
export const PRICES_OF = '2026-08-12';
