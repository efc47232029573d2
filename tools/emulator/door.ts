/** Who may ask the emulator's servers: every web page in the developer's browser reaches loopback, too. */
import type { Server } from '@hapi/hapi';

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
