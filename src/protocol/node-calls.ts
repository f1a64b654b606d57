/** How the client calls: addresses, tokens, time limits. What there is to call stands in client.ts. */
import { type FetchFunction, normaliseBaseUrl, requestJson, type TransportOptions } from './transport.ts';

export interface ApiClientOptions {
  /** `http://localhost:8000`; a slash at the end and a missing `http://` are forgiven. */
  readonly baseUrl: string;
  /** Default: the platform's. */
  readonly fetch?: FetchFunction;
  /**
   * The node's API_TOKEN, for calls that change the node from another machine; a function where it may change. It goes along
   * with the owner's calls only: whoever can read the others' traffic shall not find it there.
   */
  readonly token?: string | (() => string | undefined);
  /** For each call; default 30 s, 0 = for ever. Mining and syncing have none unless the call gives one. */
  readonly timeoutMs?: number;
  /** An answer that is longer is refused; default 64 MiB. */
  readonly maxResponseBytes?: number;
}

/** What every call takes as its last argument. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  readonly maxResponseBytes?: number | undefined;
}

export type Query = Readonly<Record<string, string | number | undefined>>;

export class NodeCalls {
  readonly baseUrl: string;
  private readonly transport: TransportOptions;
  private readonly timeoutMs: number;
  private readonly token: () => string | undefined;

  /** @throws TypeError when the base URL is none */
  constructor(options: ApiClientOptions) {
    this.baseUrl = normaliseBaseUrl(options.baseUrl);
    this.timeoutMs = options.timeoutMs ?? 30_000;
    const { token } = options;
    this.token = typeof token === 'function' ? token : () => token;
    this.transport = {
      baseUrl: this.baseUrl,
      fetch: options.fetch ?? ((url, init) => fetch(url, init)),
      maxResponseBytes: options.maxResponseBytes ?? 64 * 1024 * 1024,
    };
  }

  // The answer's type is the node's promise, and trusted; its size and form as JSON are not.
  protected get<T>(path: string, query: Query, options: CallOptions = {}): Promise<T> {
    return this.request('GET', `${path}${queryText(query)}`, undefined, options, {}) as Promise<T>;
  }

  protected post<T>(
    path: string,
    body: unknown,
    options: CallOptions = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    return this.request('POST', path, body, options, headers) as Promise<T>;
  }

  /** A call for the owner of the node: with the token, where there is one. */
  protected ownerPost<T>(
    path: string,
    body: unknown,
    options: CallOptions = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    return this.post(path, body, options, { ...headers, ...this.proof() });
  }

  protected proof(): Readonly<Record<string, string>> {
    const token = this.token();
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  protected request(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body: unknown,
    options: CallOptions,
    headers: Readonly<Record<string, string>>,
  ): Promise<unknown> {
    return requestJson(this.transport, {
      method,
      path,
      body,
      headers,
      timeoutMs: options.timeoutMs ?? this.timeoutMs,
      signal: options.signal,
      maxResponseBytes: options.maxResponseBytes,
    });
  }
}

function queryText(query: Query): string {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined);
  if (entries.length === 0) return '';
  return `?${new URLSearchParams(Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))).toString()}`;
}
