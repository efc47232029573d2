/** What to do before there is anything to see: commands that can be pasted. */
import { metrics } from '../../lib/metrics.ts';
import type { Sample } from '../prometheusText.ts';
import { shellQuoted } from './shellQuoted.ts';

/**
 * A curl line that asks for a prediction of the mean of the training data, which is in the metrics
 * whatever the model; undefined when there is none. It runs in the root of the repo, where the key is.
 *
 * @param api base URL of the API
 */
export function curlLine(api: string, samples: readonly Sample[]): string | undefined {
  const { name } = metrics.trainingFeatureValue;
  const row: [string, number][] = samples
    .filter((sample) => sample.name === `${name}_sum`)
    .map(({ labels, value }) => {
      const feature = labels.get('feature') ?? '';
      const count = samples.find(
        (other) => other.name === `${name}_count` && other.labels.get('feature') === feature,
      );
      return [feature, Number((value / (count?.value ?? 1)).toPrecision(3))];
    });
  if (row.length === 0) return undefined;
  // Not an object on the way to JSON, where `__proto__` would be lost.
  const body = `{${row.map(([feature, mean]) => `${JSON.stringify(feature)}:${mean}`).join(',')}}`;
  return [
    '. ./.env; curl -H "x-api-key: $API_KEY" -H \'content-type: application/json\'',
    `-d ${shellQuoted(body)} ${api}/predict`,
  ].join(' ');
}
