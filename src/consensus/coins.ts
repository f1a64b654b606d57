/**
 * Coins: unspent outputs, the state that all blocks together describe (Bitcoin's "UTXO set"; Core: coins.h).
 */
import type { Address, Txid } from './hash.ts';
import type { Outpoint } from './transaction.ts';
import type { Branded } from './hash.ts';

/** An output that can be spent, with what the rules want to know of its birth. */
export interface Coin {
  /** Base units. */
  readonly amount: number;
  readonly pubkeyHash: Address;
  /** Height of the block that created it. */
  readonly height: number;
  readonly coinbase: boolean;
}

/** `txid:index`, the Map key of an outpoint. */
export type OutpointKey = Branded<string, 'OutpointKey'>;

export function outpointKey(txid: Txid, index: number): OutpointKey {
  return `${txid}:${index}` as OutpointKey;
}

export function parseOutpointKey(key: OutpointKey): Outpoint {
  return { txid: key.slice(0, 64) as Txid, index: Number(key.slice(65)) };
}

/** A coin and where it is. */
export interface CoinEntry {
  readonly outpoint: Outpoint;
  readonly coin: Coin;
}

/** A coin that a block spent, and the transaction that did it: what a disconnect must give back (Core: CTxUndo). */
export interface SpentCoin extends CoinEntry {
  readonly spentBy: Txid;
}

/** Anything that can be asked for coins. Synchronous: whatever is on disk has been fetched before. */
export interface CoinsView {
  get(key: OutpointKey): Coin | undefined;
}

/** What connecting one block does to the coins. */
export interface CoinChanges {
  readonly created: readonly CoinEntry[];
  /** In the order in which the block spends them; coins created by the same block are among them. */
  readonly spent: readonly SpentCoin[];
}

/**
 * Coins on top of other coins: changes stay here until somebody commits them. A reorg is tried out on one of these, so
 * that the real set is untouched until every block of the new branch has proved valid (Core: CCoinsViewCache).
 */
export class CoinsOverlay implements CoinsView {
  private readonly base: CoinsView;
  /** `null` marks a coin that is spent. */
  private readonly changes = new Map<OutpointKey, Coin | null>();

  constructor(base: CoinsView) {
    this.base = base;
  }

  get(key: OutpointKey): Coin | undefined {
    const changed = this.changes.get(key);
    return changed === undefined ? this.base.get(key) : (changed ?? undefined);
  }

  /** What became of a coin here: `null` for spent, undefined where it was not touched. */
  changeOf(key: OutpointKey): Coin | null | undefined {
    return this.changes.get(key);
  }

  add(key: OutpointKey, coin: Coin): void {
    this.changes.set(key, coin);
  }

  spend(key: OutpointKey): void {
    this.changes.set(key, null);
  }

  /** Connects a block: first what it creates, then what it spends (it may spend what it creates). */
  connect(changes: CoinChanges): void {
    for (const { outpoint, coin } of changes.created)
      this.add(outpointKey(outpoint.txid, outpoint.index), coin);
    for (const { outpoint } of changes.spent) this.spend(outpointKey(outpoint.txid, outpoint.index));
  }

  /** Disconnects a block: the exact reverse of {@link connect}. */
  disconnect(changes: CoinChanges): void {
    for (const { outpoint, coin } of changes.spent)
      this.add(outpointKey(outpoint.txid, outpoint.index), coin);
    for (const { outpoint } of changes.created) this.spend(outpointKey(outpoint.txid, outpoint.index));
  }
}
