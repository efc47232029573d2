/** The model on the dashboard in CloudWatch. */
import { functionsOf } from 'lambdascope/dashboards/cloudwatch/alarms';
import {
  byFunction,
  byLabel,
  hidden,
  overAll,
  type Section,
  share,
} from 'lambdascope/dashboards/cloudwatch/graph';
import { type Deployment, written } from 'lambdascope/dashboards/cloudwatch/metricMath';
import type { ServiceDescription } from 'lambdascope/dashboards/service';
import type { MetricDefinition } from 'lambdascope/metrics';
import { definitions as metrics } from '../modelSeries.ts';
import { thresholds } from '../thresholds.ts';

/** In place of the kit's plain section of all definitions. */
export function modelSection(service: ServiceDescription, deployment: Deployment): Section {
  const confidence = (stat: string) =>
    byFunction(service, deployment, metrics.confidence, stat).map((line) => ({
      ...line,
      label: `${line.label} ${stat}`,
    }));
  const total = (id: string, metric: MetricDefinition, name: string) =>
    hidden(id, written(deployment, metric, { function: name }), 'Sum');
  /** A part of the rows, by function; `id` is of lines that only this graph has. */
  const shareOfRows = (id: string, part: MetricDefinition) =>
    functionsOf(service, metrics.predictions).flatMap((name, index) =>
      share(
        name,
        total(`${id}${index}`, part, name),
        total(`${id}Of${index}`, metrics.predictions, name),
      ),
    );
  return {
    title: 'Model',
    text: 'What the model answers, and how much what it is asked resembles its training data.',
    graphs: [
      {
        title: 'Predictions by class',
        unit: 'rows a minute',
        stacked: true,
        lines: [byLabel(deployment, metrics.predictions, 'class', 'Sum')],
      },
      {
        title: 'Out of distribution, share of rows by function',
        unit: 'share',
        lines: shareOfRows('odd', metrics.outOfDistribution),
        threshold: thresholds.outOfDistributionShare.ratio,
      },
      {
        title: 'Estimated accuracy, by function',
        unit: 'share',
        lines: shareOfRows('right', metrics.estimatedCorrect),
      },
      {
        title: 'Confidence, by function',
        unit: 'vote share',
        lines: ['p50', 'p10'].flatMap(confidence),
      },
      {
        title: 'Features, median',
        unit: 'of the feature',
        lines: [byLabel(deployment, metrics.featureValue, 'feature', 'p50')],
      },
      {
        title: 'Time in the model',
        unit: 'seconds',
        lines: overAll(deployment, metrics.inference, 'p50', 'p99'),
      },
      {
        title: 'Rows in a batch',
        unit: 'rows',
        lines: overAll(deployment, metrics.batchSize, 'p50', 'p95'),
      },
    ],
  };
}
