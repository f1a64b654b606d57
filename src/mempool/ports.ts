/**
 * What the mempool needs from the outside world.
 */
import type { Coin, OutpointKey, Transaction, Txid } from '../consensus/index.ts';

/** A waiting transaction as it is kept over restarts. */
export interface StoredMempoolTransaction {
  readonly tx: Transaction;
  /** Milliseconds since 1970 when it was first accepted here. */
  readonly receivedAtMs: number;
  /** Base units; 0 where it is not known yet (transactions that came back from a disconnected block). */
  readonly fee: number;
}

/** Keeps waiting transactions. */
export interface MempoolStore {
  /** All of them, in the order in which they were added. */
  load(): Promise<StoredMempoolTransaction[]>;
  /** Durable when resolved. Known txids are replaced. */
  add(entries: readonly StoredMempoolTransaction[]): Promise<void>;
  remove(txids: readonly Txid[]): Promise<void>;
}

/** What the mempool asks the chain. Implemented by the chain state. */
export interface ChainView {
  /** Height of the tip; −1 when there is none. */
  readonly height: number;
  /** Median time past of the tip, in seconds; 0 when there is none. */
  readonly medianTimePast: number;
  /** Changes with every change of the tip: what was gathered under another epoch is out of date. */
  readonly epoch: number;
  /** The unspent ones among these. */
  fetchCoins(keys: readonly OutpointKey[]): Promise<Map<OutpointKey, Coin>>;
  /** True when a transaction of this id is in the active chain. */
  isConfirmed(txid: Txid): Promise<boolean>;
}
