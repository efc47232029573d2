import { describe, expect, it } from 'vitest';
import { hashOf, type Route, routeOf } from './route.ts';

const ROUTES: readonly Route[] = [
  { view: 'overview' },
  { view: 'requests' },
  { view: 'functions' },
  { view: 'request', id: 'a/b <c>%' },
  { view: 'answers', id: '#1', other: 'x/with/y' },
];

describe('the address of a view', () => {
  it.each(ROUTES)('of %o leads back to it', (route) => {
    expect(routeOf(hashOf(route))).toEqual(route);
  });

  it.each(['', '#', '#/', '#/elsewhere', '#tiles'])('%j is the overview', (hash) => {
    expect(routeOf(hash)).toEqual({ view: 'overview' });
  });

  it('takes what is no encoding as it is', () => {
    expect(routeOf('#/requests/%E0')).toEqual({ view: 'request', id: '%E0' });
  });
});
