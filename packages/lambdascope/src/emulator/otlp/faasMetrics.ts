/**
 * What is counted of invocations by OpenTelemetry's semantic conventions of FaaS:
 * https://opentelemetry.io/docs/specs/semconv/faas/faas-metrics/
 *
 * They split by trigger, leave init out of the duration and count successes, none of which the kit's own
 * metrics tell.
 */
import { Counter, Histogram, Registry } from 'prom-client';
import { type MetricKey, metrics } from '../../builtInMetrics.ts';
import { errorKinds } from '../../function/observation.ts';
import type { CountedInvocation } from '../aggregator.ts';
import { type Family, familiesOf } from '../metricFamilies.ts';
import type { Route } from '../routes.ts';

/** The kit's metrics that these stand for. */
const REPLACED: readonly MetricKey[] = ['coldStarts', 'errors', 'initDuration', 'latency'];

/** As the conventions have them. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** From 32 MiB to all that a function may have, of which the conventions say nothing. */
const BYTES = [
  32, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 10240,
].map((mebibytes) => mebibytes * 2 ** 20);

/** The conventions' triggers, by what the kit calls what is no request to a gateway. */
const TRIGGERS: Readonly<Record<string, string>> = {
  schedule: 'timer',
  s3: 'datasource',
  stream: 'datasource',
  sqs: 'pubsub',
  sns: 'pubsub',
  kafka: 'pubsub',
  eventbridge: 'pubsub',
  websocket: 'http',
  alb: 'http',
};

/** Metrics by the conventions; each function's are told apart by the label `function`. */
export interface FaasMetrics {
  observe(invocation: CountedInvocation): void;
  families(): Promise<readonly Family[]>;
}

/** The metrics, with what the routes can lead to at zero. */
export function createFaasMetrics(routes: readonly Route[]): FaasMetrics {
  const registry = new Registry();
  const units = new Map<string, string>();
  const coldStarts = counter('coldstarts', '{coldstart}', 'Number of invocation cold starts.');
  const errors = counter('errors', '{error}', 'Number of invocation errors.', ['error_type']);
  const successes = counter('invocations', '{invocation}', 'Number of successful invocations.');
  const timeouts = counter('timeouts', '{timeout}', 'Number of invocation timeouts.');
  const duration = histogram(
    'invoke_duration',
    's',
    "Measures the duration of the function's logic execution.",
    SECONDS,
  );
  const initDuration = histogram(
    'init_duration',
    's',
    "Measures the duration of the function's initialization, such as a cold start.",
    SECONDS,
  );
  const memory = histogram(
    'mem_usage',
    'By',
    'Distribution of max memory usage per invocation.',
    BYTES,
  );

  for (const route of routes) zero(labelsOf(route));

  return {
    observe(invocation) {
      const { coldStart, initSeconds, seconds, errorKind, maxMemoryUsedBytes } = invocation;
      const labels = labelsOf(invocation);
      if (coldStart) coldStarts.inc(labels);
      if (initSeconds > 0) initDuration.observe(labels, initSeconds);
      duration.observe(labels, Math.max(0, seconds - initSeconds));
      if (maxMemoryUsedBytes !== undefined) memory.observe(labels, maxMemoryUsedBytes);
      if (errorKind === undefined) successes.inc(labels);
      else errors.inc({ ...labels, error_type: errorKind });
      if (errorKind === 'timeout') timeouts.inc(labels);
    },
    async families() {
      const families = await familiesOf(registry);
      return families.map((family) => ({
        ...family,
        name: dotted(family.name),
        unit: units.get(family.name) ?? '',
        series: family.series.map((series) => ({
          ...series,
          labels: Object.fromEntries(
            Object.entries(series.labels).map(([name, value]) => [dotted(name), value]),
          ),
        })),
      }));
    },
  };

  function zero(labels: ReturnType<typeof labelsOf>): void {
    for (const metric of [coldStarts, successes, timeouts]) metric.inc(labels, 0);
    for (const error_type of errorKinds) errors.inc({ ...labels, error_type }, 0);
    for (const metric of [duration, initDuration, memory]) metric.zero(labels);
  }

  function counter(name: string, unit: string, help: string, labels: readonly string[] = []) {
    return new Counter({ ...common(name, unit, help), labelNames: [...LABELS, ...labels] });
  }

  function histogram(name: string, unit: string, help: string, buckets: readonly number[]) {
    return new Histogram({
      ...common(name, unit, help),
      labelNames: LABELS,
      buckets: [...buckets],
    });
  }

  function common(name: string, unit: string, help: string) {
    units.set(`faas_${name}`, unit);
    return { name: `faas_${name}`, help, registers: [registry] };
  }
}

/** Whether the conventions have another metric in its place. */
export function isReplaced(name: string): boolean {
  return REPLACED.some((key) => metrics[key].name === name);
}

const LABELS = ['function', 'faas_trigger'];

function labelsOf({ function: name, method, route }: Route) {
  return { function: name, faas_trigger: method === '' ? (TRIGGERS[route] ?? 'other') : 'http' };
}

/** prom-client takes no dots; the conventions' names have one, after the namespace. */
function dotted(name: string): string {
  return name.replace('_', '.');
}
