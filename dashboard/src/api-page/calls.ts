/** The calls of the node, as its own OpenAPI document describes them. */

/** As much of a JSON schema as a form needs. */
export interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly description: string;
  readonly schema: Schema;
}

export interface Call {
  readonly method: 'GET' | 'POST';
  /** With `{id}` where a value goes. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  /** An example of the body where it takes JSON; null where it takes only bytes, undefined where it takes none. */
  readonly body: object | null | undefined;
  /** For the owner of the node: other machines need its token. */
  readonly isGuarded: boolean;
  /** A stream that does not end: shown in the panel of events, not run here. */
  readonly isStream: boolean;
  /** It may change the chain, the mempool, the mining or the peers. */
  readonly changes: boolean;
}

/** As much of the document as is read. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
}

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly (Partial<Parameter> & Pick<Parameter, 'name' | 'in'>)[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: object }>> };
  readonly security?: readonly object[];
}

/** Asks only, although a body goes with it. */
const ONLY_ASK = ['/tx/check', '/p2p/headers', '/p2p/blocks', '/p2p/transactions', '/p2p/block-transactions'];
const STREAMS = ['/ws', '/events'];

/** In the order of the groups in the document. */
export function callsOf(document: OpenApiDocument): Call[] {
  const order = (document.tags ?? []).map(({ name }) => name);
  const calls = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]) =>
      method === 'get' || method === 'post'
        ? [callOf(method === 'get' ? 'GET' : 'POST', path, operation)]
        : [],
    ),
  );
  const place = ({ tag }: Call): number => (order.includes(tag) ? order.indexOf(tag) : order.length);
  return calls.sort((a, b) => place(a) - place(b));
}

function callOf(method: Call['method'], path: string, operation: Operation): Call {
  const content = operation.requestBody?.content;
  const json = content?.['application/json'];
  return {
    method,
    path,
    tag: operation.tags?.[0] ?? '',
    summary: operation.summary ?? '',
    // It is Markdown, of which nothing but code is used.
    description: (operation.description ?? '').replaceAll('`', ''),
    // As they stand in the address: first the path.
    parameters: (operation.parameters ?? [])
      .map((parameter) => ({
        required: false,
        schema: {},
        ...parameter,
        description: (parameter.description ?? '').replaceAll('`', ''),
      }))
      .sort((a, b) => Number(a.in === 'query') - Number(b.in === 'query')),
    body: content === undefined ? undefined : json === undefined ? null : (json.example ?? {}),
    isGuarded: operation.security !== undefined,
    isStream: STREAMS.includes(path),
    changes: method === 'POST' && !ONLY_ASK.includes(path),
  };
}

export const idOf = ({ method, path }: Pick<Call, 'method' | 'path'>): string => `${method} ${path}`;

/** Those with every word of `text` in method, path, group or summary. */
export function matching(calls: readonly Call[], text: string): Call[] {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  return calls.filter((call) => {
    const all = `${idOf(call)} ${call.tag} ${call.summary}`.toLowerCase();
    return wanted.every((word) => all.includes(word));
  });
}

export interface Found {
  readonly call: Call;
  /** By the names of the parameters. */
  readonly values: Readonly<Record<string, string>>;
}

/** The call that an address like `/block/7`, `GET /block/{id}` or `POST /tx/check` means, with the values in it. */
export function callNamed(calls: readonly Call[], text: string): Found | undefined {
  const [, method = 'GET', address = ''] = /^(?:(GET|POST)\s+)?(\S*)$/.exec(text.trim()) ?? [];
  const [path = '', query = ''] = address.split('?', 2);
  for (const call of calls) {
    if (call.method !== method) continue;
    const inPath = valuesInPath(call.path, path);
    if (inPath !== undefined)
      return { call, values: { ...inPath, ...Object.fromEntries(new URLSearchParams(query)) } };
  }
  return undefined;
}

function valuesInPath(template: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [template.split('/'), path.split('/')];
  if (wanted.length !== given.length) return undefined;
  const values: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    const value = given[i] ?? '';
    if (name === undefined ? part !== value : value === '') return undefined;
    if (name !== undefined && value !== part) values[name] = decoded(value);
  }
  return values;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
