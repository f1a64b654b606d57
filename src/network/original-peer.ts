/**
 * Talking to a plain MiniBitcoinPy node: with the calls that it has, `GET /health`, `GET /chain`, `POST /tx`, `POST /block`.
 *
 * It knows no handshake, cannot be asked for a part of its chain, and does not know us unless its owner told it. So it is asked
 * for its tip at intervals, its chain is read as a whole when that tip is unknown here (one block in memory at a time), and it
 * is handed what is new.
 */
import {
  type Block,
  blockFromJson,
  type BlockHash,
  blockHashOf,
  blockToJson,
  type Transaction,
  transactionToJson,
  txidOf,
} from '../consensus/index.ts';
import { readJsonBlocks } from './json-blocks.ts';
import type { MessageAbout } from './message-log.ts';
import { PeerFailedError, PeerMisbehavedError } from './peer-errors.ts';
import { parseJson, type PeerTransport, record } from './peer-transport.ts';

const SMALL_ANSWER_BYTES = 1_000_000;
/** Hex and names make JSON about five times as long as the bytes. */
const JSON_PER_BYTE = 5;
/** More than the original could ever put together in its own memory. */
const MAX_CHAIN_BYTES = 4_000_000_000;

/** What its /health says of its chain. */
export interface OriginalTip {
  readonly nodeName: string;
  /** −1 when it has no block. */
  readonly height: number;
  readonly hash: BlockHash | undefined;
}

export class OriginalPeer {
  private readonly transport: PeerTransport;
  private readonly maxBlockSizeBytes: number;

  constructor(transport: PeerTransport, maxBlockSizeBytes: number) {
    this.transport = transport;
    this.maxBlockSizeBytes = maxBlockSizeBytes;
  }

  async tip(): Promise<OriginalTip> {
    const call = { method: 'GET', path: '/health', maxBytes: SMALL_ANSWER_BYTES } as const;
    const { chain_height: height, tip_hash: hash, node_name: name } = record(await this.transport.json(call));
    if (typeof height !== 'number' || !Number.isInteger(height))
      throw new PeerFailedError('its /health has no chain_height');
    return {
      nodeName: typeof name === 'string' ? name.slice(0, 64) : '',
      height,
      hash:
        typeof hash === 'string' && /^[0-9a-f]{64}$/i.test(hash)
          ? (hash.toLowerCase() as BlockHash)
          : undefined,
    };
  }

  /**
   * Reads its whole chain from genesis up and hands over each block.
   * @param take resolves to false when no more are wanted
   */
  async readChain(take: (block: Block) => Promise<boolean>): Promise<void> {
    const maxBlockBytes = this.maxBlockSizeBytes * JSON_PER_BYTE + 16_384;
    const call = { method: 'GET', path: '/chain', maxBytes: MAX_CHAIN_BYTES, timeoutMs: 60_000 } as const;
    await this.transport.stream(call, async ({ chunks, extend }) => {
      for await (const json of readJsonBlocks(chunks, maxBlockBytes)) {
        const block = blockFromJson(parseJson(json));
        if (!block.ok)
          throw new PeerMisbehavedError(
            'malformed-message',
            `it sent a block that cannot be read: ${block.detail}`,
          );
        const goesOn = await take(block.value);
        extend(); // after our own work, which is not its fault
        if (!goesOn) return;
      }
    });
  }

  async sendBlock(block: Block): Promise<void> {
    await this.send('/block', blockToJson(block), { hash: blockHashOf(block.header) });
  }

  async sendTransaction(tx: Transaction): Promise<void> {
    await this.send('/tx', transactionToJson(tx), { txid: txidOf(tx) });
  }

  private async send(path: string, body: object, about: MessageAbout): Promise<void> {
    try {
      await this.transport.bytes({ method: 'POST', path, body, maxBytes: SMALL_ANSWER_BYTES, about });
    } catch (error) {
      // It answered, and has its own opinion: 409 when it knows it, 400 when it does not want it.
      if (!(error instanceof PeerFailedError) || error.status === undefined) throw error;
    }
  }
}
