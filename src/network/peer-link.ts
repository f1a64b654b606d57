/**
 * The calls to one peer after the handshake, typed: each checks that the answer has its form, and that it is an answer to what
 * was asked. Whether it is *true* is for the rules.
 */
import {
  type Block,
  type BlockHash,
  blockHashOf,
  type BlockHeader,
  decodeBlock,
  decodeTransaction,
  encodeBlock,
  encodeTransaction,
  HEADER_BYTES,
  hexToBytes,
  type Transaction,
  txidOf,
  type Verdict,
  type Wtxid,
  wtxidOf,
} from '../consensus/index.ts';
import { type CompactBlock, decodeCompactBlock } from './compact-block.ts';
import { readFrames } from './frames.ts';
import {
  type AddressesMessage,
  type PingMessage,
  readAddresses,
  readPing,
  SESSION_HEADER,
} from './handshake.ts';
import {
  type Announcement,
  decodeHeaders,
  decodeMempoolIds,
  encodeAnnouncement,
  encodeBlockTransactionsRequest,
  encodeHashes,
  encodeTransactionRequest,
  MAX_HEADERS,
  MAX_MEMPOOL_IDS,
  MAX_TRANSACTIONS,
  type TransactionName,
} from './messages.ts';
import { type MessageAbout, noteAnnouncement, noteTip } from './message-log.ts';
import { PeerFailedError, PeerMisbehavedError } from './peer-errors.ts';
import { parseJson, type PeerRequest, type PeerTransport } from './peer-transport.ts';

const SMALL_ANSWER_BYTES = 65_536;
const SLACK_BYTES = 16;
/** A hundred transactions of the size that mempools take at most (policy.ts: 101,000 bytes), and some more. */
const MAX_TRANSACTIONS_ANSWER_BYTES = 12_000_000;

/** Told of each call, for metrics. */
export type CountMessage = (message: string, direction: 'sent' | 'received') => void;

type Call = PeerRequest & { readonly about: MessageAbout };

export class PeerLink {
  private readonly transport: PeerTransport;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly maxBlockSizeBytes: number;
  private readonly countMessage: CountMessage;

  constructor(
    transport: PeerTransport,
    options: { session: string; maxBlockSizeBytes: number; countMessage: CountMessage },
  ) {
    this.transport = transport;
    this.headers = { [SESSION_HEADER]: options.session };
    this.maxBlockSizeBytes = options.maxBlockSizeBytes;
    this.countMessage = options.countMessage;
  }

  /** Says where we are; the answer says where it is. */
  async ping(tip: PingMessage['tip']): Promise<PingMessage['tip']> {
    const call = this.call('ping', { tip }, SMALL_ANSWER_BYTES);
    return this.transport.ask(call, (bytes) => {
      const { tip: theirs } = readPing(parseJson(bytes));
      noteTip(call.about, theirs);
      return theirs;
    });
  }

  /** Addresses of nodes that it has talked to. */
  async addresses(): Promise<AddressesMessage['addresses']> {
    const call = this.call('addresses', {}, SMALL_ANSWER_BYTES);
    return this.transport.ask(call, (bytes) => {
      const { addresses } = readAddresses(parseJson(bytes));
      call.about.addresses = addresses.length;
      return addresses;
    });
  }

  /** Headers of its active chain after the first of these hashes that is on it, lowest first; at most MAX_HEADERS. */
  async headersAfter(locator: readonly BlockHash[]): Promise<BlockHeader[]> {
    const call = this.call('headers', encodeHashes(locator), MAX_HEADERS * HEADER_BYTES + SLACK_BYTES);
    const [from] = locator;
    if (from !== undefined) call.about.hash = from;
    return this.transport.ask(call, (bytes) => {
      const headers = understood(decodeHeaders(bytes));
      call.about.headers = headers.length;
      return headers;
    });
  }

  /**
   * Fetches blocks. Each is handed over as it arrives, in the order asked; undefined for one that it does not have. The next
   * must arrive within the deadline each time, so that many blocks may take long, and a dripping peer may not.
   */
  async blocks(
    hashes: readonly BlockHash[],
    onBlock: (hash: BlockHash, block: Block | undefined, sizeBytes: number) => void,
    timeoutMs: number,
  ): Promise<void> {
    const maxBytes = hashes.length * (this.maxBlockSizeBytes + SLACK_BYTES);
    const call = { ...this.call('blocks', encodeHashes(hashes), maxBytes), timeoutMs };
    const bounds = { maxFrames: hashes.length, maxFrameBytes: this.maxBlockSizeBytes };
    Object.assign(call.about, { blocks: hashes.length, hash: hashes[0] });
    await this.transport.stream(call, async ({ chunks, extend }) => {
      let index = 0;
      for await (const frame of readFrames(chunks, bounds)) {
        extend();
        const hash = hashes[index++] as BlockHash;
        if (frame.length === 0) call.about.missing = (call.about.missing ?? 0) + 1;
        onBlock(hash, frame.length === 0 ? undefined : blockIn(frame, hash), frame.length);
      }
      if (index < hashes.length) throw new PeerFailedError(`it sent ${index} of ${hashes.length} blocks`);
    });
  }

  /** The block in short; undefined when it does not have it. */
  async compactBlock(hash: BlockHash): Promise<CompactBlock | undefined> {
    const call = this.call('compact-block', hexToBytes(hash), this.maxBlockSizeBytes + SLACK_BYTES);
    call.about.hash = hash;
    return this.transport.ask(call, (bytes) => {
      if (bytes.length === 0) {
        call.about.missing = 1;
        return undefined;
      }
      const compact = understood(decodeCompactBlock(bytes, this.maxBlockSizeBytes));
      if (blockHashOf(compact.header) !== hash) throw notAskedFor('block');
      return compact;
    });
  }

  /** Transactions of a block by their places; undefined when it does not have the block. */
  async blockTransactions(hash: BlockHash, indexes: readonly number[]): Promise<Transaction[] | undefined> {
    const request = encodeBlockTransactionsRequest({ hash, indexes });
    const call = this.call('block-transactions', request, this.maxBlockSizeBytes + 5 * indexes.length);
    call.about.hash = hash;
    const found = await this.readTransactions(call, indexes.length);
    const whole = found.filter((tx) => tx !== undefined);
    return whole.length === indexes.length ? whole : undefined;
  }

  /** Transactions by name, in their order; undefined for those that it does not have. */
  async transactions(names: readonly TransactionName[]): Promise<(Transaction | undefined)[]> {
    const request = encodeTransactionRequest(names.slice(0, MAX_TRANSACTIONS));
    const call = this.call('transactions', request, MAX_TRANSACTIONS_ANSWER_BYTES);
    const found = await this.readTransactions(call, names.length, (tx, i) => {
      const name = names[i];
      if (tx === undefined || name === undefined) return;
      const id = name.kind === 'wtxid' ? wtxidOf(tx) : txidOf(tx);
      if (id !== name.id) throw notAskedFor('transaction');
      call.about.txid ??= txidOf(tx);
    });
    return names.map((_, i) => found[i]);
  }

  /** Ids of all that waits in its mempool, parents before children. */
  async mempoolIds(): Promise<Wtxid[]> {
    const call = this.call('mempool', new Uint8Array(), MAX_MEMPOOL_IDS * 32 + SLACK_BYTES);
    return this.transport.ask(call, (bytes) => {
      const ids = understood(decodeMempoolIds(bytes));
      call.about.transactions = ids.length;
      return ids;
    });
  }

  /** Tells what is new. */
  async announce(announcement: Announcement): Promise<void> {
    const call = this.call('announce', encodeAnnouncement(announcement), SMALL_ANSWER_BYTES);
    noteAnnouncement(call.about, announcement);
    await this.transport.bytes(call);
  }

  /** Hands a block over whole, for a peer that cannot call us. Known already is fine. */
  async pushBlock(block: Block): Promise<void> {
    await this.push('/block', encodeBlock(block), { hash: blockHashOf(block.header) });
  }

  /** Hands a transaction over whole, for a peer that cannot call us. Known already is fine. */
  async pushTransaction(tx: Transaction): Promise<void> {
    await this.push('/tx', encodeTransaction(tx), { txid: txidOf(tx) });
  }

  private async push(path: string, body: Uint8Array, about: MessageAbout): Promise<void> {
    this.countMessage(`push${path}`, 'sent');
    try {
      await this.transport.bytes({ method: 'POST', path, body, maxBytes: SMALL_ANSWER_BYTES, about });
    } catch (error) {
      // A refusal is its opinion, not its failure.
      if (!(error instanceof PeerFailedError) || error.status === undefined) throw error;
    }
  }

  private async readTransactions(
    call: Call,
    most: number,
    check: (tx: Transaction | undefined, index: number) => void = () => undefined,
  ): Promise<(Transaction | undefined)[]> {
    call.about.transactions = most;
    const bounds = { maxFrames: most, maxFrameBytes: this.maxBlockSizeBytes };
    return this.transport.stream(call, async ({ chunks }) => {
      const found: (Transaction | undefined)[] = [];
      for await (const frame of readFrames(chunks, bounds)) {
        const tx = frame.length === 0 ? undefined : understood(decodeTransaction(frame));
        check(tx, found.push(tx) - 1);
      }
      const missing = most - found.filter((tx) => tx !== undefined).length;
      if (missing > 0) call.about.missing = missing;
      return found;
    });
  }

  private call(message: string, body: Uint8Array | object, maxBytes: number): Call {
    this.countMessage(message, 'sent');
    return { method: 'POST', path: `/p2p/${message}`, body, headers: this.headers, maxBytes, about: {} };
  }
}

/** What an answer decodes to. @throws PeerMisbehavedError */
function understood<T>(verdict: Verdict<T>): T {
  if (verdict.ok) return verdict.value;
  throw new PeerMisbehavedError('malformed-message', `it sent what cannot be read: ${verdict.detail}`);
}

function blockIn(frame: Uint8Array, hash: BlockHash): Block {
  const block = understood(decodeBlock(frame));
  if (blockHashOf(block.header) !== hash) throw notAskedFor('block');
  return block;
}

function notAskedFor(what: string): PeerMisbehavedError {
  return new PeerMisbehavedError('unrequested-data', `it sent a ${what} that was not asked for`);
}
