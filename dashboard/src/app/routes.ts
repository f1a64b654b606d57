/** Which address is which page. The node serves the app at the same paths: `PAGE_PATHS` in src/api/dashboard.ts. */

export type Route =
  | { readonly name: 'chain' }
  /** `id` is a hash or a height. */
  | { readonly name: 'block'; readonly id: string }
  | { readonly name: 'not-found'; readonly path: string };

export function routeOf(path: string): Route {
  const parts = path.split('/').filter((part) => part !== '');
  if (parts.length === 0) return { name: 'chain' };
  const [page, id] = parts;
  if (page === 'block' && id !== undefined && parts.length === 2) {
    const decoded = decodedPart(id);
    if (/^(\d{1,10}|[0-9a-fA-F]{64})$/.test(decoded)) return { name: 'block', id: decoded.toLowerCase() };
  }
  return { name: 'not-found', path };
}

/** A person may type a lone `%`. */
function decodedPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
