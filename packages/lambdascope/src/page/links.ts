/** Links to what runs beside the page. */
import type { LiveLink } from '../emulator/liveLinks.ts';
import { element } from './element.ts';

/** Shows these links, and one to the metrics. */
export function showLinks(host: HTMLElement, links: readonly LiveLink[]): void {
  host.replaceChildren(
    ...links.map(({ title, port, path = '' }) => {
      // The same machine as the page's, by the name that the browser knows it by.
      return link(title, `${location.protocol}//${location.hostname}:${port}${path}`);
    }),
    link('Metrics', '/metrics'),
  );
}

function link(title: string, href: string): HTMLAnchorElement {
  const created = element('a', 'link', title);
  created.href = href;
  created.rel = 'noopener';
  created.target = '_blank';
  return created;
}
