import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { idOf } from 'lambdascope/dashboards/cloudwatch/template';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { functionSources } from '../../tools/functionSources.ts';
import { root } from '../../tools/root.ts';
import { functionProperties } from './packagedFunction.ts';
import { packageService, type ServicePackage, type TemplateResource } from './packages.ts';
import { violations } from './specification.ts';
import { allowances, ofType } from './templateResources.ts';

const FUNCTIONS = Object.keys(functionSources());
const PREDICTING = ['/predict', '/predict/batch'];
const PROTECTED = ['/labels', ...PREDICTING];

/** The only wildcards in policies, and why each is there; `…:*` and `…/*` end most names of resources. */
const wildcards = {
  'xray:PutTraceSegments': 'X-Ray has no resources that it could be limited to',
  'xray:PutTelemetryRecords': 'X-Ray has no resources that it could be limited to',
  'cloudwatch:DescribeAlarms': 'CodeDeploy, which asks for a list',
} as const;

/** The path of each method of the API, with the method. */
function methods(service: ServicePackage): { path: string; resource: TemplateResource }[] {
  const pathOf = (id: { Ref?: string }): string => {
    const resource = id.Ref ? service.resources[id.Ref] : undefined;
    if (!resource) return '';
    return `${pathOf(resource.Properties['ParentId'])}/${resource.Properties['PathPart']}`;
  };
  return ofType(service, 'AWS::ApiGateway::Method').map(([, resource]) => ({
    path: pathOf(resource.Properties['ResourceId']) || '/',
    resource,
  }));
}

/**
 * What a mock answers to a body of a type, after AWS's "Method request behavior for payloads without
 * mapping templates": no type counts as JSON, and the type's parameters do not.
 */
function mockAnswer(
  service: ServicePackage,
  // biome-ignore lint/suspicious/noExplicitAny: a part of the template.
  { PassthroughBehavior, RequestTemplates }: Record<string, any>,
  contentType = 'application/json',
): string {
  const [type = ''] = contentType.split(';');
  const template = RequestTemplates[type];
  if (template) return String(JSON.parse(template).statusCode);
  // The body itself would be asked for the status.
  if (PassthroughBehavior === 'WHEN_NO_MATCH') return '500';
  return service.resources['GatewayResponseUnsupportedMediaType']?.Properties['StatusCode'];
}

describe.each(['dev', 'prod'])('the package of stage %s', (stage) => {
  let service: ServicePackage;
  beforeAll(async () => {
    service = await packageService(stage);
  });
  afterAll(() => service.remove());

  it('is what CloudFormation specifies, and refers to nothing that is not there', () => {
    expect(violations(service.resources)).toEqual([]);
  });

  it.each(FUNCTIONS)('has %s with its own role, log, limits and tags', (name) => {
    const properties = functionProperties(service, name);
    expect(properties).toMatchObject({
      FunctionName: `lambdascope-${stage}-${name}`,
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: expect.any(Number),
      ReservedConcurrentExecutions: expect.any(Number),
      LoggingConfig: { LogFormat: 'JSON' },
      Environment: { Variables: { AWS_EMF_NAMESPACE: `lambdascope-${stage}` } },
      Tags: expect.arrayContaining([{ Key: 'stage', Value: stage }]),
    });
    // API Gateway gives up after 29 s.
    const timeLimit = name === 'bulkPredict' ? 900 : 29;
    expect(properties['Timeout']).toBeLessThanOrEqual(timeLimit);

    const id = idOf(name);
    expect(properties['Role']).toEqual({ 'Fn::GetAtt': [`${id}Role`, 'Arn'] });
    const own = allowances(service).filter(([role]) => role === `${id}Role`);
    expect(own[0]?.[1]).toMatchObject({
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: { 'Fn::GetAtt': [`${id}LogGroup`, 'Arn'] },
    });
    expect(own).toHaveLength(name === 'bulkPredict' ? 5 : 1);
  });

  it.each(FUNCTIONS)('holds nothing but its own bundle in the zip of %s', async (name) => {
    const files = Object.keys(await service.zip(name));
    expect(files).toContain(`dist/${name}/index.mjs`);
    for (const file of files) expect(file).toMatch(new RegExp(`^dist/${name}/[^/]+$`));
    expect(files.filter((file) => file.endsWith('.map'))).toEqual([]);
    if (name !== 'docs') expect(files).toHaveLength(1);
  });

  it.each(FUNCTIONS)('names no source map in the zip of %s that is not there', async (name) => {
    for (const [file, content] of Object.entries(await service.zip(name))) {
      const named = Buffer.from(content)
        .toString()
        .match(/^.{0,3}# sourceMappingURL=.*/gm);
      expect(named, file).toBeNull();
    }
  });

  it('asks for a key wherever the model answers, and nowhere else', () => {
    const withKey = methods(service).filter(
      ({ resource }) => resource.Properties['ApiKeyRequired'],
    );
    expect(
      withKey.map(({ path, resource }) => `${resource.Properties['HttpMethod']} ${path}`).sort(),
    ).toEqual(PROTECTED.map((path) => `POST ${path}`));
    for (const { path, resource } of methods(service)) {
      if (!PROTECTED.includes(path) || resource.Properties['ApiKeyRequired']) continue;
      expect(resource.Properties['Integration'].Type).toBe('MOCK');
    }
  });

  it('holds no value of a key', () => {
    for (const [, { Properties }] of ofType(service, 'AWS::ApiGateway::ApiKey')) {
      expect(Properties).not.toHaveProperty('Value');
    }
    expect(ofType(service, 'AWS::ApiGateway::ApiKey').length).toBeGreaterThan(0);
    expect(service.text).not.toMatch(/password|secret/i);
  });

  it('limits what a key may do, and each method', () => {
    const [[, plan]] = ofType(service, 'AWS::ApiGateway::UsagePlan') as [
      [string, TemplateResource],
    ];
    expect(plan.Properties).toMatchObject({
      Quota: { Limit: expect.any(Number), Period: 'DAY' },
      Throttle: { RateLimit: expect.any(Number), BurstLimit: expect.any(Number) },
    });
    const settings = service.resources['ApiGatewayStage']?.Properties['MethodSettings'] as {
      HttpMethod: string;
      ResourcePath: string;
      ThrottlingRateLimit: number;
      ThrottlingBurstLimit: number;
    }[];
    expect(settings.map(({ HttpMethod, ResourcePath }) => `${HttpMethod} ${ResourcePath}`)).toEqual(
      ['* /*', 'POST /~1predict', 'POST /~1labels', 'POST /~1predict~1batch'],
    );
    for (const { ThrottlingRateLimit, ThrottlingBurstLimit } of settings) {
      expect(ThrottlingRateLimit).toBeGreaterThan(0);
      expect(ThrottlingBurstLimit).toBeGreaterThanOrEqual(ThrottlingRateLimit);
    }
  });

  it('checks that a body is JSON before it calls a function', () => {
    const checked = methods(service).filter(
      ({ resource }) => resource.Properties['RequestValidatorId'],
    );
    expect(checked.map(({ path }) => path).sort()).toEqual(PROTECTED);
    const [[, validator]] = ofType(service, 'AWS::ApiGateway::RequestValidator') as [
      [string, TemplateResource],
    ];
    expect(validator.Properties['ValidateRequestBody']).toBe(true);
  });

  it('writes an access log of JSON', () => {
    const setting = service.resources['ApiGatewayStage']?.Properties['AccessLogSetting'];
    expect(JSON.parse(setting.Format)).toMatchObject({
      requestId: '$context.requestId',
      status: '$context.status',
      keyId: '$context.identity.apiKeyId',
    });
    // The key itself must not be in a log.
    expect(setting.Format).not.toContain('$context.identity.apiKey"');
  });

  it('keeps every log for a stated time', () => {
    const groups = ofType(service, 'AWS::Logs::LogGroup');
    expect(groups).toHaveLength(FUNCTIONS.length + 1);
    for (const [id, { Properties }] of groups) {
      expect(Properties['RetentionInDays'], id).toBe(stage === 'prod' ? 90 : 7);
    }
  });

  it('allows no wildcard without a reason', () => {
    for (const [id, { Action, Resource }] of allowances(service)) {
      for (const action of [Action].flat()) {
        expect(action, id).not.toContain('*');
        if (JSON.stringify(Resource).match(/"\*"/)) expect(wildcards, id).toHaveProperty(action);
      }
    }
    const everything = allowances(service).filter(([, { Resource }]) => Resource === '*');
    expect(everything.map(([id]) => id)).toEqual([]);
  });

  it('changes nothing that other stages and services of the account share', () => {
    expect(ofType(service, 'AWS::ApiGateway::Account')).toEqual([]);
  });

  it('leaves nothing behind that is in the way of the next stack', () => {
    // But old code, and its rights, and what has a name of its own.
    const staying = Object.entries(service.resources).filter(
      ([, { DeletionPolicy }]) => DeletionPolicy,
    );
    expect(new Set(staying.map(([, { Type }]) => Type))).toEqual(
      new Set(['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'AWS::Lambda::Version']),
    );
  });

  it('lets nobody call a function but API Gateway, the schedule and the bucket, each its own', () => {
    for (const [id, { Properties }] of ofType(service, 'AWS::Lambda::Permission')) {
      expect(Properties['SourceArn'], id).toBeDefined();
      expect(Properties['Principal'], id).toMatch(/^(apigateway|events|s3)\.amazonaws\.com$/);
    }
  });

  it('answers problem+json where API Gateway answers by itself', () => {
    const answers = ofType(service, 'AWS::ApiGateway::GatewayResponse');
    for (const [id, { Properties }] of answers) {
      const headers = Properties['ResponseParameters'];
      expect(headers['gatewayresponse.header.Content-Type'], id).toBe("'application/problem+json'");
      expect(headers['gatewayresponse.header.X-Request-Id'], id).toBe('context.requestId');
      const problem = JSON.parse(Properties['ResponseTemplates']['application/json']);
      expect(problem.instance).toBe('urn:uuid:$context.requestId');
      if (Properties['StatusCode']) expect(String(problem.status)).toBe(Properties['StatusCode']);
    }
    const statuses = Object.fromEntries(
      answers.map(([, { Properties }]) => [Properties['ResponseType'], Properties['StatusCode']]),
    );
    expect(statuses).toMatchObject({
      MISSING_AUTHENTICATION_TOKEN: '404',
      INVALID_API_KEY: '403',
      BAD_REQUEST_BODY: '400',
      REQUEST_TOO_LARGE: '413',
      THROTTLED: '429',
      QUOTA_EXCEEDED: '429',
      INTEGRATION_TIMEOUT: '504',
    });
    expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['DEFAULT_4XX', 'DEFAULT_5XX']));
  });

  it('answers 405, and what would do, to a wrong method of every route', () => {
    const mocks = methods(service).filter(
      ({ resource }) => resource.Properties['HttpMethod'] === 'ANY',
    );
    expect(mocks.map(({ path }) => path).sort()).toEqual(
      ['/', '/docs', '/docs/{file}', '/openapi.json', ...PROTECTED].sort(),
    );
    for (const { path, resource } of mocks) {
      const [response] = resource.Properties['Integration'].IntegrationResponses;
      expect(JSON.parse(response.ResponseTemplates['application/json'])).toMatchObject({
        status: 405,
      });
      expect(response.ResponseParameters['method.response.header.Allow']).toBe(
        PROTECTED.includes(path) ? "'POST'" : "'GET'",
      );
    }
  });

  it.each([
    undefined,
    'application/json; charset=utf-8',
    'application/x-www-form-urlencoded',
    'text/csv',
    'image/png',
  ])('answers 405 to a wrong method with a body of type %s', (contentType) => {
    const ways = new Set(
      methods(service)
        .filter(({ resource }) => resource.Properties['HttpMethod'] === 'ANY')
        .map(({ resource }) =>
          mockAnswer(service, resource.Properties['Integration'], contentType),
        ),
    );
    expect([...ways]).toEqual(['405']);
  });

  it('answers 415 to no body of the right method: the function decides', () => {
    for (const { resource } of methods(service)) {
      if (resource.Properties['HttpMethod'] === 'ANY') continue;
      expect(resource.Properties['Integration'].Type).toBe('AWS_PROXY');
    }
  });

  it('has nothing that was not asked for', () => {
    expect(ofType(service, 'AWS::Lambda::Alias')).toEqual([]);
    expect(service.resources['PredictEventsRuleSchedule1']?.Properties['State']).toBe('DISABLED');
    for (const id of ['AlarmMail', 'Rollout']) {
      expect(service.resources).not.toHaveProperty(id);
    }
    // Silence is normal in dev.
    expect(Boolean(service.resources['NoTrafficAlarm'])).toBe(stage === 'prod');
    expect(functionProperties(service, 'predict')).not.toHaveProperty('TracingConfig');
  });

  it('shows the stage only once all its answers are there', () => {
    const [[, deployment]] = ofType(service, 'AWS::ApiGateway::Deployment') as [
      [string, TemplateResource],
    ];
    const answers = ['AWS::ApiGateway::Method', 'AWS::ApiGateway::GatewayResponse'].flatMap(
      (type) => ofType(service, type).map(([id]) => id),
    );
    expect(deployment.DependsOn).toEqual(expect.arrayContaining(answers));
  });
});

describe.each(['file', 'param'])('by parameter, given by %s,', (by) => {
  it('come traces, ready and warm instances, mail, and functions without a reserve', async () => {
    const service = await packageService('dev', {
      [by]: {
        xray: true,
        provisionedConcurrency: 2,
        warmUp: true,
        alarmEmail: 'somebody@example.com',
        reserveConcurrency: false,
      },
    });
    try {
      expect(violations(service.resources)).toEqual([]);
      const predict = functionProperties(service, 'predict');
      expect(predict['TracingConfig']).toEqual({ Mode: 'Active' });
      expect(service.resources['ApiGatewayStage']?.Properties['TracingEnabled']).toBe(true);
      const tracing = allowances(service).filter(([, { Action }]) =>
        Action.includes('xray:PutTraceSegments'),
      );
      expect(tracing).toHaveLength(FUNCTIONS.length);

      expect(ofType(service, 'AWS::Lambda::Alias').map(([, { Properties }]) => Properties)).toEqual(
        [
          expect.objectContaining({
            ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 },
          }),
        ],
      );
      expect(service.resources['PredictEventsRuleSchedule1']?.Properties['State']).toBe('ENABLED');
      expect(service.resources['AlarmMail']?.Properties['Endpoint']).toBe('somebody@example.com');
      expect(predict['ReservedConcurrentExecutions']).toEqual({ Ref: 'AWS::NoValue' });
    } finally {
      await service.remove();
    }
  });
});

it('the stack that lets API Gateway write logs is what CloudFormation specifies', () => {
  const { Resources } = parse(
    readFileSync(join(root, 'infrastructure/apiGatewayLogs.yml'), 'utf8'),
  );
  expect(violations(Resources)).toEqual([]);
  expect(Resources.Account).toMatchObject({
    Type: 'AWS::ApiGateway::Account',
    Properties: { CloudWatchRoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] } },
  });
  expect(JSON.stringify(Resources.Role)).toContain('AmazonAPIGatewayPushToCloudWatchLogs');
});

describe('a rollout in steps', () => {
  /** The alias that API Gateway calls for a path, if it calls one. */
  function aliasOf(service: ServicePackage, path: string): TemplateResource | undefined {
    const method = methods(service).find(
      ({ path: of, resource }) => of === path && resource.Properties['HttpMethod'] === 'POST',
    );
    const uri = JSON.stringify(method?.resource.Properties['Integration'].Uri);
    return ofType(service, 'AWS::Lambda::Alias')
      .map(([, resource]) => resource)
      .find(
        ({ Properties }) =>
          uri.includes(`"${Properties['FunctionName'].Ref}"`) &&
          uri.includes(`"${Properties['Name']}"`),
      );
  }

  it.each([
    ['without ready instances', 0],
    ['with ready instances', 2],
  ])('moves the alias that requests go through, and back on an alarm, %s', async (_, ready) => {
    const service = await packageService('prod', {
      file: { rollout: 'Canary10Percent10Minutes', provisionedConcurrency: ready },
    });
    try {
      expect(violations(service.resources)).toEqual([]);
      for (const path of PREDICTING) {
        const alias = aliasOf(service, path);
        const { ApplicationName, DeploymentGroupName } =
          alias?.UpdatePolicy?.CodeDeployLambdaAliasUpdate ?? expect.fail(path);
        const group = service.resources[DeploymentGroupName.Ref]?.Properties;
        expect(group).toMatchObject({
          ApplicationName,
          DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent10Minutes',
          AutoRollbackConfiguration: {
            Enabled: true,
            Events: expect.arrayContaining(['DEPLOYMENT_STOP_ON_ALARM']),
          },
        });
        const alarms: { Name: { Ref: string } }[] = group?.['AlarmConfiguration'].Alarms;
        for (const { Name } of alarms) {
          expect(service.resources[Name.Ref]?.Type).toBe('AWS::CloudWatch::Alarm');
        }
        expect(alarms.length).toBeGreaterThan(0);
        expect(alias?.Properties['ProvisionedConcurrencyConfig']).toEqual(
          path === '/predict' && ready > 0
            ? { ProvisionedConcurrentExecutions: ready }
            : { Ref: 'AWS::NoValue' },
        );
      }
      for (const [id, { Action, Resource }] of allowances(service)) {
        for (const action of [Action].flat()) {
          if (JSON.stringify(Resource).match(/"\*"/)) expect(wildcards, id).toHaveProperty(action);
        }
      }
    } finally {
      await service.remove();
    }
  });

  it('is refused when CodeDeploy has no such way', async () => {
    await expect(packageService('prod', { file: { rollout: 'Canary' } })).rejects.toMatchObject({
      stdout: expect.stringContaining(
        'The parameter rollout is Canary: set it to AllAtOnce, or to one of',
      ),
    });
  });
});
