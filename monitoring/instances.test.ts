import type { APIGatewayProxyEvent } from 'aws-lambda';
import { expect, it } from 'vitest';
import event from '../test/events/predict.json' with { type: 'json' };
import { createInstances } from './instances.ts';

const invocation = {
  ...event,
  headers: { 'x-api-key': 'secret' },
} as unknown as APIGatewayProxyEvent;

/** An instance of predict that was made at 0 and loaded at 60 ms. */
function anInstance() {
  const instances = createInstances();
  instances.created(1, 0);
  instances.loaded(1, 'predict', 60);
  return instances;
}

it('knows an instance from its load to its end, busy or idle', () => {
  const instances = createInstances();
  instances.created(1, 0);
  instances.given(1, invocation, 1);
  expect([instances.alive(), instances.busy()]).toEqual([[], []]);
  instances.loaded(1, 'predict', 60);
  expect([instances.alive(), instances.busy()]).toEqual([['predict'], ['predict']]);
  instances.answered(1, 70);
  expect([instances.alive(), instances.busy()]).toEqual([['predict'], []]);
  expect(instances.ended(1, 80)).toBeUndefined();
  expect([instances.alive(), instances.busy()]).toEqual([[], []]);
});

it('says what an instance had not answered when it ended', () => {
  const instances = anInstance();
  instances.given(1, invocation, 10);
  expect(instances.ended(1, 6010)).toEqual({
    invocation: {
      instance: 'thread 1',
      function: 'predict',
      method: 'POST',
      route: '/predict',
      coldStart: true,
      initSeconds: 0.06,
      requestBytes: event.body.length,
      client: 'k3yid12345',
    },
    seconds: 6,
  });
});

it('does not take an answer that is read late for that of the next invocation', () => {
  const instances = anInstance();
  instances.given(1, invocation, 100);
  instances.given(1, invocation, 200);
  instances.answered(1, 150);
  expect(instances.busy()).toEqual(['predict']);
  expect(instances.ended(1, 300)).toMatchObject({
    invocation: { coldStart: false, initSeconds: 0 },
    seconds: 0.1,
  });
});

it('passes over threads that are no instance of a function that observes', () => {
  const instances = createInstances();
  instances.given(7, invocation, 0);
  instances.answered(7, 1);
  instances.loaded(7, 'predict', 2);
  expect(instances.alive()).toEqual([]);
  expect(instances.ended(7, 3)).toBeUndefined();
  instances.created(8, 0);
  instances.given(8, invocation, 1);
  expect(instances.ended(8, 2)).toBeUndefined();
});

it('changes with everything that a gauge shows', () => {
  const instances = anInstance();
  const before = instances.changes;
  instances.given(1, invocation, 1);
  expect(instances.changes).toBeGreaterThan(before);
  instances.answered(1, 2);
  const answered = instances.changes;
  instances.ended(1, 3);
  expect(instances.changes).toBeGreaterThan(answered);
});
