/**
 * Blocks that were asked for lately, read once: decoded, with what they spent, and as the text that is sent.
 *
 * Only blocks of the active chain are kept. Their bodies were found valid, with all signatures, so a hash stands for these bytes
 * and no others, and a reorganisation makes nothing here wrong: whether a block is active is asked of the chain each time. (The
 * body of any other block may still prove to be a spoiled copy, and be replaced by another one: what is known of it is kept for
 * moments only.) The same goes for what a block spent: the outpoints say whose coins they were and how much.
 */
import type { ChainQueries, Chainstate, ChainStore } from '../chainstate/index.ts';
import {
  type Block,
  type BlockHash,
  blockSize,
  blockToJson,
  type Coin,
  type HeaderNode,
  isCoinbase,
  type OutpointKey,
  outpointKey,
  type Transaction,
  type Txid,
  txidOf,
} from '../consensus/index.ts';
import type { BlockSummary } from '../protocol/index.ts';

/** What a list of blocks says of one besides its header. */
export type BlockFacts = Pick<
  BlockSummary,
  'size' | 'transaction_count' | 'miner' | 'reward' | 'output_total'
>;

export interface ServedBlocksOptions {
  /** Full bytes of the blocks kept. In memory a block takes several times as much. */
  readonly maxBytes: number;
  /** Of so many blocks the facts are kept; they are small. */
  readonly maxFacts: number;
  /** The facts of a block beside the active chain hold for so long. */
  readonly sideFactsMs: number;
}

export const DEFAULT_SERVED_BLOCKS: ServedBlocksOptions = {
  maxBytes: 4_000_000,
  maxFacts: 5_000,
  sideFactsMs: 5_000,
};

/** One block, and what is worked out of it when somebody wants it. */
export class ServedBlock {
  readonly block: Block;
  readonly sizeBytes: number;
  private text: Buffer | undefined = undefined;
  private coins: ReadonlyMap<OutpointKey, Coin> | undefined = undefined;

  constructor(block: Block) {
    this.block = block;
    this.sizeBytes = blockSize(block);
  }

  /** The members of its JSON form, without braces. */
  get json(): Buffer {
    this.text ??= Buffer.from(JSON.stringify(blockToJson(this.block)).slice(1, -1));
    return this.text;
  }

  facts(): BlockFacts {
    const { transactions } = this.block;
    const [first] = transactions;
    const coinbase = first !== undefined && isCoinbase(first) ? first : undefined;
    const sum = (outputs: readonly { amount: number }[]): number =>
      outputs.reduce((total, { amount }) => total + amount, 0);
    return {
      size: this.sizeBytes,
      transaction_count: transactions.length,
      miner: coinbase?.outputs[0]?.pubkeyHash ?? null,
      reward: coinbase === undefined ? 0 : sum(coinbase.outputs),
      output_total: sum(transactions.flatMap((tx) => tx.outputs)),
    };
  }

  /** The coins that it spent, by outpoint; undefined where they cannot be had, as of a block that is just leaving the chain. */
  async spent(
    store: Pick<ChainStore, 'readUndo'>,
    height: number,
  ): Promise<ReadonlyMap<OutpointKey, Coin> | undefined> {
    if (this.coins !== undefined) return this.coins;
    const undo = await store.readUndo(height);
    const coins = new Map(
      undo.map(({ outpoint, coin }) => [outpointKey(outpoint.txid, outpoint.index), coin]),
    );
    // The chain may have changed meanwhile: that height is another block's then.
    const isComplete = this.block.transactions.every(
      (tx) =>
        isCoinbase(tx) || tx.inputs.every((input) => coins.has(outpointKey(input.prevTxid, input.prevIndex))),
    );
    if (!isComplete) return undefined;
    this.coins = coins;
    return coins;
  }
}

/** A transaction of the active chain, with its block. */
export interface ConfirmedTransaction {
  readonly tx: Transaction;
  readonly node: HeaderNode;
  readonly served: ServedBlock;
  readonly position: number;
}

interface KeptPlace {
  readonly hash: BlockHash;
  readonly position: number;
}

export class ServedBlocks {
  private readonly chain: Pick<Chainstate, 'headers'>;
  private readonly store: Pick<ChainStore, 'readBlock'> & Pick<ChainQueries, 'findTransaction'>;
  private readonly options: ServedBlocksOptions;
  /** The one used longest ago comes first. */
  private readonly kept = new Map<BlockHash, ServedBlock>();
  private readonly places = new Map<Txid, KeptPlace>();
  private readonly facts = new Map<BlockHash, BlockFacts>();
  /** Of blocks beside the active chain, and until when (by `performance.now`). Every snapshot asks for some of them. */
  private readonly sideFacts = new Map<BlockHash, { readonly facts: BlockFacts; readonly untilMs: number }>();
  private readonly reading = new Map<BlockHash, Promise<ServedBlock | undefined>>();
  private bytes = 0;

  constructor(
    chain: Pick<Chainstate, 'headers'>,
    store: Pick<ChainStore, 'readBlock'> & Pick<ChainQueries, 'findTransaction'>,
    options = DEFAULT_SERVED_BLOCKS,
  ) {
    this.chain = chain;
    this.store = store;
    this.options = options;
  }

  /** Full bytes of the blocks kept. */
  get keptBytes(): number {
    return this.bytes;
  }

  /** A block; undefined where its body is not known. Several that ask at the same time read it once. */
  async get(node: HeaderNode): Promise<ServedBlock | undefined> {
    if (!node.hasBody) return undefined;
    const { hash } = node;
    const kept = this.kept.get(hash);
    if (kept !== undefined) {
      this.kept.delete(hash);
      this.kept.set(hash, kept);
      return kept;
    }
    if (!this.chain.headers.isActive(node)) return this.read(hash);
    let reading = this.reading.get(hash);
    if (reading === undefined) {
      reading = this.readAndKeep(hash).finally(() => this.reading.delete(hash));
      this.reading.set(hash, reading);
    }
    return reading;
  }

  /** What a list of blocks says of one; undefined where its body is not known. */
  async factsOf(node: HeaderNode): Promise<BlockFacts | undefined> {
    const known = this.facts.get(node.hash);
    if (known !== undefined) return known;
    const isFinal = this.chain.headers.isActive(node);
    const nowMs = performance.now();
    const side = this.sideFacts.get(node.hash);
    if (!isFinal && node.hasBody && side !== undefined && nowMs < side.untilMs) return side.facts;
    // Not by way of what is kept: whoever pages through the chain would push out all that others ask for.
    const served = this.kept.get(node.hash) ?? (node.hasBody ? await this.read(node.hash) : undefined);
    if (served === undefined) return undefined;
    const facts = served.facts();
    if (isFinal) this.facts.set(node.hash, facts);
    else {
      this.sideFacts.delete(node.hash); // to the end of those that go
      this.sideFacts.set(node.hash, { facts, untilMs: nowMs + this.options.sideFactsMs });
    }
    for (const kept of [this.facts, this.sideFacts]) if (kept.size > this.options.maxFacts) deleteFirst(kept);
    return facts;
  }

  /** A transaction of the active chain. */
  async find(txid: Txid): Promise<ConfirmedTransaction | undefined> {
    const { headers } = this.chain;
    const kept = this.places.get(txid);
    const keptNode = kept && headers.get(kept.hash);
    // In a block that has left the chain, it may be in another one now.
    if (kept !== undefined && keptNode !== undefined && headers.isActive(keptNode))
      return this.at(keptNode, kept.position);
    const place = await this.store.findTransaction(txid);
    const node = place && headers.get(place.blockHash);
    return place === undefined || node === undefined ? undefined : this.at(node, place.position);
  }

  private async at(node: HeaderNode, position: number): Promise<ConfirmedTransaction | undefined> {
    const served = await this.get(node);
    const tx = served?.block.transactions[position];
    return served === undefined || tx === undefined ? undefined : { tx, node, served, position };
  }

  private async read(hash: BlockHash): Promise<ServedBlock | undefined> {
    const block = await this.store.readBlock(hash);
    return block === undefined ? undefined : new ServedBlock(block);
  }

  private async readAndKeep(hash: BlockHash): Promise<ServedBlock | undefined> {
    const served = await this.read(hash);
    if (served === undefined || served.sizeBytes > this.options.maxBytes) return served;
    this.kept.set(hash, served);
    this.bytes += served.sizeBytes;
    for (const [position, tx] of served.block.transactions.entries())
      this.places.set(txidOf(tx), { hash, position });
    for (const [oldest, block] of this.kept) {
      if (this.bytes <= this.options.maxBytes) break;
      this.forget(oldest, block);
    }
    return served;
  }

  private forget(hash: BlockHash, { block, sizeBytes }: ServedBlock): void {
    this.kept.delete(hash);
    this.bytes -= sizeBytes;
    for (const tx of block.transactions) {
      const txid = txidOf(tx);
      if (this.places.get(txid)?.hash === hash) this.places.delete(txid);
    }
  }
}

function deleteFirst<K>(map: Map<K, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}
