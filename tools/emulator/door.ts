/** Who may ask the emulator's servers: every web page in the developer's browser reaches loopback, too. */
import type { Server } from '@hapi/hapi';
import { isExpectedHost } from 'lambdascope/emulator/localHost';
import { HttpProblem } from '../../lib/problem.ts';
import { problemAnswer } from './problemAnswer.ts';

/**
 * Refuses a request that was sent to another name than one of loopback.
 *
 * @param names ALLOWED_HOSTS, where these may be asked for too
 */
export function refuseForeignHosts(server: Server, names?: readonly string[]): void {
  const remedy = names ? ' ALLOWED_HOSTS can allow it.' : '';
  server.ext('onRequest', ({ raw }, h) => {
    if (isExpectedHost(raw.req.headers.host, names)) return h.continue;
    const problem = new HttpProblem('forbidden', `The Host header names another machine.${remedy}`);
    return problemAnswer(h, problem).takeover();
  });
}

/**
 * Refuses what a web page sends. A page's POST always has an Origin, from its own server too; a GET
 * need not have one, so this is for servers where a GET does nothing.
 */
export function refusePages(server: Server): void {
  server.ext('onRequest', ({ raw }, h) => {
    if (raw.req.headers.origin === undefined) return h.continue;
    const problem = new HttpProblem('forbidden', 'Web pages may not ask this endpoint.');
    return problemAnswer(h, problem).takeover();
  });
}

/**
 * Lets no web page read an answer across origins: some routes of the emulator let any page; API
 * Gateway, unless told to, lets none.
 */
export function withoutCors(server: Server): void {
  server.ext('onPreResponse', ({ info }, h) => {
    if (info.cors) info.cors.isOriginMatch = false;
    return h.continue;
  });
}
