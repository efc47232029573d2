/** The bucket for bulk predictions, what starts them, and where those that failed are kept. */
import type { Alarms } from 'lambdascope/dashboards/cloudwatch/alarm';
import { type CloudWatchMetric, input } from 'lambdascope/dashboards/cloudwatch/metricMath';
import {
  attribute,
  join,
  type Resources,
  ref,
  type Value,
} from 'lambdascope/dashboards/cloudwatch/template';
import type { ServerlessVariables } from '../infrastructure/configuration.ts';
import { type Allow, role } from '../infrastructure/roles.ts';
import type { StackPart } from '../infrastructure/stackPart.ts';
import { arn, select } from '../infrastructure/template.ts';
import { INPUT_PREFIX, INPUT_SUFFIXES, OUTPUT_PREFIX } from './keys.ts';

/** Where the state machine lists what became of the objects of a run. */
const RUNS_PREFIX = 'runs/';

/** Share of objects that may fail before a run stops, in percent: more than a few mean that all will. */
const TOLERATED_FAILURES = 5;

/** What no other stack of this account has: the first digits of its id, `arn:…:stack/<name>/<uuid>`. */
const stackNumber: Value = select(0, '-', select(2, '/', ref('AWS::StackId')));

/** Logical id that osls gives the function `bulkPredict`. */
const FUNCTION = 'BulkPredictLambdaFunction';

/** Seconds that a value of an alarm stands for. */
const ALARM_PERIOD = 300;

/** What differs between stages; `serverless.yml` says what each parameter means. */
interface BulkOptions {
  readonly stage: string;
  readonly bulkMap: boolean;
  readonly bulkConcurrency: number;
  /** Days until objects are deleted; 0: never. */
  readonly bulkRetentionDays: number;
}

/** What bulk predictions add to the stack of the stage that is packaged. */
export async function stackPart(serverless: ServerlessVariables): Promise<StackPart> {
  const variable = async (name: string) => String(await serverless.resolveVariable(name));
  return bulk({
    stage: await variable('sls:stage'),
    bulkMap: (await variable('param:bulkMap')) === 'true',
    bulkConcurrency: Number(await variable('param:bulkConcurrency')),
    bulkRetentionDays: Number(await variable('param:bulkRetentionDays')),
  });
}

/** Everything that bulk predictions need. */
export function bulk({
  stage,
  bulkMap,
  bulkConcurrency,
  bulkRetentionDays,
}: BulkOptions): StackPart {
  return {
    allows: { bulkPredict: bulkAllows(stage) },
    Resources: {
      ...bulkResources(stage, bulkRetentionDays),
      ...(bulkMap ? bulkMapResources(stage, bulkConcurrency) : {}),
    },
    alarms: { ...bulkAlarms, ...(bulkMap ? bulkMapAlarms : {}) },
    Outputs: {
      BulkBucketName: {
        Description: 'Bucket for bulk predictions: put objects below incoming/',
        Value: ref('BulkBucket'),
      },
    },
  };
}

const bulkAlarms: Alarms = {
  BulkFailures: onFailure(
    'An object could not be predicted, in three tries.',
    'bulkfailures',
    'Maximum',
    {
      namespace: 'AWS/SQS',
      name: 'ApproximateNumberOfMessagesVisible',
      unit: 'Count',
      dimensions: { QueueName: attribute('BulkFailures', 'QueueName') },
    },
  ),
};

/** A run of the state machine ends when too many of its objects fail; single ones are in its list. */
const bulkMapAlarms: Alarms = {
  BulkMapFailures: onFailure(
    'A run of the state machine over a folder failed.',
    'bulkmapfailures',
    'Sum',
    {
      namespace: 'AWS/States',
      name: 'ExecutionsFailed',
      unit: 'Count',
      dimensions: { StateMachineArn: ref('BulkMap') },
    },
  ),
};

function onFailure(
  description: string,
  runbook: string,
  stat: string,
  metric: CloudWatchMetric,
): Alarms[string] {
  return {
    description,
    runbook: `docs/deploy.md#${runbook}`,
    inputs: [input('v', metric, stat, ALARM_PERIOD)],
    expression: 'MAX([v])',
    threshold: { from: 1 },
    period: ALARM_PERIOD,
    forSeconds: 0,
  };
}

/** What `bulkPredict` may do besides writing its log. */
function bulkAllows(stage: string): Allow[] {
  return [
    { actions: ['s3:GetObject'], on: objects(stage, INPUT_PREFIX) },
    {
      actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'],
      on: objects(stage, OUTPUT_PREFIX),
    },
    // Without it, S3 does not tell an object that is not there from one that is forbidden.
    { actions: ['s3:ListBucket'], on: bucketArn(stage) },
    { actions: ['sqs:SendMessage'], on: attribute('BulkFailures', 'Arn') },
  ];
}

/**
 * The bucket, its event, and the queue of what failed.
 *
 * @param retentionDays when objects are deleted, in days since they were written; 0: never
 */
function bulkResources(stage: string, retentionDays: number): Resources {
  return {
    BulkBucket: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketName: bucketName(stage),
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
          ],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        LifecycleConfiguration: {
          Rules: [
            {
              // Parts of an instance that ended before it could remove them cost money unseen.
              Id: 'abandoned-uploads',
              Status: 'Enabled',
              AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
            },
            ...(retentionDays > 0
              ? [{ Id: 'expiry', Status: 'Enabled', ExpirationInDays: retentionDays }]
              : []),
          ],
        },
        NotificationConfiguration: {
          LambdaConfigurations: INPUT_SUFFIXES.map((suffix) => ({
            Event: 's3:ObjectCreated:*',
            Function: attribute(FUNCTION, 'Arn'),
            Filter: {
              S3Key: {
                Rules: [
                  { Name: 'prefix', Value: INPUT_PREFIX },
                  { Name: 'suffix', Value: suffix },
                ],
              },
            },
          })),
        },
      },
      DependsOn: ['BulkBucketMayInvoke'],
      // Somebody's data: it goes when somebody deletes it, but for an empty one of a deployment that failed.
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    },
    BulkBucketPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: ref('BulkBucket'),
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              // A denial: the wider, the safer.
              Effect: 'Deny',
              Principal: '*',
              Action: 's3:*',
              Resource: [bucketArn(stage), objects(stage, '')],
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            },
          ],
        },
      },
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    },
    BulkBucketMayInvoke: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: attribute(FUNCTION, 'Arn'),
        Action: 'lambda:InvokeFunction',
        Principal: 's3.amazonaws.com',
        SourceArn: bucketArn(stage),
        SourceAccount: ref('AWS::AccountId'),
      },
    },
    BulkFailures: {
      Type: 'AWS::SQS::Queue',
      Properties: { MessageRetentionPeriod: 14 * 24 * 60 * 60, SqsManagedSseEnabled: true },
    },
  };
}

/**
 * A state machine that predicts every object of a folder, again after a new model.
 *
 * @param concurrency objects at once; the function's reserved concurrency
 */
function bulkMapResources(stage: string, concurrency: number): Resources {
  const name = `lambdascope-${stage}-bulk`;
  return {
    BulkMap: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: name,
        RoleArn: attribute('BulkMapRole', 'Arn'),
        Definition: definition(stage, concurrency),
      },
    },
    BulkMapRole: role('states.amazonaws.com', [
      { actions: ['s3:ListBucket'], on: bucketArn(stage) },
      { actions: ['s3:GetObject', 's3:PutObject'], on: objects(stage, RUNS_PREFIX) },
      {
        actions: ['s3:ListMultipartUploadParts', 's3:AbortMultipartUpload'],
        on: objects(stage, RUNS_PREFIX),
      },
      { actions: ['lambda:InvokeFunction'], on: attribute(FUNCTION, 'Arn') },
      // A distributed map runs each object as an execution of its own machine.
      { actions: ['states:StartExecution'], on: arn('states', `stateMachine:${name}`) },
      {
        actions: ['states:DescribeExecution', 'states:StopExecution', 'states:RedriveExecution'],
        on: arn('states', `execution:${name}/*`),
      },
    ]),
  };
}

/** In the Amazon States Language; starts with `{"prefix": "incoming/…"}`. */
export function definition(stage: string, concurrency: number): Record<string, unknown> {
  return {
    Comment: 'Predicts every object below a prefix; what is done already is passed over.',
    StartAt: 'PredictObjects',
    States: {
      PredictObjects: {
        Type: 'Map',
        ItemReader: {
          Resource: 'arn:aws:states:::s3:listObjectsV2',
          Parameters: { Bucket: bucketName(stage), 'Prefix.$': '$.prefix' },
        },
        ItemSelector: {
          bucket: bucketName(stage),
          'key.$': '$$.Map.Item.Value.Key',
          'etag.$': '$$.Map.Item.Value.Etag',
        },
        MaxConcurrency: concurrency,
        ToleratedFailurePercentage: TOLERATED_FAILURES,
        ItemProcessor: {
          // An express execution ends after 5 minutes, the function may take 15.
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'PredictObject',
          States: {
            PredictObject: {
              Type: 'Task',
              Resource: 'arn:aws:states:::lambda:invoke',
              Parameters: { FunctionName: attribute(FUNCTION, 'Arn'), 'Payload.$': '$' },
              OutputPath: '$.Payload',
              Retry: [
                {
                  ErrorEquals: [
                    'Lambda.TooManyRequestsException',
                    'Lambda.ServiceException',
                    'Lambda.SdkClientException',
                  ],
                  IntervalSeconds: 5,
                  MaxAttempts: 6,
                  BackoffRate: 2,
                  JitterStrategy: 'FULL',
                },
              ],
              End: true,
            },
          },
        },
        ResultWriter: {
          Resource: 'arn:aws:states:::s3:putObject',
          Parameters: { Bucket: bucketName(stage), Prefix: RUNS_PREFIX },
        },
        End: true,
      },
    },
  };
}

/**
 * Written out, not taken by reference: the roles, and S3's right to call the function, come before the
 * bucket. A stack's own, as the bucket outlives its stack: the next stack of this name must not meet it.
 */
function bucketName(stage: string): Value {
  return join(...bucketNamePieces(stage));
}

function bucketNamePieces(stage: string): Value[] {
  return [`lambdascope-${stage}-bulk-`, ref('AWS::AccountId'), '-', stackNumber];
}

function bucketArn(stage: string): Value {
  return join('arn:', ref('AWS::Partition'), ':s3:::', ...bucketNamePieces(stage));
}

/** The objects below a prefix. */
function objects(stage: string, prefix: string): Value {
  return join('arn:', ref('AWS::Partition'), ':s3:::', ...bucketNamePieces(stage), `/${prefix}*`);
}
