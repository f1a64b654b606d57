/** Which address is which page. The node serves the app at the same paths: `PAGE_PATHS` in src/api/dashboard.ts. */

/** Pages without a part that names what they show, at `/name`. */
const PLAIN = ['mempool', 'mine', 'network', 'charts', 'wallet', 'tools', 'api'] as const;

export type PlainPage = (typeof PLAIN)[number];

export type Route =
  | { readonly name: 'chain' | PlainPage }
  /** `id` is a hash or a height. */
  | { readonly name: 'block'; readonly id: string }
  | { readonly name: 'tx'; readonly txid: string }
  | { readonly name: 'address'; readonly address: string }
  /** Undefined: the list of lessons. */
  | { readonly name: 'learn'; readonly lesson: string | undefined }
  | { readonly name: 'not-found'; readonly path: string };

export type PageName = Exclude<Route['name'], 'not-found'>;

export function routeOf(path: string): Route {
  const parts = path.split('/').filter((part) => part !== '');
  const [page, rawId] = parts;
  const id = rawId === undefined ? undefined : decodedPart(rawId).toLowerCase();
  const notFound: Route = { name: 'not-found', path };
  if (page === undefined) return { name: 'chain' };
  if (parts.length > 2) return notFound;
  if (page === 'learn' && (id === undefined || /^[a-z0-9-]{1,40}$/.test(id)))
    return { name: page, lesson: id };
  if (id === undefined) {
    const plain = PLAIN.find((name) => name === page);
    return plain === undefined ? notFound : { name: plain };
  }
  if (page === 'block' && /^(\d{1,10}|[0-9a-f]{64})$/.test(id)) return { name: page, id };
  if (page === 'tx' && /^[0-9a-f]{64}$/.test(id)) return { name: page, txid: id };
  if (page === 'address' && /^[0-9a-f]{40}$/.test(id)) return { name: page, address: id };
  return notFound;
}

/** A person may type a lone `%`. */
function decodedPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
