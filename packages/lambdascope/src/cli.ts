#!/usr/bin/env node
/** The command `lambdascope`: writes dashboards, rules and alarms for the service in this folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { cloudFormationFile } from './dashboards/cloudwatch/fragment.ts';
import { grafanaFiles } from './dashboards/grafana/grafanaFiles.ts';
import { ruleFiles } from './dashboards/prometheus/ruleFiles.ts';
import { readService } from './printedService.ts';

const USAGE = `lambdascope dashboards --out DIR [--stage STAGE]

Writes, for the service whose serverless.yml is in this folder:
  DIR/grafana/dashboards/        dashboards; they ask the data source with the uid lambdascope-prometheus
  DIR/grafana/provisioning/      Grafana's own alert
  DIR/prometheus/rules/          recording and alert rules; load one of the two files of objectives
  DIR/cloudwatch.json            alarms and a dashboard, for the section resources of serverless.yml

  --out DIR      where to; files that are there are overwritten
  --stage STAGE  whose metrics CloudWatch shows, where AWS_EMF_NAMESPACE differs between stages
  --help         this

Options of the service are below custom.lambdascope in its serverless.yml: prefix, metrics, thresholds.
`;

/** The command line makes no sense. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parsed(args);
  if (values.help) return console.log(USAGE);
  const [command, ...others] = positionals;
  if (command !== 'dashboards' || others.length > 0) {
    throw new UsageError(
      command === undefined ? 'No command.' : `Unknown command: ${positionals.join(' ')}.`,
    );
  }
  if (values.out === undefined) throw new UsageError('--out DIR is missing.');
  const { service, fragment } = await readService(process.cwd(), values.stage);
  const name = `npx lambdascope ${args.join(' ')}`;
  const files = [
    ...grafanaFiles(service, name),
    ...ruleFiles(service, name),
    cloudFormationFile(service, fragment),
  ];
  for (const { path, content } of files) {
    const file = join(values.out, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    console.log(`wrote ${file}`);
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        stage: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  // A stack would only hide what is to be done.
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof UsageError) console.error(`\n${USAGE}`);
  process.exitCode = 1;
}
