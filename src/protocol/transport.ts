/**
 * One request and its answer, with bounds on time and size: whoever answers may be broken or hostile.
 *
 * Browser-safe: nothing but `fetch`. Redirects are not followed; a node does not send any, and the token must not travel to
 * wherever one points.
 */
import { ApiError, NodeUnreachableError, UnexpectedAnswerError } from './client-errors.ts';

/** What we ask of `fetch`: the part that browsers and Node have in common. */
export interface FetchInit {
  method: string;
  headers: Record<string, string>;
  redirect: 'manual';
  credentials: 'omit';
  body?: string | Uint8Array<ArrayBuffer>;
  signal?: AbortSignal;
}

export type FetchFunction = (url: string, init: FetchInit) => Promise<Response>;

export interface TransportOptions {
  readonly baseUrl: string;
  readonly fetch: FetchFunction;
  readonly maxResponseBytes: number;
}

/** Where to, and what to send along. */
export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Starts with a slash. */
  readonly path: string;
  /** Made into JSON; bytes go as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** 0 = for ever. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly maxResponseBytes?: number | undefined;
}

/** Normalises the address of a node: `http://host:port` without a slash at the end. @throws TypeError */
export function normaliseBaseUrl(text: string): string {
  let url: URL;
  try {
    url = new URL(text.includes('://') ? text : `http://${text}`);
  } catch {
    throw new TypeError(
      `"${text}" is not the address of a node; expected something like http://localhost:8000`,
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new TypeError(`"${text}": a node is reached by http or https`);
  if (url.username !== '' || url.password !== '')
    throw new TypeError('the address of a node holds no user name or password');
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** Sends a request; the parsed JSON of the answer. @throws ApiError, NodeUnreachableError, UnexpectedAnswerError */
export async function requestJson(options: TransportOptions, request: TransportRequest): Promise<unknown> {
  const url = `${options.baseUrl}${request.path}`;
  const timeout = request.timeoutMs > 0 ? AbortSignal.timeout(request.timeoutMs) : undefined;
  const signals = [timeout, request.signal].filter((signal) => signal !== undefined);
  request.signal?.throwIfAborted();
  const timedOut = (): boolean => timeout?.aborted === true && request.signal?.aborted !== true;
  try {
    const response = await options.fetch(url, {
      method: request.method,
      headers: headersOf(request),
      redirect: 'manual',
      credentials: 'omit',
      ...(request.body === undefined ? {} : { body: bodyOf(request.body) }),
      ...(signals.length === 0 ? {} : { signal: AbortSignal.any(signals) }),
    });
    const text = await readText(response, url, request.maxResponseBytes ?? options.maxResponseBytes);
    return answerOf(response, text, url);
  } catch (error) {
    if (error instanceof ApiError || error instanceof UnexpectedAnswerError) throw error;
    if (request.signal?.aborted === true) throw request.signal.reason;
    if (timedOut()) {
      throw new NodeUnreachableError(options.baseUrl, `no answer within ${request.timeoutMs / 1000} s`, {
        timedOut: true,
        cause: error,
      });
    }
    throw new NodeUnreachableError(options.baseUrl, explainFailure(error), { cause: error });
  }
}

function headersOf(request: TransportRequest): Record<string, string> {
  const headers: Record<string, string> = { accept: 'application/json', ...request.headers };
  if (request.body instanceof Uint8Array) headers['content-type'] = 'application/octet-stream';
  else if (request.body !== undefined) headers['content-type'] = 'application/json';
  return headers;
}

function bodyOf(body: unknown): string | Uint8Array<ArrayBuffer> {
  // A copy, because the type of a request body wants a buffer that nobody shares.
  return body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body);
}

/** Reads a body up to a limit and leaves the rest. */
async function readText(response: Response, url: string, maxBytes: number): Promise<string> {
  if (response.body === null) return '';
  // The two platforms name the stream's type differently; both give bytes.
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    length += value.length;
    if (length > maxBytes) {
      await reader.cancel().catch(() => undefined);
      throw new UnexpectedAnswerError(url, `the answer is longer than ${maxBytes} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
}

function answerOf(response: Response, text: string, url: string): unknown {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new UnexpectedAnswerError(url, `status ${response.status}, and not JSON`);
  }
  if (response.ok) return answer;
  throw refusalOf(response.status, answer);
}

/** Understands our own refusals, and those of the original: FastAPI sends a list of objects as `detail` with status 422. */
function refusalOf(status: number, answer: unknown): ApiError {
  const fields = typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : {};
  const { detail, reason, hint } = fields;
  return new ApiError({
    status,
    detail:
      typeof detail === 'string'
        ? detail
        : (firstMessage(detail) ?? `the node refused with status ${status}`),
    ...(typeof reason === 'string' ? { reason } : {}),
    ...(typeof hint === 'string' ? { hint } : {}),
  });
}

function firstMessage(detail: unknown): string | undefined {
  if (!Array.isArray(detail)) return undefined;
  const [first] = detail as unknown[];
  if (typeof first !== 'object' || first === null) return undefined;
  const { msg, loc } = first as { msg?: unknown; loc?: unknown };
  if (typeof msg !== 'string') return undefined;
  return Array.isArray(loc) ? `${loc.join('.')}: ${msg}` : msg;
}

/** What the error codes of sockets mean, for people. */
export const CONNECTION_FAILURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused; is the node running?',
  ENOTFOUND: 'there is no computer of this name',
  EAI_AGAIN: 'the name could not be looked up',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'the connection attempt took too long',
  EHOSTUNREACH: 'there is no way to this computer',
  ENETUNREACH: 'there is no way to this network',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_CONNECT_TIMEOUT: 'the connection attempt took too long',
  UND_ERR_HEADERS_TIMEOUT: 'it took too long to answer',
  UND_ERR_BODY_TIMEOUT: 'it took too long to answer',
};

/** `fetch` hides the cause of a failure in `cause`, in Node; browsers do not tell it at all. */
function explainFailure(error: unknown): string {
  for (let at: unknown = error, depth = 0; typeof at === 'object' && at !== null && depth < 4; depth++) {
    const { code, cause } = at as { code?: unknown; cause?: unknown };
    if (typeof code === 'string' && CONNECTION_FAILURES[code] !== undefined) return CONNECTION_FAILURES[code];
    at = cause;
  }
  return 'the connection failed; is the node running?';
}
