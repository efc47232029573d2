import { expect, it } from 'vitest';
import { invocationFacts } from '../function/invocationFacts.ts';
import { exampleEvent } from './exampleEvent.ts';

it.each([
  [{ http: { method: 'post', path: 'orders/{id}' } }, 'POST', '/orders/{id}', '/orders/example'],
  [{ httpApi: 'GET /files/{path+}' }, 'GET', '/files/{path+}', '/files/example'],
  [{ httpApi: '*' }, 'GET', '$default', '/'],
])('of %j is one of its route', (event, method, route, path) => {
  const example = exampleEvent([{ schedule: 'rate(1 day)' }, event]);
  expect(invocationFacts(example)).toMatchObject({ method, route });
  expect(JSON.stringify(example)).toContain(`"${path}"`);
});

it('is none where no request leads', () => {
  expect(exampleEvent([{ schedule: 'rate(1 day)' }])).toBeUndefined();
});
