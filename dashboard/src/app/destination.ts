/** Where a click on a link leads: to a page of ours, which needs no loading, or wherever the browser takes it. */
import { routeOf } from './routes.ts';

/** As much of an address as decides it; `URL`, `location` and links have it. */
export interface Place {
  readonly origin: string;
  readonly pathname: string;
  /** `?name=value` or empty. */
  readonly search: string;
  /** `#name` or empty. */
  readonly hash: string;
}

/** The address to go to without loading; undefined where the browser must do it. */
export function destinationOf(link: Place, here: Place): string | undefined {
  if (link.origin !== here.origin || routeOf(link.pathname).name === 'not-found') return undefined;
  const isSamePage = link.pathname === here.pathname && link.search === here.search;
  // A part of this page: the browser scrolls to it and moves the focus.
  if (link.hash !== '' && isSamePage) return undefined;
  return link.pathname + link.search + link.hash;
}
