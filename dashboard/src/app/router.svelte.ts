/** The History API: links of this site change the page without loading it anew. */
import { type Route, routeOf } from './routes.ts';

class Router {
  path = $state(location.pathname);
  readonly route: Route = $derived(routeOf(this.path));

  constructor() {
    addEventListener('popstate', () => (this.path = location.pathname));
    document.addEventListener('click', (event) => this.follow(event));
  }

  go(path: string): void {
    if (path === location.pathname) return;
    history.pushState(null, '', path);
    this.path = path;
    scrollTo(0, 0);
    // A reader of the page starts where its words do, as after a page that was loaded.
    document.getElementById('content')?.focus({ preventScroll: true });
  }

  /** Plain clicks on links to our own pages; all else is the browser's. */
  private follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!(link instanceof HTMLAnchorElement) || link.target !== '' || link.hasAttribute('download')) return;
    if (link.origin !== location.origin || link.hash !== '' || routeOf(link.pathname).name === 'not-found')
      return;
    event.preventDefault();
    this.go(link.pathname);
  }
}

export const router = new Router();
