/** The API keys of a service, and what the usage plan of each gives it. */
import {
  type MethodBuckets,
  methodBuckets,
  planThrottles,
  type Throttles,
} from './methodThrottles.ts';
import { createQuota, type Quota, type QuotaSettings, quotaPeriods } from './quota.ts';
import { listOf, propertiesOf, recordOf, type WithResources } from './resources.ts';
import { numberOf, type Throttle, throttleOf } from './throttle.ts';
import { createTokenBucket, type TokenBucket } from './tokenBucket.ts';

/** The part of a service that has its keys and plans. */
export interface ServiceWithKeys extends WithResources {
  readonly provider?: { readonly apiGateway?: unknown };
}

export interface ApiKey {
  readonly name: string;
  /** The name where `serverless.yml` has no value: AWS then makes one, serverless-offline takes the name. */
  readonly value: string;
  /** The usage plan's name, `default` where there is but one; none for a key outside a list of plans. */
  readonly plan: string | undefined;
  readonly enabled: boolean;
}

/** What one key has left. */
export interface KeyLimits {
  readonly methods: MethodBuckets;
  readonly throttle: TokenBucket | undefined;
  readonly quota: Quota | undefined;
}

/** Every key of `provider.apiGateway`, in any form that Serverless takes: by plan or not, names or more. */
export function keysOf(apiGateway: unknown): ApiKey[] {
  const { apiKeys, usagePlan } = recordOf(apiGateway);
  return listOf(apiKeys).flatMap((definition) => {
    const [plan, keys] = Object.entries(recordOf(definition))[0] ?? [];
    return Array.isArray(keys)
      ? keys.flatMap((key) => keyOf(key, plan))
      : keyOf(definition, Array.isArray(usagePlan) ? undefined : 'default');
  });
}

/**
 * What each key may do, by its value: a plan's limits are for each of its keys.
 *
 * @param since when the plans begin, in milliseconds of Unix time
 */
export function limitsOfKeys(
  service: ServiceWithKeys,
  since: number,
): ReadonlyMap<string, KeyLimits> {
  return new Map(
    keysOf(service.provider?.apiGateway).flatMap(({ value, plan }) =>
      plan === undefined ? [] : [[value, limitsOf(service, plan, since)] as const],
    ),
  );
}

function keyOf(definition: unknown, plan: string | undefined): ApiKey[] {
  const { name, value, enabled } =
    typeof definition === 'string' ? { name: definition } : recordOf(definition);
  const text = [value, name].find((one) => typeof one === 'string' && one !== '');
  if (typeof text !== 'string') return [];
  const ownName = typeof name === 'string' ? name : text;
  return [{ name: ownName, value: text, plan, enabled: enabled !== false }];
}

function limitsOf(service: ServiceWithKeys, plan: string, since: number): KeyLimits {
  const { methods, throttle, quota } = planSettings(service, plan);
  return {
    methods: methodBuckets(methods),
    throttle: throttle && createTokenBucket(throttle),
    quota: quota && createQuota(quota, since),
  };
}

/** What a usage plan gives each of its keys. */
export interface PlanSettings {
  readonly methods: Throttles;
  readonly throttle: Throttle | undefined;
  readonly quota: QuotaSettings | undefined;
}

/** The settings of a plan by its name. */
export function planSettings(service: ServiceWithKeys, plan: string): PlanSettings {
  const { Throttle, Quota, ApiStages } = propertiesOfPlan(service, plan);
  const { RateLimit, BurstLimit } = recordOf(Throttle);
  const { Limit, Offset, Period } = recordOf(Quota);
  const limit = numberOf(Limit);
  const period = quotaPeriods.find((one) => one === Period);
  return {
    methods: planThrottles(ApiStages),
    throttle: throttleOf(RateLimit, BurstLimit),
    quota:
      limit === undefined || period === undefined
        ? undefined
        : { limit, period, offset: numberOf(Offset) ?? 0 },
  };
}

/** A plan as Serverless makes it, and as the service changes it in `resources`. */
function propertiesOfPlan(
  service: ServiceWithKeys,
  plan: string,
): Readonly<Record<string, unknown>> {
  const { usagePlan } = recordOf(service.provider?.apiGateway);
  const isList = Array.isArray(usagePlan);
  const named = isList ? usagePlan.map((one) => recordOf(one)[plan]).findLast(Boolean) : usagePlan;
  const { throttle, quota } = recordOf(named);
  const { rateLimit, burstLimit } = recordOf(throttle);
  const { limit, offset, period } = recordOf(quota);
  return {
    Throttle: { RateLimit: rateLimit, BurstLimit: burstLimit },
    Quota: { Limit: limit, Offset: offset, Period: period },
    ...propertiesOf(service, `ApiGatewayUsagePlan${isList ? capitalized(plan) : ''}`),
  };
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
