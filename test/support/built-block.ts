/**
 * Blocks that tests have built, and the coins after each of them, computed in the plainest way.
 */
import {
  type Address,
  type Block,
  type BlockHash,
  blockHashOf,
  type Coin,
  type CoinEntry,
  coinsCreatedBy,
  type CoinsView,
  isCoinbase,
  type OutpointKey,
  outpointKey,
  parseOutpointKey,
  type Target,
  type TimedBlock,
  type Transaction,
  txidOf,
} from '../../src/consensus/index.ts';
import type { TestKey } from './keys.ts';

/** A block that was built, with its ancestors: all that the target and time rules ask for. */
export class BuiltBlock implements TimedBlock {
  readonly name: string;
  readonly block: Block;
  readonly hash: BlockHash;
  readonly parent: BuiltBlock | null;
  readonly height: number;

  constructor(name: string, block: Block, parent: BuiltBlock | null) {
    this.name = name;
    this.block = block;
    this.hash = blockHashOf(block.header);
    this.parent = parent;
    this.height = parent === null ? 0 : parent.height + 1;
  }

  get timestamp(): number {
    return this.block.header.timestamp;
  }

  get target(): Target {
    return this.block.header.target;
  }

  /** Genesis first, this block last. */
  get chain(): BuiltBlock[] {
    const below: BuiltBlock[] = [];
    for (let at = this.parent; at !== null; at = at.parent) below.push(at);
    return [...below.reverse(), this];
  }
}

// --- Coins, the naive way ----------------------------------------------------------------------------------------

const coinSets = new WeakMap<BuiltBlock, ReadonlyMap<OutpointKey, Coin>>();

/**
 * The unspent coins after a block: all blocks from genesis on, output by output, no undo and no overlay. Slow and plain, to
 * be compared with what the clever code says.
 */
export function coinsAfter(tip: BuiltBlock | null): ReadonlyMap<OutpointKey, Coin> {
  const open: BuiltBlock[] = [];
  let at = tip;
  while (at !== null && !coinSets.has(at)) {
    open.push(at);
    at = at.parent;
  }
  const coins = new Map(at === null ? [] : coinSets.get(at));
  for (const next of open.reverse()) {
    for (const tx of next.block.transactions) {
      if (!isCoinbase(tx))
        for (const input of tx.inputs) coins.delete(outpointKey(input.prevTxid, input.prevIndex));
      for (const { outpoint, coin } of coinsCreatedBy(tx, next.height)) {
        coins.set(outpointKey(outpoint.txid, outpoint.index), coin);
      }
    }
  }
  if (tip !== null) coinSets.set(tip, coins);
  return coins;
}

/** The coins of one owner after a block, oldest first. */
export function coinsOf(owner: TestKey | Address, tip: BuiltBlock | null): CoinEntry[] {
  const address = addressOf(owner);
  return [...coinsAfter(tip)]
    .filter(([, coin]) => coin.pubkeyHash === address)
    .map(([outpoint, coin]) => ({ outpoint: parseOutpointKey(outpoint), coin }));
}

export function addressOf(owner: TestKey | Address): Address {
  return typeof owner === 'string' ? owner : owner.address;
}

/** Fees of transactions in a block on `parent`; inputs that do not exist count nothing. */
export function feesOf(transactions: readonly Transaction[], parent: BuiltBlock | null): number {
  if (transactions.length === 0) return 0;
  const before: CoinsView = coinsAfter(parent);
  const amounts = new Map<OutpointKey, number>();
  let fees = 0;
  for (const tx of transactions) {
    for (const { prevTxid, prevIndex } of tx.inputs) {
      const outpoint = outpointKey(prevTxid, prevIndex);
      fees += amounts.get(outpoint) ?? before.get(outpoint)?.amount ?? 0;
    }
    for (const [index, { amount }] of tx.outputs.entries()) {
      fees -= amount;
      amounts.set(outpointKey(txidOf(tx), index), amount);
    }
  }
  return Math.max(fees, 0);
}
