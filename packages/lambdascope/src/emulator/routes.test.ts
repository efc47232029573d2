import { expect, it } from 'vitest';
import { routesOfEvent } from './routes.ts';

it.each([
  [{ http: 'get /a/{id}' }, ['GET /a/{id}']],
  [{ http: { method: 'post', path: 'a' } }, ['POST /a']],
  [{ httpApi: 'PUT /a' }, ['PUT /a']],
  [{ httpApi: { method: 'delete', path: '/a' } }, ['DELETE /a']],
  [{ schedule: 'rate(1 day)' }, [' schedule']],
  [{ schedule: { rate: 'rate(1 day)', enabled: true } }, [' schedule']],
  // Nothing comes by it, and its series would be there at zero for ever.
  [{ schedule: { rate: 'rate(1 day)', enabled: false } }, []],
  [{ sqs: 'arn:aws:sqs:eu-central-1:1:q' }, [' sqs']],
  [{ somethingElse: {} }, []],
])('%o is counted under %o', (event, routes) => {
  expect(routesOfEvent(event).map(({ method, route }) => `${method} ${route}`)).toEqual(routes);
});
