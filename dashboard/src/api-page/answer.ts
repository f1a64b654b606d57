/** Asks the node as any program would, and keeps what came: good or bad. */
import type { Request } from './request.ts';

export interface Answer {
  readonly status: number;
  readonly ms: number;
  /** Of the body, uncompressed; of its beginning where it is too long to show. */
  readonly bytes: number;
  readonly isCut: boolean;
  /** JSON indented; other text as it came. */
  readonly text: string;
  /** Where the node refused. */
  readonly refusal: Refusal | undefined;
}

export interface Refusal {
  readonly reason: string;
  readonly detail: string;
  readonly hint: string | undefined;
}

/** A page that shows more than this is of no use to anybody. */
const MOST_BYTES = 2_000_000;

/**
 * @param token of the node, for its owner's calls
 * @throws when nobody answers, and when the signal says to stop
 */
export async function ask(
  { method, address, body }: Request,
  signal: AbortSignal,
  token?: string,
): Promise<Answer> {
  const startMs = performance.now();
  const response = await fetch(address, {
    method,
    signal,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body }),
  });
  const { text, bytes, isCut } = await readBeginning(response);
  const ms = performance.now() - startMs;
  const json = isCut ? undefined : parsed(text);
  return {
    ...{ status: response.status, ms, bytes, isCut },
    text: json === undefined ? text : JSON.stringify(json, null, 2),
    refusal: response.ok ? undefined : refusalOf(json),
  };
}

async function readBeginning(response: Response): Promise<Pick<Answer, 'text' | 'bytes' | 'isCut'>> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let [text, bytes] = ['', 0];
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.length;
    text += decoder.decode(value, { stream: true });
    if (bytes < MOST_BYTES) continue;
    await reader.cancel();
    return { text, bytes, isCut: true };
  }
  return { text: text + decoder.decode(), bytes, isCut: false };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusalOf(json: unknown): Refusal | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const { reason, detail, hint } = json as Record<string, unknown>;
  if (typeof reason !== 'string' || typeof detail !== 'string') return undefined;
  return { reason, detail, hint: typeof hint === 'string' ? hint : undefined };
}
