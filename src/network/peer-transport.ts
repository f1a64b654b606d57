/**
 * HTTP to one peer: kept-alive connections, and bounds on everything that comes back.
 *
 * A peer is a stranger: each answer has a deadline and a largest size, a slow one is cut off, redirects are not followed (they
 * could lead into our own network), JSON is looked at before it is parsed. What it says inside those bounds is for others to
 * judge.
 */
import { setMaxListeners } from 'node:events';
import { type Dispatcher, Pool } from 'undici';
import { beyondBounds, withExactTargets } from '../protocol/json-text.ts';
import { PEER_MESSAGE_KINDS, type PeerMessageKind } from '../protocol/peer-messages.ts';
import { CONNECTION_FAILURES } from '../protocol/transport.ts';
import { AddressNotAllowedError, guardedLookup, type Nearness } from './address-policy.ts';
import type { MessageAbout, OpenMessage } from './message-log.ts';
import { PeerFailedError, PeerMisbehavedError, PeerTimedOutError } from './peer-errors.ts';

export interface PeerTransportOptions {
  /** Normalised; see peer-url.ts. */
  readonly baseUrl: string;
  /** Who told us of it; undefined where the owner did. See address-policy.ts. */
  readonly teller: Nearness | undefined;
  /** Ends every request, at shutdown. */
  readonly signal: AbortSignal;
  /** Default deadline of a request, milliseconds. */
  readonly timeoutMs: number;
  /** Told of the bytes of bodies as they pass. */
  readonly onBytes?: (direction: 'sent' | 'received', bytes: number) => void;
  /** Notes each request and what became of it. */
  readonly openMessage?: (kind: PeerMessageKind, about: MessageAbout | undefined) => OpenMessage;
}

export interface PeerRequest {
  readonly method: 'GET' | 'POST';
  /** Starts with a slash. */
  readonly path: string;
  /** Bytes go as they are, anything else as JSON. */
  readonly body?: Uint8Array | object;
  readonly headers?: Readonly<Record<string, string>>;
  /** A longer answer is cut off and counts as misbehaviour. */
  readonly maxBytes: number;
  readonly timeoutMs?: number;
  /** What it is about, for the log of messages; may be filled in while the answer is read. */
  readonly about?: MessageAbout;
}

/** An answer whose body is still coming. */
export interface PeerStream {
  /** Pieces of the body. Each must come within the deadline of the request. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Begins the deadline anew: something useful has arrived. */
  readonly extend: () => void;
}

const CONNECTIONS = 6;
const CONNECT_TIMEOUT_MS = 5_000;
/** Below the server's own (15 s), so that we never write into a connection that it is closing. */
const KEEP_ALIVE_MS = 10_000;
const MAX_REFUSAL_BYTES = 16_384;
const JSON_BOUNDS = { depth: 32, values: 250_000 };
const NO_BYTES = new Uint8Array();
const OTHER_NAMES: Readonly<Record<string, string>> = { '/block': 'push-block', '/tx': 'push-transaction' };

export class PeerTransport {
  private readonly options: PeerTransportOptions;
  private readonly pool: Pool;
  private readonly basePath: string;

  constructor(options: PeerTransportOptions) {
    this.options = options;
    setMaxListeners(0, options.signal);
    const { origin, pathname } = new URL(options.baseUrl);
    this.basePath = pathname === '/' ? '' : pathname;
    this.pool = new Pool(origin, {
      connections: CONNECTIONS,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connect: { timeout: CONNECT_TIMEOUT_MS, lookup: guardedLookup(options.teller) },
      // The deadline of each request is ours, and total: one byte now and then does not extend it.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** One question, one whole answer. @throws PeerFailedError, PeerMisbehavedError */
  bytes(request: PeerRequest): Promise<Uint8Array> {
    return this.ask(request, (bytes) => bytes);
  }

  /** One question, its answer as JSON. @throws PeerFailedError, PeerMisbehavedError */
  json(request: PeerRequest): Promise<unknown> {
    return this.ask(request, parseJson);
  }

  /** One question, its whole answer as it is understood. @throws PeerFailedError, PeerMisbehavedError, and what `decode` throws */
  ask<T>(request: PeerRequest, decode: (bytes: Uint8Array) => T): Promise<T> {
    return this.stream(request, async ({ chunks }) => {
      const parts: Uint8Array[] = [];
      for await (const chunk of chunks) parts.push(chunk);
      return decode(parts.length === 1 ? (parts[0] ?? NO_BYTES) : Buffer.concat(parts));
    });
  }

  /** One question, its answer as it comes. @throws PeerFailedError, PeerMisbehavedError, and what `read` throws */
  async stream<T>(request: PeerRequest, read: (answer: PeerStream) => Promise<T>): Promise<T> {
    const { signal } = this.options;
    const timeoutMs = request.timeoutMs ?? this.options.timeoutMs;
    const kind = kindOf(request.path);
    const message = kind === undefined ? undefined : this.options.openMessage?.(kind, request.about);
    const ending = new AbortController();
    const expire = (): void =>
      ending.abort(new PeerTimedOutError(`it took longer than ${timeoutMs / 1_000} s`));
    let timer = setTimeout(expire, timeoutMs);
    const extend = (): void => {
      clearTimeout(timer);
      timer = setTimeout(expire, timeoutMs);
    };
    const stop = (): void => ending.abort(new PeerFailedError('this node is stopping'));
    signal.addEventListener('abort', stop, { once: true });
    try {
      if (signal.aborted) throw new PeerFailedError('this node is stopping');
      const response = await this.send(request, ending.signal, message);
      const chunks = this.bounded(response, request.maxBytes, message);
      const { statusCode: status } = response;
      if (!isGood(status)) throw await refusalOf(request, response, chunks);
      const answer = await read({ chunks, extend });
      message?.end('ok', { status });
      return answer;
    } catch (error) {
      const problem = explained(error, ending.signal);
      const status = problem instanceof PeerFailedError ? problem.status : undefined;
      message?.end(status === undefined ? 'failed' : 'refused', { status, detail: problem.message });
      throw problem;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      ending.abort(); // what has not been read is not wanted
    }
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }

  private async send(
    request: PeerRequest,
    signal: AbortSignal,
    message: OpenMessage | undefined,
  ): Promise<Dispatcher.ResponseData> {
    const { body } = request;
    const bytes = body === undefined || body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
    if (bytes !== undefined) this.options.onBytes?.('sent', bytes.length);
    if (message !== undefined) message.bytesSent = bytes?.length ?? 0;
    const contentType = body instanceof Uint8Array ? 'application/octet-stream' : 'application/json';
    return this.pool.request({
      method: request.method,
      path: `${this.basePath}${request.path}`,
      headers: { ...(bytes === undefined ? {} : { 'content-type': contentType }), ...request.headers },
      ...(bytes === undefined ? {} : { body: bytes }),
      signal,
    });
  }

  private async *bounded(
    response: Dispatcher.ResponseData,
    maxBytes: number,
    message: OpenMessage | undefined,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    let size = 0;
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      this.options.onBytes?.('received', chunk.length);
      if (message !== undefined) message.bytesReceived = size;
      // Leaving the loop ends the stream and the connection.
      if (size > maxBytes)
        throw new PeerMisbehavedError('oversized-answer', `its answer is longer than ${maxBytes} bytes`);
      yield chunk;
    }
  }
}

/** Which message goes to a path; undefined for none that is noted. */
function kindOf(path: string): PeerMessageKind | undefined {
  const name = OTHER_NAMES[path] ?? path.slice(path.lastIndexOf('/') + 1);
  return PEER_MESSAGE_KINDS.find((kind) => kind === name);
}

function isGood(status: number): boolean {
  return status >= 200 && status < 300;
}

async function refusalOf(
  request: PeerRequest,
  { statusCode }: Dispatcher.ResponseData,
  chunks: AsyncIterable<Uint8Array>,
): Promise<PeerFailedError> {
  if (statusCode >= 300 && statusCode < 400)
    return new PeerMisbehavedError('redirect', `it answered ${request.path} with a redirect`);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > MAX_REFUSAL_BYTES) break;
    parts.push(chunk);
  }
  let said: { detail?: unknown; reason?: unknown } = {};
  try {
    said = record(parseJson(Buffer.concat(parts)));
  } catch {
    // Not JSON: the status has to do.
  }
  const detail = typeof said.detail === 'string' ? `: ${said.detail.slice(0, 500)}` : '';
  return new PeerFailedError(`it answered ${statusCode} to ${request.path}${detail}`, {
    status: statusCode,
    reason: typeof said.reason === 'string' ? said.reason : undefined,
  });
}

/** Parses what a stranger sent. @throws PeerMisbehavedError when it is not JSON, or more of it than anybody needs */
export function parseJson(bytes: Uint8Array): unknown {
  if (beyondBounds(bytes, JSON_BOUNDS) !== undefined)
    throw new PeerMisbehavedError(
      'malformed-message',
      'its JSON is nested too deeply or has too many values',
    );
  try {
    return JSON.parse(withExactTargets(new TextDecoder().decode(bytes)));
  } catch {
    throw new PeerMisbehavedError('malformed-message', 'its answer is not JSON');
  }
}

/** @throws PeerMisbehavedError */
export function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new PeerMisbehavedError('malformed-message', 'its answer is not an object');
  return value as Record<string, unknown>;
}

/** Of a peer that its owner named, it is not for us to ask whether it runs. */
const FAILURES: Readonly<Record<string, string>> = {
  ...CONNECTION_FAILURES,
  ECONNREFUSED: 'nobody listens there',
};

/** Makes one kind of error of what the client, the deadline and the platform throw. */
function explained(error: unknown, signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  if (error instanceof PeerFailedError) return error;
  if (reason instanceof PeerFailedError) return reason;
  if (error instanceof AddressNotAllowedError) return new PeerFailedError(error.message, { cause: error });
  const { code, message } = error as { code?: unknown; message?: unknown };
  const known = typeof code === 'string' ? FAILURES[code] : undefined;
  // Node joins the failures of several addresses of one name into one error without a message.
  if (known === undefined && error instanceof AggregateError && error.errors.length > 0)
    return explained(error.errors[0], signal);
  if (known !== undefined || isPlatformError(error))
    return new PeerFailedError(known ?? String(message), { cause: error });
  return error instanceof Error ? error : new Error(String(error));
}

/** Errors of sockets, TLS and the HTTP parser all have a code; our own defects have none. */
function isPlatformError(error: unknown): boolean {
  return error instanceof Error && typeof (error as { code?: unknown }).code === 'string';
}
