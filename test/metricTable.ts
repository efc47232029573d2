/** Every metric of this service, the kit's and the model's, as queries ask for it. */
import { metrics } from 'lambdascope/builtInMetrics';
import { edgeCounts } from 'lambdascope/dashboards/bucketEdges';
import { type Queried, queried } from 'lambdascope/dashboards/promql';
import { modelMetrics } from '../lib/modelDefinitions.ts';
import { model } from '../lib/servedModel.ts';

const ofModel = Object.values(modelMetrics(model));

export const metricTable: readonly Queried[] = [
  ...Object.values(metrics),
  ...[...ofModel, ...edgeCounts(ofModel)].map(queried),
];
