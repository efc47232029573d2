import { expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

it.each([
  [{}, 'emf'],
  [{ IS_OFFLINE: 'true' }, 'local'],
  // Set by serverless-offline too, so it must not decide.
  [{ IS_OFFLINE: 'true', AWS_LAMBDA_FUNCTION_NAME: 'lambdascope-dev-predict' }, 'local'],
  [{ IS_OFFLINE: 'true', LAMBDASCOPE_SINK: 'none' }, 'none'],
  [{ LAMBDASCOPE_SINK: 'local' }, 'local'],
  [{ LAMBDASCOPE_SINK: '' }, 'emf'],
])('%o sends Observations to %s', (env, sink) => {
  expect(readConfig(env).sink).toBe(sink);
});

it('names the variable, its value and the remedy when a sink does not exist', () => {
  expect(() => readConfig({ LAMBDASCOPE_SINK: 'kafka' })).toThrow(ConfigError);
  expect(() => readConfig({ LAMBDASCOPE_SINK: 'kafka' })).toThrow(
    'LAMBDASCOPE_SINK=kafka is not a sink. Set it to local, emf or none, or unset it.',
  );
});

it.each([
  [{}, true],
  [{ AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand' }, true],
  [{ AWS_LAMBDA_INITIALIZATION_TYPE: 'provisioned-concurrency' }, false],
  [{ AWS_LAMBDA_INITIALIZATION_TYPE: 'snap-start' }, false],
])('%o makes instances on demand: %s', (env, onDemand) => {
  expect(readConfig(env).onDemand).toBe(onDemand);
});

it.each([
  [{}, 'lambdascope'],
  [{ AWS_EMF_NAMESPACE: 'lambdascope-prod' }, 'lambdascope-prod'],
])('%o files metrics under %s', (env, namespace) => {
  expect(readConfig(env).emfNamespace).toBe(namespace);
});
