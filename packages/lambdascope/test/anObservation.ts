/** Invocations for tests, plain unless told otherwise. */
import type { CountedObservation } from '../src/function/localSink.ts';

export function anObservation(changes: Partial<CountedObservation> = {}): CountedObservation {
  return {
    instance: '7d0f6d0c-1a53-4bb0-8a44-0a2d6f0a9d11',
    function: 'orders',
    method: 'POST',
    route: '/orders',
    coldStart: false,
    initSeconds: 0,
    requestBytes: 80,
    client: undefined,
    status: 200,
    seconds: 0.002,
    responseBytes: 300,
    heapUsedBytes: 9e6,
    eventLoopUtilization: 0.1,
    errorKind: undefined,
    counted: [],
    remembered: [],
    spans: { names: [], kinds: [], times: [] },
    ...changes,
  };
}
