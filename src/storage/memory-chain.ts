/**
 * The chain in memory: the same tables as in SQL, as maps. A change is worked out on drafts on top of the maps, checked
 * as a database would check it, and then written through in one go that cannot fail: atomic by construction.
 */
import type { BlockToStore, ChainChange, StoredTip } from '../chainstate/ports.ts';
import {
  outpointKey,
  parseOutpointKey,
  type Block,
  type BlockHash,
  type BlockHeader,
  type BlockStatus,
  type Coin,
  type CoinEntry,
  type OutpointKey,
  type Reason,
  type Txid,
  type Work,
} from '../consensus/index.ts';
import {
  checkTransition,
  invariant,
  planChange,
  statusRows,
  type ChangePlan,
  type ForkPoint,
  type HistoricCoin,
} from './change-plan.ts';
import { DraftMap } from './draft-map.ts';

/** A row of `blocks`. */
export interface BlockRow {
  readonly header: BlockHeader;
  readonly height: number;
  readonly chainWork: Work;
  readonly status: BlockStatus;
  readonly invalidReason: Reason | undefined;
  readonly body: Block | undefined;
  /** Order of arrival. */
  readonly sequence: number;
}

/** What the blocks of the active chain at one height did: the indexes by height of the SQL tables. */
interface HeightRow {
  readonly txids: readonly Txid[];
  readonly created: readonly OutpointKey[];
  readonly spent: readonly OutpointKey[];
}

export interface PlaceRow {
  readonly height: number;
  readonly position: number;
}

export class MemoryChain {
  readonly blocks = new Map<BlockHash, BlockRow>();
  /** The active chain: height → hash. */
  readonly active = new Map<number, BlockHash>();
  readonly coins = new Map<OutpointKey, Coin>();
  readonly spentCoins = new Map<OutpointKey, HistoricCoin>();
  readonly transactions = new Map<Txid, PlaceRow>();
  readonly heights = new Map<number, HeightRow>();
  tip: StoredTip | undefined;
  #lastSequence = 0;

  /** Applies everything of a change but the mempool's part. @throws StorageInvariantError, and then nothing has changed */
  apply(change: ChainChange): void {
    const plan = planChange(change);
    const draft = new Draft(this, this.#lastSequence);
    const fork = plan.forkHeight === undefined ? undefined : draft.disconnect(change, plan.forkHeight);
    change.storeBlocks.forEach((block) => draft.store(block, plan));
    draft.changeStatuses(change, plan);
    draft.connect(change, plan);
    checkTransition(change, { before: this.tip, fork, netCoins: draft.netCoins });
    draft.apply(); // from here on nothing can fail
    this.#lastSequence = draft.lastSequence;
    this.tip = change.tip ?? this.tip;
  }
}

class Draft {
  netCoins = 0;
  lastSequence: number;
  readonly #topHeight: number;
  readonly #blocks: DraftMap<BlockHash, BlockRow>;
  readonly #active: DraftMap<number, BlockHash>;
  readonly #coins: DraftMap<OutpointKey, Coin>;
  readonly #spentCoins: DraftMap<OutpointKey, HistoricCoin>;
  readonly #transactions: DraftMap<Txid, PlaceRow>;
  readonly #heights: DraftMap<number, HeightRow>;

  constructor(chain: MemoryChain, lastSequence: number) {
    this.lastSequence = lastSequence;
    this.#topHeight = chain.tip?.height ?? -1;
    this.#blocks = new DraftMap(chain.blocks);
    this.#active = new DraftMap(chain.active);
    this.#coins = new DraftMap(chain.coins);
    this.#spentCoins = new DraftMap(chain.spentCoins);
    this.#transactions = new DraftMap(chain.transactions);
    this.#heights = new DraftMap(chain.heights);
  }

  disconnect(change: ChainChange, forkHeight: number): ForkPoint {
    let lowest: BlockRow | undefined;
    for (const { hash } of change.disconnected) {
      const row = this.#blocks.get(hash);
      invariant(row?.status === 'active', () => `block ${hash} to disconnect is not active`);
      this.#blocks.set(hash, { ...row, status: 'valid-fork' });
      this.#active.delete(row.height);
      lowest = row;
    }
    for (let height = this.#topHeight; height > forkHeight; height--) this.#undoHeight(height);
    invariant(lowest !== undefined, () => 'nothing to disconnect');
    return { hash: lowest.header.prevHash, height: forkHeight };
  }

  #undoHeight(height: number): void {
    const row = this.#heights.get(height);
    invariant(row !== undefined, () => `nothing is known of height ${height}`);
    for (const key of row.spent) {
      const spent = this.#spentCoins.get(key);
      invariant(spent !== undefined && this.#spentCoins.delete(key), () => `no undo for coin ${key}`);
      this.#coins.set(key, spent.coin);
      this.netCoins++;
    }
    for (const key of row.created) {
      invariant(this.#coins.delete(key), () => `coin ${key} of height ${height} is not there`);
      this.netCoins--;
    }
    for (const txid of row.txids) this.#transactions.delete(txid);
    this.#heights.delete(height);
  }

  store({ hash, block, height, chainWork, status, invalidReason }: BlockToStore, plan: ChangePlan): void {
    const known = this.#blocks.get(hash);
    const active = plan.connected.has(hash);
    this.#setBlock(hash, {
      header: known?.header ?? block.header,
      height: known?.height ?? height,
      chainWork: known?.chainWork ?? chainWork,
      status: active ? 'active' : status,
      invalidReason: active ? undefined : invalidReason,
      body: block.transactions.length === 0 ? undefined : block,
      sequence: known?.sequence ?? ++this.lastSequence,
    });
  }

  changeStatuses(change: ChainChange, plan: ChangePlan): void {
    for (const { hash, status, invalidReason } of statusRows(change, plan)) {
      const row = this.#blocks.get(hash);
      invariant(row !== undefined, () => `block ${hash}, whose state changes, is not stored`);
      this.#setBlock(hash, { ...row, status, invalidReason });
    }
    for (const hash of change.dropBodies) {
      const row = this.#blocks.get(hash);
      invariant(row !== undefined, () => `block ${hash}, whose body is dropped, is not stored`);
      this.#setBlock(hash, { ...row, status: 'headers-only', invalidReason: undefined, body: undefined });
    }
  }

  /** Keeps the two constraints of the table: one active block per height, and it has a body. */
  #setBlock(hash: BlockHash, row: BlockRow): void {
    if (row.status === 'active') {
      const rival = this.#active.get(row.height);
      invariant(
        row.body !== undefined && (rival === undefined || rival === hash),
        () => `block ${hash} cannot become active at height ${row.height}`,
      );
      this.#active.set(row.height, hash);
    } else if (this.#active.get(row.height) === hash) this.#active.delete(row.height);
    this.#blocks.set(hash, row);
  }

  connect(change: ChainChange, plan: ChangePlan): void {
    for (const { txid, height, position } of plan.transactions) {
      invariant(!this.#transactions.has(txid), () => `transaction ${txid} is already in the chain`);
      this.#transactions.set(txid, { height, position });
    }
    for (const entry of plan.created) {
      const key = keyOf(entry);
      invariant(!this.#coins.has(key), () => `coin ${key} exists already`);
      this.#coins.set(key, entry.coin);
    }
    for (const spent of plan.moved) {
      const coin = this.#coins.get(keyOf(spent));
      invariant(
        coin !== undefined && this.#coins.delete(keyOf(spent)),
        () => `coin ${keyOf(spent)} cannot be spent: it is not there`,
      );
      this.#addSpent({ ...spent, coin });
    }
    plan.passedThrough.forEach((spent) => this.#addSpent(spent));
    this.netCoins += plan.created.length - plan.moved.length;
    for (const { height, coins } of change.connected) {
      this.#heights.set(height, {
        txids: plan.transactions.filter((row) => row.height === height).map(({ txid }) => txid),
        created: coins.created.map(keyOf),
        spent: coins.spent.map(keyOf),
      });
    }
  }

  #addSpent(spent: HistoricCoin): void {
    invariant(!this.#spentCoins.has(keyOf(spent)), () => `coin ${keyOf(spent)} was spent before`);
    this.#spentCoins.set(keyOf(spent), spent);
  }

  apply(): void {
    this.#blocks.apply();
    this.#active.apply();
    this.#coins.apply();
    this.#spentCoins.apply();
    this.#transactions.apply();
    this.#heights.apply();
  }
}

function keyOf({ outpoint }: CoinEntry): OutpointKey {
  return outpointKey(outpoint.txid, outpoint.index);
}

/** Orders outpoints as the database does: txids as bytes, then indexes as numbers. */
export function compareOutpoints(a: CoinEntry, b: CoinEntry): number {
  return compareTexts(a.outpoint.txid, b.outpoint.txid) || a.outpoint.index - b.outpoint.index;
}

/** Hex texts of one length sort as their bytes do. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function entryOf(key: OutpointKey, coin: Coin): CoinEntry {
  return { outpoint: parseOutpointKey(key), coin };
}
