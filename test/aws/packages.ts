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

/** Parameters of a stage that has all that is there only when it is asked for. */
export const everything: Parameters = {
  alarmEmail: 'somebody@example.com',
  bulkMap: true,
  provisionedConcurrency: 1,
  rollout: 'Canary10Percent10Minutes',
  warmUp: true,
  xray: true,
};

/** Where parameters are given that differ from those of the stage. */
export interface GivenParameters {
  /** In the stage's file. */
  readonly file?: Parameters;
  /** With `--param`. */
  readonly param?: Parameters;
}

/** What is deployed of the service, and what takes it off this machine. */
export type ServicePackage = Awaited<ReturnType<typeof packageService>>;

/** Packages the service for a stage, without account or network. */
export async function packageService(stage: string, { file, param = {} }: GivenParameters = {}) {
  const copy = await copyStage(stage, file);
  const folder = join(copy.folder, '.package');
  const command = ['package', '--stage', stage, '--package', folder, ...parameterFlags(param)];
  try {
    await runServerless(copy.folder, command);
  } catch (refusal) {
    await copy.remove();
    throw refusal;
  }
  return { ...(await readPackage(folder)), remove: copy.remove };
}

/**
 * A copy of the service, with parameters in a stage's file: Serverless keeps notes in the folder of the
 * service, so two at a time need two folders.
 */
export async function copyStage(stage: string, parameters: Parameters = {}) {
  const copy = await copyService();
  await setStage(copy.folder, stage, parameters);
  return copy;
}

/** What a stage's file says, below the folder of a service. */
export async function readStage(folder: string, stage: string): Promise<Parameters> {
  return parse(await readFile(stageFile(folder, stage), 'utf8'));
}

/** Writes parameters into it. */
export async function setStage(folder: string, stage: string, parameters: Parameters) {
  const all = { ...(await readStage(folder, stage)), ...parameters };
  await writeFile(stageFile(folder, stage), stringify(all));
}

function stageFile(folder: string, stage: string): string {
  return join(folder, 'infrastructure/stages', `${stage}.yml`);
}

/**
 * Runs a command of Serverless in the folder of a service; gives what it said.
 *
 * @param environment variables of AWS's; those of this machine are kept from it
 */
export async function runServerless(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [join(root, 'node_modules/serverless/bin/serverless.js'), ...args],
    { cwd: folder, env: { ...withoutAws(process.env), ...environment } },
  );
  return stdout + stderr;
}

/** The contents of a package. */
export type PackageContents = Awaited<ReturnType<typeof readPackage>>;

/**
 * Reads what Serverless packaged to a folder.
 *
 * @param zipOf the bytes of a function's zip, where they are not to come from the folder
 */
export async function readPackage(
  folder: string,
  zipOf = (name: string): Promise<Uint8Array> => readFile(join(folder, `${name}.zip`)),
) {
  const text = await readFile(join(folder, 'cloudformation-template-update-stack.json'), 'utf8');
  /** Names and contents of the files in a function's zip. */
  const zip = async (name: string): Promise<Record<string, Uint8Array>> =>
    unzipSync(await zipOf(name));
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
  };
}

/** Nothing of an account that the machine may know. */
function withoutAws(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AWS_')));
}
