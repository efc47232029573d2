/** Requests as API Gateway sees them, those that reach no function too: its metrics, and alarms on them. */
import { type Resources, ref } from '../../infrastructure/template.ts';
import { thresholds } from '../thresholds.ts';
import type { Alarm } from './alarm.ts';
import { type CloudWatchMetric, type Deployment, input } from './metricMath.ts';

/** Seconds that a value of the alarm on no traffic stands for. */
const TRAFFIC_PERIOD = 300;

/** A metric that API Gateway itself reports of the stage. */
export function ofGateway(
  { service, stage }: Deployment,
  name: 'Count' | '5XXError',
): CloudWatchMetric {
  return {
    namespace: 'AWS/ApiGateway',
    name,
    unit: 'Count',
    // osls names the API by stage and service.
    dimensions: { ApiName: `${stage}-${service}`, Stage: stage },
  };
}

/** Requests that a limit or a quota refused: API Gateway counts all 4xx as one, its log does not. */
export function throttledRequests({ emfNamespace }: Deployment): CloudWatchMetric {
  return { namespace: emfNamespace, name: 'ThrottledRequests', unit: 'Count', dimensions: {} };
}

/** What counts in the access log. */
export function gatewayResources(deployment: Deployment): Resources {
  const { namespace, name, unit } = throttledRequests(deployment);
  return {
    ThrottledRequests: {
      Type: 'AWS::Logs::MetricFilter',
      Properties: {
        LogGroupName: ref('ApiGatewayAccessLogGroup'),
        FilterPattern: '{ $.status = "429" }',
        MetricTransformations: [
          { MetricNamespace: namespace, MetricName: name, MetricValue: '1', Unit: unit },
        ],
      },
    },
  };
}

/** @param noTrafficMinutes how long nobody may ask anything; 0: for ever */
export function gatewayAlarms(
  deployment: Deployment,
  noTrafficMinutes: number,
): Readonly<Record<string, Alarm>> {
  const { gatewayErrors, gatewayThrottles } = thresholds;
  return {
    GatewayErrors: {
      description: `API Gateway answered ${gatewayErrors.count} requests or more with a server error, its own or a function's.`,
      runbook: 'docs/deploy.md#gatewayerrors',
      inputs: [input('v', ofGateway(deployment, '5XXError'), 'Sum', gatewayErrors.windowSeconds)],
      expression: 'MAX([v])',
      threshold: { from: gatewayErrors.count },
      period: gatewayErrors.windowSeconds,
      forSeconds: gatewayErrors.forSeconds,
    },
    GatewayThrottles: {
      description: `More than ${gatewayThrottles.ratio * 100} % of the requests are refused with 429, by a limit or a quota.`,
      runbook: 'docs/deploy.md#gatewaythrottles',
      inputs: [
        input('v', throttledRequests(deployment), 'Sum', gatewayThrottles.windowSeconds),
        input('n', ofGateway(deployment, 'Count'), 'Sum', gatewayThrottles.windowSeconds),
      ],
      expression: `IF(n >= ${gatewayThrottles.minimumRequests}, v / n, 0)`,
      threshold: { above: gatewayThrottles.ratio },
      period: gatewayThrottles.windowSeconds,
      forSeconds: gatewayThrottles.forSeconds,
    },
    ...(noTrafficMinutes > 0
      ? {
          NoTraffic: {
            description: `Nobody has asked anything for ${noTrafficMinutes} minutes.`,
            runbook: 'docs/deploy.md#notraffic',
            inputs: [input('v', ofGateway(deployment, 'Count'), 'Sum', TRAFFIC_PERIOD)],
            expression: 'FILL(v, 0)',
            threshold: { below: 1 },
            period: TRAFFIC_PERIOD,
            forSeconds: noTrafficMinutes * 60,
          },
        }
      : {}),
  };
}
