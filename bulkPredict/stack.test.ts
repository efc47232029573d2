import validateStates from 'asl-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageService, type ServicePackage } from '../test/aws/packages.ts';
import { violations } from '../test/aws/specification.ts';
import { allowances, evaluate } from '../test/aws/templateResources.ts';
import { inputFormat, OUTPUT_PREFIX, outputKeys } from './keys.ts';
import { definition } from './stack.ts';

describe.each(['dev', 'prod'])('the bulk bucket of %s', (stage) => {
  let service: ServicePackage;
  beforeAll(async () => {
    service = await packageService(stage);
  });
  afterAll(() => service?.remove());

  it('stays, where the next stack of this name does not meet it', () => {
    const names = ['4f6a1c20', '5b7e9d31'].map((start) =>
      evaluate(service.resources['BulkBucket']?.Properties['BucketName'], {
        'AWS::AccountId': '123456789012',
        'AWS::Region': 'ap-southeast-1',
        'AWS::StackId': `arn:aws:cloudformation:ap-southeast-1:123456789012:stack/lambdascope-${stage}/${start}-a1b2-11f0-8c3d-0a1b2c3d4e5f`,
      }),
    );
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
    // Nothing but a deployment that fails takes it away, as the bucket is empty then.
    for (const id of ['BulkBucket', 'BulkBucketPolicy']) {
      expect(service.resources[id], id).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
    }
  });

  it('calls its function, as a bucket of this account', () => {
    expect(service.resources['BulkBucketMayInvoke']?.Properties).toHaveProperty('SourceAccount');
  });

  it('has no runs over folders, unless asked for', () => {
    for (const id of ['BulkMap', 'BulkMapFailuresAlarm']) {
      expect(service.resources).not.toHaveProperty(id);
    }
  });

  it('predicts only what comes in, never what it wrote, and keeps the bucket to itself', () => {
    const bucket = service.resources['BulkBucket'];
    expect(Object.values(bucket?.Properties['PublicAccessBlockConfiguration'])).toEqual(
      Array(4).fill(true),
    );
    const events = bucket?.Properties['NotificationConfiguration'].LambdaConfigurations as {
      Filter: { S3Key: { Rules: { Name: string; Value: string }[] } };
    }[];
    for (const { Filter } of events) {
      const [prefix = '', suffix = ''] = Filter.S3Key.Rules.map(({ Value }) => Value);
      const key = `${prefix}folder/file${suffix}`;
      expect(inputFormat(key)).toBeDefined();
      for (const output of Object.values(outputKeys(key))) {
        expect(output.startsWith(OUTPUT_PREFIX)).toBe(true);
        expect(output.startsWith(prefix)).toBe(false);
        expect(inputFormat(output)).toBeUndefined();
      }
    }
    expect(bucket?.Properties['LifecycleConfiguration'].Rules).toEqual([
      expect.objectContaining({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }),
      expect.objectContaining({ Status: 'Enabled', ExpirationInDays: stage === 'prod' ? 365 : 30 }),
    ]);
    const written = allowances(service).filter(([, { Action }]) => Action.includes('s3:PutObject'));
    expect(JSON.stringify(written)).not.toContain('incoming/');
  });
});

it('runs over folders come by parameter, with an alarm on those that fail; so does keeping objects for ever', async () => {
  const service = await packageService('dev', { file: { bulkMap: true, bulkRetentionDays: 0 } });
  try {
    expect(violations(service.resources)).toEqual([]);
    expect(service.resources['BulkMap']?.Type).toBe('AWS::StepFunctions::StateMachine');
    const { Rules } = service.resources['BulkBucket']?.Properties['LifecycleConfiguration'] ?? {};
    expect(JSON.stringify(Rules)).not.toContain('ExpirationInDays');
    const metrics = service.resources['BulkMapFailuresAlarm']?.Properties['Metrics'];
    expect(metrics[0].MetricStat.Metric).toEqual({
      Namespace: 'AWS/States',
      MetricName: 'ExecutionsFailed',
      Dimensions: [{ Name: 'StateMachineArn', Value: { Ref: 'BulkMap' } }],
    });
  } finally {
    await service.remove();
  }
});

it('the state machine is in the Amazon States Language', () => {
  // What CloudFormation fills in is any text to it.
  const filledIn = JSON.parse(
    JSON.stringify(definition('dev', 2), (_, value) =>
      value?.['Fn::Join'] || value?.['Fn::GetAtt']
        ? 'arn:aws:lambda:eu-central-1:1:function:f'
        : value,
    ),
  );
  expect(validateStates(filledIn)).toMatchObject({ isValid: true, errors: [] });
});
