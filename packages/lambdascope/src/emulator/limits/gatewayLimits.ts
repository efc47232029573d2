/** Whether API Gateway would take a request, or answer that there were too many. */
import {
  type Api,
  methodBuckets,
  stageThrottles,
  type ThrottledService,
} from './methodThrottles.ts';
import { accountThrottle } from './throttle.ts';
import { createTokenBucket } from './tokenBucket.ts';
import { limitsOfKeys, type ServiceWithKeys } from './usagePlans.ts';

export interface GatewayRequest {
  readonly api: Api;
  /** In capitals. */
  readonly method: string;
  /** As routes are named: `/orders/{id}`. */
  readonly route: string;
  /** What `x-api-key` says. */
  readonly apiKey: string | undefined;
  /** Whether the route asks for a key; usage plans are for such alone. */
  readonly isPrivate: boolean;
}

export interface GatewayLimits {
  /** Why a request is refused; one that is not has taken its tokens. */
  refusal(request: GatewayRequest): 'rate' | 'burst' | 'quota' | undefined;
}

export interface Clocks {
  /** In milliseconds; never goes back. */
  now(): number;
  /** In milliseconds of Unix time. */
  epoch(): number;
}

/**
 * The limits of a service's APIs, in the order of AWS' guide ("Throttle requests to your REST APIs"):
 * what the usage plan gives the key, what the stage gives the method, what the account has for all
 * APIs. Within a plan, which the guide leaves open: the method's throttle, then the key's over all
 * methods, which AWS says (re:Post) holds beside it, then the quota, so that a request too fast for the
 * plan does not use it up. Who refuses takes nothing, nor do those after it; those before have theirs.
 */
export function createGatewayLimits(
  service: ThrottledService & ServiceWithKeys,
  { now, epoch }: Clocks,
): GatewayLimits {
  const keys = limitsOfKeys(service, epoch());
  const stages = {
    rest: methodBuckets(stageThrottles(service, 'rest')),
    http: methodBuckets(stageThrottles(service, 'http')),
  };
  const account = createTokenBucket(accountThrottle);

  return {
    refusal({ api, method, route, apiKey, isPrivate }) {
      const at = now();
      const key = isPrivate && apiKey !== undefined ? keys.get(apiKey) : undefined;
      return (
        key?.methods(method, route)?.take(at) ??
        key?.throttle?.take(at) ??
        key?.quota?.take(epoch()) ??
        stages[api](method, route)?.take(at) ??
        account.take(at)
      );
    },
  };
}
