/** What `sls package` makes of the service: the template, and each function's zip, unpacked. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { parse, stringify } from 'yaml';
import { root } from '../../tools/root.ts';
import { copyService } from '../../tools/serviceCopy.ts';
import { type Parameters, parameterFlags } from '../stageParameters.ts';

/** A resource of a CloudFormation template, as it is written. */
export interface TemplateResource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is any JSON.
  readonly Properties: Record<string, any>;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly UpdatePolicy?: {
    readonly CodeDeployLambdaAliasUpdate: Readonly<
      Record<'ApplicationName' | 'DeploymentGroupName', { readonly Ref: string }>
    >;
  };
}

/** Where parameters are given that differ from those of the stage. */
export interface GivenParameters {
  /** In the stage's file. */
  readonly file?: Parameters;
  /** With `--param`. */
  readonly param?: Parameters;
}

/** What is deployed of the service. */
export type ServicePackage = Awaited<ReturnType<typeof packageService>>;

/** Packages the service for a stage, without account or network. */
export async function packageService(
  stage: string,
  { file = {}, param = {} }: GivenParameters = {},
) {
  // Serverless keeps notes in the folder of the service, so two at a time need two folders.
  const copy = await copyService();
  const stageFile = join(copy.folder, 'infrastructure/stages', `${stage}.yml`);
  await writeFile(stageFile, stringify({ ...parse(await readFile(stageFile, 'utf8')), ...file }));
  const folder = join(copy.folder, '.package');
  await promisify(execFile)(
    process.execPath,
    [
      join(root, 'node_modules/serverless/bin/serverless.js'),
      'package',
      '--stage',
      stage,
      '--package',
      folder,
      ...parameterFlags(param),
    ],
    { cwd: copy.folder, env: withoutAws(process.env) },
  );
  const text = await readFile(join(folder, 'cloudformation-template-update-stack.json'), 'utf8');
  /** Names and contents of the files in a function's zip. */
  const zip = async (name: string): Promise<Record<string, Uint8Array>> =>
    unzipSync(await readFile(join(folder, `${name}.zip`)));
  return {
    /** Where the files of the package are. */
    folder,
    /** The template, as text. */
    text,
    resources: JSON.parse(text).Resources as Readonly<Record<string, TemplateResource>>,
    zip,
    /** Unpacks a function's zip; gives the folder. */
    async unpack(name: string) {
      const target = join(folder, 'unpacked', name);
      for (const [file, content] of Object.entries(await zip(name))) {
        await mkdir(dirname(join(target, file)), { recursive: true });
        await writeFile(join(target, file), content);
      }
      return target;
    },
    remove: copy.remove,
  };
}

/** Nothing of an account that the machine may know. */
function withoutAws(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AWS_')));
}
