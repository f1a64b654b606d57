/** The History API: links of this site change the page without loading it anew. */
import { destinationOf } from './destination.ts';
import { type Route, routeOf } from './routes.ts';

class Router {
  path = $state(location.pathname);
  /** `?name=value`, for the pages that take more than a path. */
  query = $state(location.search);
  /** `#name` */
  hash = $state(location.hash);
  readonly route: Route = $derived(routeOf(this.path));

  constructor() {
    addEventListener('popstate', () => this.read());
    addEventListener('hashchange', () => this.read());
    document.addEventListener('click', (event) => this.follow(event));
  }

  /** @param address a path, with or without query and hash */
  go(address: string): void {
    const { pathname, search, hash } = location;
    if (address === pathname + search + hash) return;
    history.pushState(null, '', address);
    this.read();
    // More of the same page: it knows best what to show of it.
    if (location.pathname === pathname) return;
    scrollTo(0, 0);
    // A reader of the page starts where its words do, as after a page that was loaded.
    document.getElementById('content')?.focus({ preventScroll: true });
  }

  private read(): void {
    this.path = location.pathname;
    this.query = location.search;
    this.hash = location.hash;
  }

  /** Plain clicks on links to our own pages; all else is the browser's. */
  private follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!(link instanceof HTMLAnchorElement) || link.target !== '' || link.hasAttribute('download')) return;
    const address = destinationOf(link, location);
    if (address === undefined) return;
    event.preventDefault();
    this.go(address);
  }
}

export const router = new Router();
