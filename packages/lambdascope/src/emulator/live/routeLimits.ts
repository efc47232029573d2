/** What limits the requests to a function, in a line each. */

import {
  type Api,
  stageThrottles,
  type ThrottledService,
  throttleAt,
} from '../limits/methodThrottles.ts';
import { accountThrottle, type Throttle } from '../limits/throttle.ts';
import { keysOf, planSettings, type ServiceWithKeys } from '../limits/usagePlans.ts';
import { isPrivateEvent, routesOfEvent } from '../routes.ts';

/** Lines such as `POST /orders: 250/s, burst 500` and `each key of the plan default: 100/s, burst 200, 50,000 a day`. */
export function routeLimits(service: ThrottledService & ServiceWithKeys, name: string): string[] {
  const events = service.getAllEventsInFunction(name) ?? [];
  const ofRoutes = events.flatMap((event) => ofEvent(service, event));
  return [...ofRoutes, ...(events.some(isPrivateEvent) ? ofPlans(service) : [])];
}

function ofEvent(service: ThrottledService, event: object): string[] {
  const api: Api = 'httpApi' in event ? 'http' : 'rest';
  const throttles = stageThrottles(service, api);
  return routesOfEvent(event).flatMap(({ method, route }) => {
    if (method === '') return [];
    const own = throttleAt(throttles, method, route);
    const text = own ? throttleText(own) : `${throttleText(accountThrottle)} of the account's`;
    return [`${method} ${route}: ${text}`];
  });
}

function ofPlans(service: ServiceWithKeys): string[] {
  const plans = new Set(keysOf(service.provider?.apiGateway).flatMap(({ plan }) => plan ?? []));
  return [...plans].flatMap((plan) => {
    const { throttle, quota } = planSettings(service, plan);
    const parts = [
      throttle && throttleText(throttle),
      quota && `${quota.limit.toLocaleString('en-US')} a ${quota.period.toLowerCase()}`,
    ].filter(Boolean);
    return parts.length === 0 ? [] : [`each key of the plan ${plan}: ${parts.join(', ')}`];
  });
}

function throttleText({ rate, burst }: Throttle): string {
  return `${rate.toLocaleString('en-US')}/s, burst ${burst.toLocaleString('en-US')}`;
}
