/** Links to what runs beside the page: the server tells which of it answers. */
import type { LiveLink, LiveLinks } from '../liveLinks.ts';
import { element } from './element.ts';

/**
 * Asks which neighbours answer, and shows links to them.
 *
 * @returns the base URL of the API
 * @throws Error when the server is not reachable
 */
export async function showLinks(host: HTMLElement): Promise<string> {
  const response = await fetch('/links');
  if (!response.ok) throw new Error(`/links answered ${response.status}`);
  const { api, neighbours }: LiveLinks = await response.json();
  host.replaceChildren(
    ...neighbours.map((neighbour) => link(neighbour.title, address(neighbour))),
    link('API', `${address(api)}/docs`),
    link('Metrics', '/metrics'),
  );
  return address(api);
}

/** The same machine as the page's, by the name that the browser knows it by. */
function address({ port }: LiveLink): string {
  return `${location.protocol}//${location.hostname}:${port}`;
}

function link(title: string, href: string): HTMLAnchorElement {
  const created = element('a', 'link', title);
  created.href = href;
  created.rel = 'noopener';
  created.target = '_blank';
  return created;
}
