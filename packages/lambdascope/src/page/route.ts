/** Which view the address asks for, and the addresses of views. */

/** A view, and what it shows. */
export type Route =
  | { readonly view: 'overview' | 'requests' | 'functions' }
  | { readonly view: 'request'; readonly id: string }
  | { readonly view: 'answers'; readonly id: string; readonly other: string };

/** The view of an address' hash; the overview where it names none. */
export function routeOf(hash: string): Route {
  const [view, id, word, other] = hash.replace(/^#\/?/, '').split('/').map(decoded);
  if (view === 'functions') return { view };
  if (view !== 'requests') return { view: 'overview' };
  if (!id) return { view };
  return word === 'with' && other ? { view: 'answers', id, other } : { view: 'request', id };
}

/** The hash of a view. */
export function hashOf(route: Route): string {
  switch (route.view) {
    case 'overview':
      return '#/';
    case 'request':
      return `#/requests/${encodeURIComponent(route.id)}`;
    case 'answers':
      return `#/requests/${encodeURIComponent(route.id)}/with/${encodeURIComponent(route.other)}`;
    default:
      return `#/${route.view}`;
  }
}

/** Opens a view. */
export function go(route: Route): void {
  location.hash = hashOf(route);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
