/** Tells this machine's own names from foreign ones in a request. */
import { isIPv4 } from 'node:net';

/**
 * Whether a Host header names loopback, or one of `names`, at any port. A web page whose name was
 * rebound to this machine's address still sends its own name.
 *
 * @param names in lower case, without a port; an IPv6 address in brackets
 */
export function isExpectedHost(host: string | undefined, names: readonly string[] = []): boolean {
  const name = (host ?? '').replace(/:\d{1,5}$/, '').toLowerCase();
  return isLoopback(name) || names.includes(name);
}

function isLoopback(name: string): boolean {
  return (
    name === 'localhost' || name === '[::1]' || (isIPv4(name) && name.startsWith(LOOPBACK_PREFIX))
  );
}

/** All of 127.0.0.0/8. */
const LOOPBACK_PREFIX = '127.';
