/** Invocations and Observations for tests, plain unless told otherwise. */
import type { CountedObservation } from '../lib/localSink.ts';
import type { Invocation } from '../lib/observation.ts';

export function anInvocation(changes: Partial<Invocation> = {}): Invocation {
  return {
    instance: '7d0f6d0c-1a53-4bb0-8a44-0a2d6f0a9d11',
    function: 'predict',
    method: 'POST',
    route: '/predict',
    coldStart: false,
    initSeconds: 0,
    requestBytes: 80,
    client: undefined,
    ...changes,
  };
}

export function anObservation(changes: Partial<CountedObservation> = {}): CountedObservation {
  return {
    ...anInvocation(),
    status: 200,
    seconds: 0.002,
    responseBytes: 300,
    batchSize: undefined,
    predictions: undefined,
    heapUsedBytes: 9e6,
    eventLoopUtilization: 0.1,
    errorKind: undefined,
    ...changes,
  };
}
