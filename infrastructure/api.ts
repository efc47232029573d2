/** The REST API's stage: its limits by method, its access log, and what it answers to a wrong method. */
import {
  attribute,
  type Resource,
  type Resources,
  ref,
  type Value,
} from 'lambdascope/dashboards/cloudwatch/template';
import { HttpProblem } from '../lib/problem.ts';
import type { Configuration, Route } from './configuration.ts';
import { REQUEST_ID, responseHeaders } from './gatewayResponses.ts';
import { arn } from './template.ts';

/** Requests that a method takes before it answers 429. */
export interface Throttle {
  /** Requests a second, in the long run. */
  readonly rate: number;
  /** Requests at once. */
  readonly burst: number;
}

type StageOptions = Pick<
  Configuration,
  'service' | 'stage' | 'xray' | 'logRetentionDays' | 'tags'
> & {
  /** Logical id of the deployment that the stage shows; new at each packaging. */
  readonly deployment: string;
  /** Limits by `METHOD /path`; what is not listed has the limit of `*`. */
  readonly throttles: Readonly<Record<'*' | `${string} /${string}`, Throttle>>;
};

/** Fields of a line of the access log, by API Gateway's names of their values. */
const accessLog = {
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  ip: '$context.identity.sourceIp',
  keyId: '$context.identity.apiKeyId',
  userAgent: '$context.identity.userAgent',
  method: '$context.httpMethod',
  route: '$context.resourcePath',
  status: '$context.status',
  refusedAs: '$context.error.responseType',
  responseBytes: '$context.responseLength',
  milliseconds: '$context.responseLatency',
  functionMilliseconds: '$context.integrationLatency',
  functionError: '$context.integrationErrorMessage',
  traceId: '$context.xrayTraceId',
} as const;

/** The stage, with its access log. */
export function stageResources(options: StageOptions): Resources {
  return {
    ApiGatewayAccessLogGroup: {
      Type: 'AWS::Logs::LogGroup',
      Properties: {
        // Not osls's own name for it: osls deletes that group when its own logging is off.
        LogGroupName: `/aws/apigateway/${options.service}-${options.stage}/access`,
        RetentionInDays: options.logRetentionDays,
      },
    },
    ApiGatewayStage: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: {
        RestApiId: ref('ApiGatewayRestApi'),
        DeploymentId: ref(options.deployment),
        StageName: options.stage,
        TracingEnabled: options.xray,
        AccessLogSetting: {
          DestinationArn: arn('logs', 'log-group:', ref('ApiGatewayAccessLogGroup')),
          Format: JSON.stringify(accessLog),
        },
        MethodSettings: Object.entries(options.throttles).map(([method, throttle]) =>
          methodSetting(method, throttle),
        ),
        Tags: Object.entries(options.tags).map(([Key, Value]) => ({ Key, Value })),
      },
    },
  };
}

/** Content types that come with a wrong method; a request without one counts as the first. */
const usualTypes = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
  'text/csv',
  'application/xml',
  'application/x-ndjson',
  'application/octet-stream',
] as const;

/** Answers 405 to every method that a route does not take, as the emulator does. */
export function methodNotAllowedResources(routes: readonly Route[]): Resources {
  return Object.fromEntries(
    routes.map((route) => [`ApiGatewayMethod${pathId(route.path)}Any`, methodNotAllowed(route)]),
  );
}

function methodNotAllowed({ path, methods }: Route): Resource {
  const problem = new HttpProblem('method_not_allowed', `${path} takes ${methods.join(', ')}.`);
  const headers: Record<string, string> = {
    ...responseHeaders,
    Allow: `'${methods.join(', ')}'`,
  };
  const resource: Value =
    path === '/'
      ? attribute('ApiGatewayRestApi', 'RootResourceId')
      : ref(`ApiGatewayResource${pathId(path)}`);
  return {
    Type: 'AWS::ApiGateway::Method',
    Properties: {
      RestApiId: ref('ApiGatewayRestApi'),
      ResourceId: resource,
      HttpMethod: 'ANY',
      AuthorizationType: 'NONE',
      ApiKeyRequired: false,
      Integration: {
        Type: 'MOCK',
        // A mock reads its status from a template, and a template is for one content type: what
        // comes as another is refused by `UNSUPPORTED_MEDIA_TYPE`, which answers 405 too.
        PassthroughBehavior: 'NEVER',
        RequestTemplates: Object.fromEntries(
          usualTypes.map((type) => [type, '{"statusCode": 405}']),
        ),
        IntegrationResponses: [
          {
            StatusCode: '405',
            ResponseTemplates: { 'application/json': problem.toBody(REQUEST_ID) },
            ResponseParameters: prefixed('method.response.header.', headers),
          },
        ],
      },
      MethodResponses: [
        {
          StatusCode: '405',
          ResponseParameters: prefixed(
            'method.response.header.',
            Object.fromEntries(Object.keys(headers).map((name) => [name, true])),
          ),
        },
      ],
    },
  };
}

/** CloudFormation writes `/a/b` as `/~1a~1b`, and every path as `/*`. */
function methodSetting(
  method: string,
  { rate, burst }: Throttle,
): Readonly<Record<string, unknown>> {
  const [httpMethod = '*', path] = method.split(' ');
  return {
    HttpMethod: httpMethod,
    ResourcePath: path ? `/${path.replaceAll('/', '~1')}` : '/*',
    ThrottlingRateLimit: rate,
    ThrottlingBurstLimit: burst,
    // The access log says what happened; bodies stay out of logs.
    LoggingLevel: 'OFF',
    DataTraceEnabled: false,
    // Metrics by method are billed as custom metrics; ours say more.
    MetricsEnabled: false,
  };
}

function prefixed<T>(prefix: string, values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
}

/** The name that osls gives a path in logical ids: `/docs/{file}` is `DocsFileVar`. */
function pathId(path: string): string {
  return path
    .split('/')
    .map((part) =>
      part
        .toLowerCase()
        .replace(/\{(.*)\}/, '$1Var')
        .replace(/[^0-9A-Za-z]/g, ''),
    )
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}
