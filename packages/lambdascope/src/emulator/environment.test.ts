import { expect, it } from 'vitest';
import { otlpMetricsEndpoint } from './environment.ts';

it.each([
  [undefined, undefined],
  ['', undefined],
  ['http://localhost:9090/api/v1/otlp/v1/metrics', 'http://localhost:9090/api/v1/otlp/v1/metrics'],
  ['https://otlp.example/v1/metrics', 'https://otlp.example/v1/metrics'],
])('the OTLP endpoint of %s is %s, as it is written', (value, endpoint) => {
  const env = { ...(value !== undefined && { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: value }) };
  expect(otlpMetricsEndpoint(env)).toBe(endpoint);
});

it('the endpoint of all signals sends no metrics: it may be there for traces of the functions', () => {
  expect(otlpMetricsEndpoint({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' })).toBe(
    undefined,
  );
});

it.each(['localhost:4317', 'grpc://localhost:4317', 'true'])(
  'the OTLP endpoint %s is refused, with the name of its variable',
  (value) => {
    expect(() => otlpMetricsEndpoint({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: value })).toThrow(
      `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=${value} is not a URL.`,
    );
  },
);
