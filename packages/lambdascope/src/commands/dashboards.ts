/** `lambdascope dashboards`: writes dashboards, rules and alarms for the service in this folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cloudFormationFile } from '../dashboards/cloudwatch/fragment.ts';
import { grafanaFiles } from '../dashboards/grafana/grafanaFiles.ts';
import { ruleFiles } from '../dashboards/prometheus/ruleFiles.ts';
import { readService } from '../printedService.ts';
import { parsed, UsageError } from './usageError.ts';

/** How it is used. */
export const usage = `lambdascope dashboards --out DIR [--stage STAGE]

Writes, for the service whose serverless.yml is in this folder:
  DIR/grafana/dashboards/        dashboards; they ask the data source with the uid lambdascope-prometheus
  DIR/grafana/provisioning/      Grafana's own alert
  DIR/prometheus/rules/          recording and alert rules; load one of the two files of objectives
  DIR/cloudwatch.json            alarms and a dashboard, for the section resources of serverless.yml

  --out DIR      where to; files that are there are overwritten
  --stage STAGE  whose metrics CloudWatch shows, where AWS_EMF_NAMESPACE differs between stages

Options of the service are below custom.lambdascope in its serverless.yml: prefix, metrics, thresholds.
`;

/** Writes the files, and says which. */
export async function dashboards(args: readonly string[]): Promise<void> {
  const { values } = parsed(args, { out: { type: 'string' }, stage: { type: 'string' } });
  if (values.out === undefined) throw new UsageError('--out DIR is missing.');
  const { service, fragment } = await readService(process.cwd(), values.stage);
  const name = `npx lambdascope dashboards ${args.join(' ')}`;
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
