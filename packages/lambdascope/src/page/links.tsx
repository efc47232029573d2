/** Links to what runs beside the page, and to the metrics. */
import { usePage } from './state.ts';

export function Links() {
  const links = usePage(({ service }) => service?.links);
  // The same machine as the page's, by the name that the browser knows it by.
  const host = `${location.protocol}//${location.hostname}`;
  return (
    <nav class="links" id="links" aria-label="Related pages">
      {links?.map(({ title, port, path = '' }) => (
        <Link key={`${title} ${port}${path}`} title={title} href={`${host}:${port}${path}`} />
      ))}
      <Link title="Metrics" href="/metrics" />
    </nav>
  );
}

function Link({ title, href }: { readonly title: string; readonly href: string }) {
  return (
    <a class="link" href={href} rel="noopener" target="_blank">
      {title}
    </a>
  );
}
