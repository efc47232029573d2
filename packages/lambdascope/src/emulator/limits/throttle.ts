/** How fast requests may come, as services write it in many places. */

/** A token bucket's figures. */
export interface Throttle {
  /** Tokens a second. */
  readonly rate: number;
  /** Tokens that the bucket holds. */
  readonly burst: number;
}

/** What API Gateway takes for all APIs of an account in a region; the default of most regions. */
export const accountThrottle: Throttle = { rate: 10_000, burst: 5_000 };

/**
 * What is set, if anything. The one that is not set is the account's, as API Gateway has it for what
 * nobody limits; so is a negative one, which tools write to switch a limit off.
 */
export function throttleOf(rate: unknown, burst: unknown): Throttle | undefined {
  const given = [numberOf(rate), numberOf(burst)] as const;
  if (given.every((one) => one === undefined)) return undefined;
  const [ofRate = -1, ofBurst = -1] = given;
  return {
    rate: ofRate < 0 ? accountThrottle.rate : ofRate,
    burst: ofBurst < 0 ? accountThrottle.burst : ofBurst,
  };
}

/** A number, maybe in a text; what CloudFormation fills in at deployment is none. */
export function numberOf(value: unknown): number | undefined {
  const isNumber =
    typeof value === 'number' || (typeof value === 'string' && /^-?[\d.]+$/.test(value));
  return isNumber && Number.isFinite(Number(value)) ? Number(value) : undefined;
}
