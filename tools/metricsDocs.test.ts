import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MetricKey, metrics } from '../lib/metrics.ts';
import { countPredictions } from '../lib/predictionCounts.ts';
import { model } from '../lib/servedModel.ts';
import { createAggregator } from '../monitoring/aggregator.ts';
import { eventually } from '../test/eventually.ts';
import { anObservation } from '../test/invocations.ts';
import { type RunningProgram, startProgram } from '../test/program.ts';
import { prometheusClient } from '../test/prometheusClient.ts';
import { missing } from '../test/servers.ts';
import { metricExamples } from './metricExamples.ts';
import { MarkerError, metricsPage, withMetricsTable } from './metricsDocs.ts';

const README = 'Before.\n<!-- metrics:begin -->\noutdated\n<!-- metrics:end -->\nAfter.\n';

describe('the table in the README', () => {
  it('has every metric, and leaves the rest of the README alone', () => {
    const readme = withMetricsTable(README);
    for (const { name } of Object.values(metrics)) expect(readme).toContain(`| \`${name}\` `);
    expect(readme).toMatch(/^Before\.\n<!-- metrics:begin -->\n\n\|/);
    expect(readme).toMatch(/\|\n\n<!-- metrics:end -->\nAfter\.\n$/);
    expect(readme).not.toContain('outdated');
    expect(withMetricsTable(readme)).toBe(readme);
  });

  it('is not lost silently', () => {
    expect(() => withMetricsTable('No place.')).toThrow(MarkerError);
  });
});

describe('the example queries, as they are written', () => {
  it('group only by labels that the metric has', () => {
    for (const [key, { query }] of Object.entries(metricExamples)) {
      const own: readonly string[] = [...metrics[key as MetricKey].labels, 'le'];
      const used = [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) =>
        list?.split(', '),
      );
      for (const label of used) expect(own, query).toContain(label);
    }
  });
});

describe('docs/metrics.md', () => {
  it('has a section for every metric', () => {
    for (const { name, help } of Object.values(metrics)) {
      expect(metricsPage()).toContain(`## \`${name}\`\n\n${help}\n`);
    }
  });
});

describe.skipIf(missing('prometheus', 'prometheus-pushgateway'))('the example queries', () => {
  const programs: RunningProgram[] = [];
  const aggregator = createAggregator({
    routes: [
      { function: 'predict', method: 'POST', route: '/predict' },
      { function: 'batchPredict', method: 'POST', route: '/predict/batch' },
    ],
    clients: ['local'],
  });
  aggregator.serve(model);

  /** One invocation with everything that an Observation can have. */
  function invoke(): void {
    const predictions = countPredictions(
      {
        modelVersion: model.version,
        classNames: model.classes,
        featureNames: model.features.map(({ name }) => name),
        classes: Uint8Array.of(0),
        confidences: Float64Array.of(0.9),
        features: new Float64Array(model.features.length).fill(1),
        outOfDistribution: 1,
        inferenceSeconds: 2e-6,
      },
      model,
    );
    const invocation = { coldStart: true, initSeconds: 0.1, client: 'local' };
    aggregator.observe(
      anObservation({
        ...invocation,
        seconds: 0.1,
        batchSize: 1,
        predictions,
        errorKind: 'handler',
      }),
    );
  }

  beforeAll(async () => {
    const pushgateway = await startProgram('pushgateway');
    programs.push(pushgateway);
    const prometheus = await startProgram('prometheus', {
      'pushgateway:9091': pushgateway.address,
    });
    programs.push(prometheus);
  });

  afterAll(async () => {
    for (const program of programs.reverse()) await program.stop();
  });

  it('all give numbers on a real Prometheus', async () => {
    const [pushgateway, prometheus] = programs;
    const { now } = prometheusClient(prometheus?.url ?? '');
    const unanswered = new Map(Object.entries(metricExamples));
    await eventually(async () => {
      // Counters must be seen to grow.
      invoke();
      const body = await aggregator.registry.metrics();
      await fetch(`${pushgateway?.url}/metrics/job/lambdascope`, { method: 'PUT', body });
      for (const [key, { query }] of unanswered) {
        const series = await now(query);
        if (series.some(({ values }) => values.every(Number.isFinite))) unanswered.delete(key);
      }
      expect([...unanswered.keys()]).toEqual([]);
    });
  });
});
