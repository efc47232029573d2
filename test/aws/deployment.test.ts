/** `sls deploy`, again and changed, and `sls remove`: of the real Serverless, to moto's server. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetApiKeysCommand, GetUsagePlanKeysCommand } from '@aws-sdk/client-api-gateway';
import { GetFunctionCommand, ListVersionsByFunctionCommand } from '@aws-sdk/client-lambda';
import {
  GetBucketPolicyCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { idOf } from 'lambdascope/dashboards/cloudwatch/template';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionSources } from '../../tools/functionSources.ts';
import { root } from '../../tools/root.ts';
import { missingPython } from '../programs/folder.ts';
import { accountContents } from './accountContents.ts';
import { type AwsClients, awsClients } from './awsClients.ts';
import { type DeployedStack, readStack } from './deployedStack.ts';
import { type MotoServer, startMoto } from './motoServer.ts';
import { withFunction } from './packagedFunction.ts';
import {
  copyStage,
  everything,
  type PackageContents,
  readPackage,
  readStage,
  runServerless,
  setStage,
} from './packages.ts';
import { restEvent } from './restEvent.ts';
import { type RuntimeClient, runtimeClients } from './runtimeClients.ts';

/** Parameters of each stage besides those in its file. */
const STAGES = { dev: {}, prod: everything } as const;
type Stage = keyof typeof STAGES;
const stages = Object.keys(STAGES) as Stage[];

/** The only key of prod at first. */
const FIRST_KEY = 'lambdascope-prod-1';

const FUNCTIONS = Object.keys(functionSources());

const SETOSA = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 };

/** Properties that cannot be read back, by type, and why. */
const unread: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'AWS::ApiGateway::RestApi': { Policy: 'of Serverless, and empty: there is none' },
  'AWS::CodeDeploy::DeploymentGroup': { AlarmConfiguration: 'moto takes it and forgets it' },
  'AWS::Lambda::Alias': { ProvisionedConcurrencyConfig: 'moto has no ready instances' },
  'AWS::Lambda::Function': {
    Code: 'compared by its bytes',
    LoggingConfig: 'moto takes it and forgets it',
  },
};

describe.skipIf(missingPython('moto_server'))('deployed to an account,', () => {
  let moto: MotoServer;
  let clients: AwsClients;
  const folders = new Map<Stage, Awaited<ReturnType<typeof copyStage>>>();
  /** What Serverless said at the first deployment. */
  const said = new Map<Stage, string>();
  /** What the first deployment of prod was made of. */
  let first: PackageContents;

  beforeAll(async () => {
    moto = await startMoto();
    clients = awsClients(moto.url, String((await readStage(root, 'dev'))['region']));
    for (const stage of stages) folders.set(stage, await copyStage(stage, STAGES[stage]));
    await Promise.all(
      stages.map(async (stage) => said.set(stage, await serverless(stage, 'deploy', '--conceal'))),
    );
  });
  afterAll(async () => {
    await moto?.stop();
    await Promise.all([...folders.values()].map((copy) => copy.remove()));
  });

  const folderOf = (stage: Stage) => folders.get(stage)?.folder ?? expect.fail(stage);

  function serverless(stage: Stage, ...command: readonly string[]): Promise<string> {
    return runServerless(folderOf(stage), [...command, '--stage', stage], moto.environment);
  }

  /** What Serverless packaged last, and the stack that it is now. */
  async function deployed(stage: Stage): Promise<[PackageContents, DeployedStack]> {
    const contents = await readPackage(join(folderOf(stage), '.serverless'));
    return [contents, await readStack(clients, `lambdascope-${stage}`, contents.resources)];
  }

  /** The zip of a function, as it lies in the bucket that the function was made from. */
  async function deployedZip(stack: DeployedStack, name: string): Promise<Uint8Array> {
    const { S3Bucket, S3Key } = stack.declared(`${idOf(name)}LambdaFunction`)['Code'];
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: S3Bucket, Key: S3Key }));
    return (await Body?.transformToByteArray()) ?? expect.fail(`${name} has no zip`);
  }

  /** The package, but with the zips that were deployed. */
  async function fromTheAccount(stage: Stage): Promise<[PackageContents, DeployedStack]> {
    const [{ folder }, stack] = await deployed(stage);
    return [await readPackage(folder, (name) => deployedZip(stack, name)), stack];
  }

  /** Expects all that a package declares to be in the stack of its stage. */
  async function expectAsDeclared(stage: Stage, { resources }: PackageContents): Promise<void> {
    const stack = await readStack(clients, `lambdascope-${stage}`, resources);
    for (const [id, { Type }] of Object.entries(resources)) {
      const names = Object.keys(stack.declared(id)).filter((name) => !unread[Type]?.[name]);
      const declared = Object.fromEntries(names.map((name) => [name, stack.declared(id)[name]]));
      expect(await stack.read(id), `${stage}: ${id}`).toMatchObject(declared);
    }
  }

  /** Published versions of a function. */
  async function versions(stage: Stage, name: string): Promise<string[]> {
    const { Versions = [] } = await clients.lambda.send(
      new ListVersionsByFunctionCommand({ FunctionName: `lambdascope-${stage}-${name}` }),
    );
    return Versions.flatMap(({ Version = '' }) => (Version === '$LATEST' ? [] : [Version]));
  }

  /** Values of the keys of a stage, by their names. */
  async function keys(stage: Stage): Promise<Record<string, string>> {
    const { items = [] } = await clients.apiGateway.send(
      new GetApiKeysCommand({ includeValues: true, nameQuery: `lambdascope-${stage}-` }),
    );
    return Object.fromEntries(items.map(({ name = '', value = '' }) => [name, value]));
  }

  async function objects(bucket = ''): Promise<string[]> {
    const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    return Contents.map(({ Key = '' }) => Key);
  }

  describe.each(stages)('stage %s', (stage) => {
    it('has all that its template says', async () => {
      const [contents] = await deployed(stage);
      await expectAsDeclared(stage, contents);
    });

    it('has a key with a value that nobody chose, and nobody was told', async () => {
      const [, stack] = await deployed(stage);
      const [[name, value = ''] = [], ...others] = Object.entries(await keys(stage));
      expect(others).toEqual([]);
      expect(name).toBe(`lambdascope-${stage}-1`);
      expect(value.length).toBeGreaterThanOrEqual(20);
      expect(said.get(stage)).toContain(stack.outputs['ServiceEndpoint']);
      expect(said.get(stage)).not.toContain(value);
    });

    it('has the zips as they were packaged, byte for byte', async () => {
      const [{ folder, resources }, stack] = await deployed(stage);
      for (const name of FUNCTIONS) {
        const packaged = await readFile(join(folder, `${name}.zip`));
        expect(packaged.equals(await deployedZip(stack, name)), name).toBe(true);
        const sha256 = createHash('sha256').update(packaged).digest('base64');
        const { Configuration } = await clients.lambda.send(
          new GetFunctionCommand({ FunctionName: `lambdascope-${stage}-${name}` }),
        );
        expect(Configuration?.CodeSha256, name).toBe(sha256);
        const published = Object.values(resources).filter(
          ({ Type, Properties }) =>
            Type === 'AWS::Lambda::Version' &&
            Properties['FunctionName'].Ref === `${idOf(name)}LambdaFunction`,
        );
        expect(published.map(({ Properties }) => Properties['CodeSha256'])).toEqual([sha256]);
      }
    });

    it('answers from those zips, and predicts what lies in its bucket', async () => {
      const [contents, stack] = await fromTheAccount(stage);
      const [client] = runtimeClients() as [RuntimeClient];
      const requests = {
        health: restEvent('GET', '/'),
        predict: restEvent('POST', '/predict', SETOSA),
        batchPredict: restEvent('POST', '/predict/batch', { instances: [SETOSA] }),
        labels: restEvent('POST', '/labels', { request_id: 'one', class: 'setosa' }),
        docs: restEvent('GET', '/openapi.json'),
      };
      for (const [name, event] of Object.entries(requests)) {
        await withFunction(contents, name, client, async (instance) => {
          const statusCode = name === 'labels' ? 202 : 200;
          expect(await instance.invoke(event), name).toMatchObject({ statusCode });
        });
      }

      const bucket = stack.outputs['BulkBucketName'];
      const key = 'incoming/flower.ndjson';
      await clients.s3.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body: JSON.stringify(SETOSA) }),
      );
      await withFunction(
        contents,
        'bulkPredict',
        client,
        async (instance) => {
          const [done] = (await instance.invoke({ bucket, key })) as object[];
          expect(done).toMatchObject({ status: 'complete', counts: { predicted: 1 } });
        },
        { AWS_ENDPOINT_URL_S3: moto.url },
      );
      expect(await objects(bucket)).toContain('predictions/flower.ndjson.manifest.json');
    });
  });

  it('a deployment of what is there already is skipped', async () => {
    const [, stack] = await deployed('dev');
    const bucket = stack.outputs['ServerlessDeploymentBucketName'];
    const before = await objects(bucket);
    expect(await serverless('dev', 'deploy')).toContain('No changes to deploy');
    expect(await objects(bucket)).toEqual(before);
  });

  it('a deployment of what has changed changes that, and nothing else', async () => {
    [first] = await deployed('prod');
    const edit = async (file: string, from: string, to: string) => {
      const path = join(folderOf('prod'), file);
      const text = await readFile(path, 'utf8');
      expect(text).toContain(from);
      await writeFile(path, text.replace(from, to));
    };
    await edit('functions/health.ts', "status: 'ok'", "status: 'changed' as 'ok'");
    await edit('serverless.yml', 'memorySize: 256', 'memorySize: 384');
    const end = '-1\n    usagePlan:';
    await edit('serverless.yml', end, end.replace('\n', '\n      - lambdascope-prod-2\n'));
    await setStage(folderOf('prod'), 'prod', { keyRate: 7, rate: 70, noTrafficMinutes: 15 });
    const before = await keys('prod');
    await serverless('prod', 'deploy');

    const [contents, stack] = await fromTheAccount('prod');
    await expectAsDeclared('prod', contents);
    expect(await stack.read('ApiGatewayUsagePlan')).toMatchObject({ Throttle: { RateLimit: 7 } });
    expect(await stack.read('HealthLambdaFunction')).toMatchObject({ MemorySize: 384 });
    const [client] = runtimeClients() as [RuntimeClient];
    await withFunction(contents, 'health', client, async (instance) => {
      const { body } = (await instance.invoke(restEvent('GET', '/'))) as { body: string };
      expect(JSON.parse(body)).toMatchObject({ status: 'changed' });
    });
    for (const name of FUNCTIONS) {
      expect(await versions('prod', name), name).toEqual(name === 'health' ? ['1', '2'] : ['1']);
    }

    // Both keys work while clients change over.
    const after = await keys('prod');
    expect(after).toMatchObject(before);
    const { items = [] } = await clients.apiGateway.send(
      new GetUsagePlanKeysCommand({ usagePlanId: stack.idOf('ApiGatewayUsagePlan') }),
    );
    expect(items.map(({ name }) => name).sort()).toEqual(Object.keys(after).sort());
    expect(new Set(Object.values(after)).size).toBe(2);
  });

  it('a rollback brings back the deployment before, with its parameters and the same key', async () => {
    const { [FIRST_KEY]: value } = await keys('prod');
    const [timestamp = ''] = (await serverless('prod', 'rollback')).match(/\d{13}/) ?? [];
    await serverless('prod', 'rollback', '--timestamp', timestamp);
    await expectAsDeclared('prod', first);
    expect(await keys('prod')).toEqual({ [FIRST_KEY]: value });
  });

  it('a stage that is removed takes all with it but its bucket, and nothing of the other stage', async () => {
    const buckets: string[] = [];
    const kept = () => buckets.map((name) => `bucket ${name}`).sort();
    for (const [index, stage] of stages.entries()) {
      const { resources } = await readPackage(join(folderOf(stage), '.serverless'));
      // Versions go with their functions.
      const retained = Object.entries(resources).filter(
        ([, { Type, DeletionPolicy }]) => DeletionPolicy && Type !== 'AWS::Lambda::Version',
      );
      expect(retained.map(([id]) => id)).toEqual(['BulkBucket', 'BulkBucketPolicy']);
      const { outputs } = await readStack(clients, `lambdascope-${stage}`, {});
      const all = await accountContents(clients);
      expect(all.length).toBeGreaterThan(30);
      await serverless(stage, 'remove');

      const bucket = outputs['BulkBucketName'] ?? expect.fail('no bucket');
      buckets.push(bucket);
      const others = stages.slice(index + 1);
      const ofOthers = all.filter((name) => others.some((other) => name.includes(other)));
      expect(await accountContents(clients)).toEqual([...ofOthers, ...kept()].sort());
      // With what is in it, and still closed to whoever comes without TLS.
      expect(await objects(bucket)).toContain('predictions/flower.ndjson.manifest.json');
      const { Policy } = await clients.s3.send(new GetBucketPolicyCommand({ Bucket: bucket }));
      expect(Policy).toContain('aws:SecureTransport');
    }
  });
});
