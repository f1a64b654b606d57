/**
 * What the chain state needs from the outside world. Storage, node and simulator implement these; nothing here knows them.
 */
import type {
  Address,
  Block,
  BlockHash,
  BlockHeader,
  BlockStatus,
  Coin,
  CoinChanges,
  CoinEntry,
  OutpointKey,
  Reason,
  SignatureCheck,
  SpentCoin,
  Target,
  Transaction,
  Txid,
  Work,
} from '../consensus/index.ts';

/** A header as it is kept. */
export interface StoredHeader {
  readonly hash: BlockHash;
  readonly header: BlockHeader;
  readonly height: number;
  readonly chainWork: Work;
  readonly status: BlockStatus;
  readonly hasBody: boolean;
  /** Set where status is `invalid`. */
  readonly invalidReason: Reason | undefined;
}

/** The end of the active chain. */
export interface StoredTip {
  readonly hash: BlockHash;
  readonly height: number;
  /** The tip's own target. */
  readonly target: Target;
  readonly chainWork: Work;
  /** How many coins are unspent. */
  readonly coinCount: number;
}

/** A block that is stored for the first time, or whose body arrives. */
export interface BlockToStore {
  readonly hash: BlockHash;
  readonly block: Block;
  readonly height: number;
  readonly chainWork: Work;
  readonly status: BlockStatus;
  readonly invalidReason?: Reason;
}

/** A block that joins the active chain (its body is stored by now, or in the same change). */
export interface ConnectedChange {
  readonly hash: BlockHash;
  readonly height: number;
  readonly block: Block;
  readonly coins: CoinChanges;
}

/** A block that leaves the active chain and becomes a valid fork. */
export interface DisconnectedChange {
  readonly hash: BlockHash;
  readonly height: number;
  readonly block: Block;
  /** What it had done to the coins. */
  readonly coins: CoinChanges;
}

/**
 * Everything that one step of the chain changes. A store applies it as a whole or not at all, whatever happens in between.
 * Order of meaning: store, disconnect (top first), connect (lowest first), tip.
 */
export interface ChainChange {
  readonly storeBlocks: readonly BlockToStore[];
  /** New states of blocks that are neither connected nor disconnected by this change. */
  readonly statuses: readonly {
    readonly hash: BlockHash;
    readonly status: BlockStatus;
    readonly invalidReason?: Reason;
  }[];
  /** Bodies that proved not to be the ones their hashes stand for: thrown away, the header stays as `headers-only`. */
  readonly dropBodies: readonly BlockHash[];
  readonly disconnected: readonly DisconnectedChange[];
  readonly connected: readonly ConnectedChange[];
  /** The tip after the change; undefined leaves it. There is always one once there was a block. */
  readonly tip: StoredTip | undefined;
  /** Transactions of disconnected blocks that no connected block contains: they wait again, and must survive a crash. */
  readonly returnedToMempool: readonly Transaction[];
  /** Transactions that wait no longer: the blocks connected contain them. */
  readonly confirmed: readonly Txid[];
}

/** Keeps blocks, coins and the tip. All methods reject with an `Error` on I/O failure; the caller then stops the node. */
export interface ChainStore {
  /** All headers, every parent before its children, in portions. */
  loadHeaders(): AsyncIterable<readonly StoredHeader[]>;
  loadTip(): Promise<StoredTip | undefined>;
  /** The body of a block; undefined where there is none. */
  readBlock(hash: BlockHash): Promise<Block | undefined>;
  /** Several bodies in one query; missing ones are left out. */
  readBlocks(hashes: readonly BlockHash[]): Promise<Map<BlockHash, Block>>;
  /** Several bodies as their full bytes, for those who pass them on; missing ones are left out. */
  readBlockBytes(hashes: readonly BlockHash[]): Promise<Map<BlockHash, Uint8Array>>;
  /** The unspent ones among these, in one query. */
  readCoins(keys: readonly OutpointKey[]): Promise<Map<OutpointKey, Coin>>;
  /** What the block of the active chain at this height spent, for taking it back. */
  readUndo(height: number): Promise<SpentCoin[]>;
  /** The same of all blocks of the active chain from this height on, by height, in one query. */
  readUndoFrom(height: number): Promise<Map<number, SpentCoin[]>>;
  /** Applies a change in one durable transaction. When the promise resolves, a power cut loses nothing of it. */
  commit(change: ChainChange): Promise<void>;
}

/** Page of a list: items and the cursor that continues after them; undefined at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/** A coin of an address, with its fate. */
export interface AddressCoin extends CoinEntry {
  /** Height and transaction that spent it, as far as the asked height knows. */
  readonly spent: { readonly height: number; readonly txid: Txid } | undefined;
}

/** One transaction's effect on an address. */
export interface AddressEvent {
  readonly txid: Txid;
  readonly height: number;
  /** Base units that came to and left the address. */
  readonly received: number;
  readonly sent: number;
}

/** Where a transaction of the active chain is. */
export interface TransactionPlace {
  readonly blockHash: BlockHash;
  readonly height: number;
  readonly position: number;
}

/** What a block of the active chain holds, in figures. */
export interface BlockFigures {
  readonly hash: BlockHash;
  readonly height: number;
  readonly sizeBytes: number;
  readonly transactionCount: number;
  /** Base units that its coinbase pays. */
  readonly coinbaseAmount: number;
}

/** Unspent coins of about the same age. */
export interface CoinAgeBin {
  /** From `bin * width` blocks of age, up to the next bin. */
  readonly bin: number;
  readonly coinCount: number;
  readonly amount: number;
}

/** Questions that people and wallets ask about the active chain. `atHeight` undefined = now. */
export interface ChainQueries {
  balance(
    address: Address,
    atHeight?: number,
  ): Promise<{ readonly balance: number; readonly coinCount: number }>;
  /**
   * Unspent coins of an address, ordered by height of creation, then txid and index.
   * @param after a cursor from an earlier page
   * @throws BadCursorError for a cursor that is not one
   */
  coinsOf(
    address: Address,
    options: { readonly atHeight?: number; readonly after?: string; readonly limit: number },
  ): Promise<Page<CoinEntry>>;
  /** Base units of an address in unspent block rewards of this height and above: those that may not be mature. */
  rewardsSince(address: Address, height: number): Promise<number>;
  /** Transactions of the active chain that touch an address, latest first. */
  historyOf(
    address: Address,
    options: { readonly after?: string; readonly limit: number },
  ): Promise<Page<AddressEvent>>;
  findTransaction(txid: Txid): Promise<TransactionPlace | undefined>;
  /** One coin and its fate, spent or not. */
  findCoin(key: OutpointKey): Promise<AddressCoin | undefined>;
  /** Figures of the blocks of the active chain from one height to another, both included, lowest first. Reads no bodies. */
  blockFigures(fromHeight: number, toHeight: number): Promise<readonly BlockFigures[]>;
  /**
   * Unspent coins by age in blocks, as seen from `height`, in bins of `width` blocks; youngest first, without empty bins. Reads
   * the whole unspent set: not to be asked often.
   */
  coinAges(height: number, width: number): Promise<readonly CoinAgeBin[]>;
  /** The whole unspent set in the order of outpoints, in portions, for verification. */
  allCoins(): AsyncIterable<readonly CoinEntry[]>;
}

/** A cursor that this store did not hand out. */
export class BadCursorError extends Error {
  override readonly name = 'BadCursorError';
}

/** Does the curve mathematics, somewhere. */
export interface Verifier {
  /** Which engine it is, for logs and `status`. */
  readonly name: string;
  /** Index of the first check that fails; -1 when all hold. Order and result never depend on the engine. */
  firstInvalid(checks: readonly SignatureCheck[]): Promise<number>;
  close(): Promise<void>;
}

/** Our clock. */
export interface Clock {
  /** Seconds since 1970, whole. */
  nowS(): number;
  /** Milliseconds since 1970. */
  nowMs(): number;
}
