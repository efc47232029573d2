import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isExpectedHost } from './localHost.ts';

const port = fc.oneof(
  fc.constant(''),
  fc.nat(65_535).map((number) => `:${number}`),
);
const loopback = fc.oneof(
  fc.constantFrom('localhost', 'LocalHost', '[::1]'),
  fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)).map((rest) => `127.${rest.join('.')}`),
);

it('takes every name of loopback, at any port', () => {
  fc.assert(fc.property(loopback, port, (name, port) => isExpectedHost(name + port)));
});

it('takes no name that somebody else can own', () => {
  const foreign = fc.oneof(
    fc.domain(),
    fc.tuple(loopback, fc.domain()).map(([name, domain]) => `${name}.${domain}`),
    fc.ipV4().filter((address) => !address.startsWith('127.')),
    fc
      .ipV6()
      .filter((address) => address !== '::1')
      .map((address) => `[${address}]`),
    fc.constantFrom('', '0.0.0.0', '127.1', '127.0.0.256', '127.evil.example', 'xlocalhost', '::1'),
  );
  fc.assert(fc.property(foreign, port, (name, port) => !isExpectedHost(name + port)));
  expect(isExpectedHost(undefined)).toBe(false);
});

it('takes what it is told to, and only that', () => {
  const names = ['api', '[fd00::1]'];
  for (const host of ['api', 'API:3000', '[fd00::1]:80']) {
    expect(isExpectedHost(host, names), host).toBe(true);
  }
  for (const host of ['api.example', 'my-api', 'api:x', '[fd00::2]']) {
    expect(isExpectedHost(host, names), host).toBe(false);
  }
});
