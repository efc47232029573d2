/** Requests as API Gateway sees them, those that reach no function too: its metrics, and alarms on them. */
import type { Alarms } from 'lambdascope/dashboards/cloudwatch/alarm';
import type { Graph } from 'lambdascope/dashboards/cloudwatch/graph';
import { type CloudWatchMetric, input } from 'lambdascope/dashboards/cloudwatch/metricMath';
import { type Resources, ref } from 'lambdascope/dashboards/cloudwatch/template';
import { percent } from 'lambdascope/dashboards/percent';
import { runbookUrl } from 'lambdascope/dashboards/service';
import { thresholds } from 'lambdascope/dashboards/thresholds';
import type { Configuration } from './configuration.ts';

/** The runbooks of what only AWS can tell. */
const RUNBOOKS = 'docs/deploy.md';

/** Server errors that API Gateway counts, its own too: one among millions wakes nobody. */
const gatewayErrors = { count: 5, windowSeconds: 300, forSeconds: 0 } as const;

/** Seconds that a value of the alarm on no traffic stands for. */
const TRAFFIC_PERIOD = 300;

/** What metrics and alarms of the gateway follow from. */
type Gateway = Pick<Configuration, 'service' | 'stage' | 'emfNamespace' | 'noTrafficMinutes'>;

/** A metric that API Gateway itself reports of the stage. */
function ofGateway({ service, stage }: Gateway, name: 'Count' | '5XXError'): CloudWatchMetric {
  return {
    namespace: 'AWS/ApiGateway',
    name,
    unit: 'Count',
    // osls names the API by stage and service.
    dimensions: { ApiName: `${stage}-${service}`, Stage: stage },
  };
}

/** Requests that a limit or a quota refused: API Gateway counts all 4xx as one, its log does not. */
function throttledRequests({ emfNamespace }: Gateway): CloudWatchMetric {
  return { namespace: emfNamespace, name: 'ThrottledRequests', unit: 'Count', dimensions: {} };
}

/** What counts in the access log. */
export function gatewayResources(gateway: Gateway): Resources {
  const { namespace, name, unit } = throttledRequests(gateway);
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

/** Alarms on what the gateway answers. */
export function gatewayAlarms(gateway: Gateway): Alarms {
  const { noTrafficMinutes } = gateway;
  const { gatewayThrottles } = thresholds;
  return {
    GatewayErrors: {
      description: `API Gateway answered ${gatewayErrors.count} requests or more with a server error, its own or a function's.`,
      runbook: runbookUrl(RUNBOOKS, 'GatewayErrors'),
      inputs: [input('v', ofGateway(gateway, '5XXError'), 'Sum', gatewayErrors.windowSeconds)],
      expression: 'MAX([v])',
      threshold: { from: gatewayErrors.count },
      period: gatewayErrors.windowSeconds,
      forSeconds: gatewayErrors.forSeconds,
    },
    GatewayThrottles: {
      description: `More than ${percent(gatewayThrottles.ratio)} of the requests are refused with 429, by a limit or a quota.`,
      runbook: runbookUrl(RUNBOOKS, 'GatewayThrottles'),
      inputs: [
        input('v', throttledRequests(gateway), 'Sum', gatewayThrottles.windowSeconds),
        input('n', ofGateway(gateway, 'Count'), 'Sum', gatewayThrottles.windowSeconds),
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
            runbook: runbookUrl(RUNBOOKS, 'NoTraffic'),
            inputs: [input('v', ofGateway(gateway, 'Count'), 'Sum', TRAFFIC_PERIOD)],
            expression: 'FILL(v, 0)',
            threshold: { below: 1 },
            period: TRAFFIC_PERIOD,
            forSeconds: noTrafficMinutes * 60,
          },
        }
      : {}),
  };
}

/** The graph of requests, on the dashboard. */
export function gatewayGraph(gateway: Gateway): Graph {
  return {
    title: 'As the gateway sees it',
    unit: 'a minute',
    lines: [
      { label: 'requests', metric: ofGateway(gateway, 'Count'), stat: 'Sum' },
      { label: '5xx', metric: ofGateway(gateway, '5XXError'), stat: 'Sum' },
      { label: '429', metric: throttledRequests(gateway), stat: 'Sum' },
    ],
  };
}
