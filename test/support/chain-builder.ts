/**
 * A small language to build chains in tests (in the spirit of btcd's `fullblocktests`): mine real blocks with real
 * signatures on an easy target, synchronously and the same way each time, and tell any node about them.
 *
 *   const chain = new ChainBuilder()              //  genesis ─ a1 ─ a2
 *     .extend(2, 'a')                             //             └── b2 ─ b3
 *     .fork('a1').extend(2, 'b');
 *   const node = chain.tell({ accept, tip });
 *   await node.accepts('genesis', 'a1', 'a2', 'b2', 'b3');
 *   await node.expectTip('b3');
 *
 * Nothing here checks a rule: it will build whatever nonsense a test asks for.
 */
import {
  type Address,
  type Block,
  type BlockHash,
  type BlockHeader,
  blockHashOf,
  type ChainParams,
  type CoinEntry,
  DEFAULT_PARAMS,
  expectedTarget,
  hashMeetsTarget,
  merkleRoot,
  NO_BLOCK,
  type Reason,
  sha256,
  subsidyAt,
  type Target,
  type Transaction,
  txidOf,
  type Verdict,
} from '../../src/consensus/index.ts';
import { BuiltBlock, coinsOf, feesOf } from './built-block.ts';
import { key, type TestKey } from './keys.ts';
import { coinbase } from './payments.ts';

export { BuiltBlock, coinsAfter, coinsOf } from './built-block.ts';
export { key, type TestKey } from './keys.ts';
export { coinbase, pay, signTransaction, spend } from './payments.ts';

/** 2023: in the past of every clock that runs the tests. Seconds. */
export const GENESIS_TIME_S = 1_700_000_000;

/** Every second hash is a block. All else as in earnest; blocks of the builder come on time, so the target stays. */
export const EASY_PARAMS: ChainParams = {
  ...DEFAULT_PARAMS,
  defaultTarget: ((1n << 255n) - 1n) as Target,
};

/** Tries nonces from 0 until the hash is below the target; with `avoid`, until it is *not*. */
export function grind(header: BlockHeader, options: { avoid?: boolean } = {}): BlockHeader {
  for (let nonce = 0; nonce <= 0xffffffff; nonce++) {
    const tried = { ...header, nonce };
    if (hashMeetsTarget(blockHashOf(tried), header.target) !== (options.avoid ?? false)) return tried;
  }
  throw new Error('no nonce fits');
}

export function merkleRootOf(transactions: readonly Transaction[]): string {
  return transactions.length === 0 ? NO_BLOCK : merkleRoot(transactions.map(txidOf)).root;
}

export interface MineOptions {
  /** `null`: a genesis block. */
  readonly parent: BuiltBlock | null;
  /** All but the coinbase. */
  readonly transactions?: readonly Transaction[];
  readonly minerAddress?: TestKey | Address;
  /** Seconds; on time after the parent when left out. */
  readonly timestamp?: number;
  readonly params?: ChainParams;
  readonly name?: string;
  readonly extraNonce?: number;
  /**
   * Changes the block before the work is done. The merkle root is computed afresh for changed transactions, unless the
   * header's was changed too.
   */
  readonly mutate?: (draft: Block) => Block;
  /** Changes the block after the work was done: whatever the hash does not cover can be spoiled here. */
  readonly spoil?: (mined: Block) => Block;
}

/** Mines a block, synchronously. */
export function mineBlock(options: MineOptions): BuiltBlock {
  const {
    parent,
    transactions = [],
    minerAddress = key('miner'),
    params = EASY_PARAMS,
    extraNonce = 1,
  } = options;
  const height = parent === null ? 0 : parent.height + 1;
  const reward = subsidyAt(height, params) + feesOf(transactions, parent);
  const body = [coinbase(height, reward, minerAddress, extraNonce), ...transactions];
  const draft: Block = {
    header: {
      version: 1,
      prevHash: parent === null ? NO_BLOCK : parent.hash,
      merkleRoot: merkleRootOf(body),
      timestamp:
        options.timestamp ?? (parent === null ? GENESIS_TIME_S : parent.timestamp + params.targetBlockTimeS),
      target: expectedTarget(parent, params),
      nonce: 0,
    },
    transactions: body,
  };
  let block = options.mutate?.(draft) ?? draft;
  if (block.transactions !== draft.transactions && block.header.merkleRoot === draft.header.merkleRoot) {
    block = { ...block, header: { ...block.header, merkleRoot: merkleRootOf(block.transactions) } };
  }
  block = { ...block, header: grind(block.header) };
  return new BuiltBlock(options.name ?? `at ${height}`, options.spoil?.(block) ?? block, parent);
}

/** What `.block()` may be told. */
export interface BlockOptions extends Pick<MineOptions, 'timestamp' | 'mutate' | 'spoil'> {
  /** Name of the parent; the block built last when left out, `null` for a genesis block. */
  readonly on?: string | null;
  /** Transactions, or what makes them once the parent is known. */
  readonly txs?: readonly Transaction[] | ((parent: BuiltBlock | null) => readonly Transaction[]);
  readonly miner?: TestKey | Address;
}

/** Builds a tree of blocks by name. Starts with a block called `genesis`. */
export class ChainBuilder {
  readonly params: ChainParams;
  private readonly miner: TestKey;
  private readonly blocks = new Map<string, BuiltBlock>();
  private cursor: BuiltBlock | null = null;

  constructor(options: { params?: Partial<ChainParams>; miner?: TestKey; genesisTimeS?: number } = {}) {
    this.params = { ...EASY_PARAMS, ...options.params };
    this.miner = options.miner ?? key('miner');
    this.block('genesis', { on: null, timestamp: options.genesisTimeS ?? GENESIS_TIME_S });
  }

  /** The block of this name. */
  at(name: string): BuiltBlock {
    const found = this.blocks.get(name);
    if (found === undefined) throw new Error(`no block is called ${name}`);
    return found;
  }

  /** The block built last, or moved to by {@link fork}. */
  get last(): BuiltBlock {
    if (this.cursor === null) throw new Error('there is no block yet');
    return this.cursor;
  }

  /** All blocks in the order in which they were built. */
  get all(): BuiltBlock[] {
    return [...this.blocks.values()];
  }

  /** Mines one block on the last one, or where `on` says. */
  block(name: string, options: BlockOptions = {}): this {
    if (this.blocks.has(name)) throw new Error(`two blocks are called ${name}`);
    const { on, txs = [], miner = this.miner, ...rest } = options;
    const parent = on === undefined ? this.cursor : on === null ? null : this.at(on);
    this.cursor = mineBlock({
      ...rest,
      name,
      parent,
      transactions: typeof txs === 'function' ? txs(parent) : txs,
      minerAddress: miner,
      params: this.params,
      extraNonce: extraNonceOf(name),
    });
    this.blocks.set(name, this.cursor);
    return this;
  }

  /** Mines `count` blocks one on another, called by branch and height: `extend(2, 'b')` on height 1 gives b2 and b3. */
  extend(count: number, branch = 'a', options: Pick<BlockOptions, 'miner'> = {}): this {
    for (let left = count; left > 0; left--) this.block(`${branch}${this.last.height + 1}`, options);
    return this;
  }

  /** What is built next stands on this block. */
  fork(on: string): this {
    this.cursor = this.at(on);
    return this;
  }

  /** Coins of an owner after a block (the last one). */
  coins(owner: TestKey | Address, at: string = this.last.name): CoinEntry[] {
    return coinsOf(owner, this.at(at));
  }

  /** Talk to a node about these blocks. */
  tell(node: Listener): Conversation {
    return new Conversation(this, node);
  }
}

/** A number that differs from name to name: two forks by one miner must not be one block. */
function extraNonceOf(name: string): number {
  const digest = sha256(new TextEncoder().encode(name));
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0) & 0x7fffffff;
}

/** Whatever takes blocks: rules in memory, a chain state, a node behind HTTP. */
export interface Listener {
  accept(block: Block): Verdict<unknown> | Promise<Verdict<unknown>>;
  /** Hash of its tip; null or undefined when it has none. */
  tip?(): BlockHash | null | undefined | Promise<BlockHash | null | undefined>;
}

/** Tells a node about blocks and says what should come of it. Every method throws an Error that says what came instead. */
export class Conversation {
  private readonly chain: ChainBuilder;
  private readonly node: Listener;

  constructor(chain: ChainBuilder, node: Listener) {
    this.chain = chain;
    this.node = node;
  }

  /** Hands over blocks, in this order; each must be taken. */
  async accepts(...names: readonly string[]): Promise<this> {
    for (const name of names) {
      const verdict = await this.node.accept(this.chain.at(name).block);
      if (!verdict.ok) throw new Error(`${name} was refused: ${verdict.reason} (${verdict.detail})`);
    }
    return this;
  }

  /** Hands over a block, which must be refused for this reason. */
  async expectReason(name: string, reason: Reason): Promise<this> {
    const verdict = await this.node.accept(this.chain.at(name).block);
    const answer = verdict.ok ? 'taken' : `refused with ${verdict.reason} (${verdict.detail})`;
    if (verdict.ok || verdict.reason !== reason)
      throw new Error(`${name} should be ${reason}, but was ${answer}`);
    return this;
  }

  async expectTip(name: string): Promise<this> {
    const tip = await this.node.tip?.();
    if (tip !== this.chain.at(name).hash) {
      const other = this.chain.all.find((built) => built.hash === tip)?.name ?? String(tip);
      throw new Error(`the tip should be ${name}, but is ${other}`);
    }
    return this;
  }
}
