/**
 * Talking to one peer over HTTP. A peer is a stranger: every answer is bounded in time and size, redirects are not followed
 * (they could lead into our own network), and nothing of it is believed before it was checked.
 */
import {
  type Block,
  blockFromJson,
  blockToJson,
  type Transaction,
  transactionToJson,
} from '../consensus/index.ts';

/** The peer did not answer, or not in a way that we understand. */
export class PeerFailedError extends Error {
  override readonly name = 'PeerFailedError';
  /** Set where it did answer, but with a refusal. */
  readonly status: number | undefined;

  constructor(message: string, options: { readonly status?: number; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.status = options.status;
  }
}

/** What we want to know of a peer's chain before we ask for more. */
export interface PeerTip {
  /** −1 when it has no block. */
  readonly height: number;
  readonly hash: string | null;
}

const QUICK_ANSWER_BYTES = 1_000_000;
/** A whole chain in one answer is what the original's /chain gives. */
const CHAIN_ANSWER_BYTES = 256_000_000;

export class PeerClient {
  private readonly baseUrl: string;
  private readonly timeoutMs: number;
  private readonly signal: AbortSignal;

  /** @param signal ends every request, at shutdown */
  constructor(baseUrl: string, signal: AbortSignal, timeoutMs = 10_000) {
    this.baseUrl = baseUrl;
    this.signal = signal;
    this.timeoutMs = timeoutMs;
  }

  async tip(): Promise<PeerTip> {
    const answer = record(await this.get('/health', QUICK_ANSWER_BYTES));
    const height = answer['chain_height'];
    const hash = answer['tip_hash'];
    if (typeof height !== 'number' || !Number.isInteger(height))
      throw new PeerFailedError('its /health has no chain_height');
    return { height, hash: typeof hash === 'string' ? hash.toLowerCase() : null };
  }

  /**
   * Its chain parameters, by their names in lower case; undefined for the Python original, which does not tell.
   */
  async params(): Promise<Readonly<Record<string, unknown>> | undefined> {
    try {
      return record(await this.get('/params', QUICK_ANSWER_BYTES));
    } catch (error) {
      if (error instanceof PeerFailedError && error.status === 404) return undefined;
      throw error;
    }
  }

  /**
   * Blocks of its active chain from a height up, as many as it likes to send. Peers that are the Python original ignore the
   * query and send their whole chain: then the blocks below `from` are dropped.
   */
  async blocksFrom(from: number, limit: number): Promise<{ block: Block; height: number }[]> {
    const answer = record(
      await this.get(`/chain?from=${from}&limit=${limit}`, CHAIN_ANSWER_BYTES, 12 * this.timeoutMs),
    );
    const blocks = answer['blocks'];
    if (!Array.isArray(blocks)) throw new PeerFailedError('its /chain has no list of blocks');
    const isWholeChain = typeof answer['from'] !== 'number';
    return blocks.slice(isWholeChain ? from : 0).map((json: unknown, index) => {
      const block = blockFromJson(json);
      if (!block.ok) throw new PeerFailedError(`it sent a block that cannot be read: ${block.detail}`);
      return { block: block.value, height: from + index };
    });
  }

  async sendBlock(block: Block): Promise<void> {
    await this.post('/block', blockToJson(block));
  }

  async sendTransaction(tx: Transaction): Promise<void> {
    await this.post('/tx', transactionToJson(tx));
  }

  private async get(path: string, maxBytes: number, timeoutMs = this.timeoutMs): Promise<unknown> {
    return this.request(path, {}, maxBytes, timeoutMs);
  }

  private async post(path: string, body: unknown): Promise<void> {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    await this.request(path, init, QUICK_ANSWER_BYTES, this.timeoutMs);
  }

  private async request(
    path: string,
    init: RequestInit,
    maxBytes: number,
    timeoutMs: number,
  ): Promise<unknown> {
    try {
      const response = await fetch(`${this.baseUrl}${path}`, {
        ...init,
        redirect: 'error',
        signal: AbortSignal.any([this.signal, AbortSignal.timeout(timeoutMs)]),
      });
      const text = await readBounded(response, maxBytes);
      // 409 is no failure: it has it already.
      if (!response.ok && response.status !== 409)
        throw new PeerFailedError(`it answered ${response.status} to ${path}`, { status: response.status });
      return JSON.parse(text);
    } catch (error) {
      if (error instanceof PeerFailedError) throw error;
      const { cause, message } = error as Error;
      throw new PeerFailedError(cause instanceof Error ? cause.message : message, { cause: error });
    }
  }
}

async function readBounded(response: Response, maxBytes: number): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += (chunk as Uint8Array).byteLength;
    // Leaving the loop cancels the stream and closes the connection.
    if (size > maxBytes) throw new PeerFailedError(`its answer is larger than ${maxBytes} bytes`);
    parts.push(decoder.decode(chunk as Uint8Array, { stream: true }));
  }
  return parts.join('') + decoder.decode();
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new PeerFailedError('its answer is not an object');
  return value as Record<string, unknown>;
}
