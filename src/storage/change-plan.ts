/**
 * What a change of the chain means for the rows, worked out before anything is touched, for every engine alike.
 *
 * Several blocks are connected at once, so a coin may be created by one and spent by the next: it goes to the history
 * directly and never into the set of unspent coins.
 */
import type { ChainChange, StoredTip } from '../chainstate/ports.ts';
import {
  NO_BLOCK,
  outpointKey,
  txidOf,
  type BlockHash,
  type BlockStatus,
  type CoinEntry,
  type OutpointKey,
  type Reason,
  type SpentCoin,
  type Txid,
} from '../consensus/index.ts';
import { StorageInvariantError } from './errors.ts';

/** A coin that has been spent, with the height at which it was. */
export interface HistoricCoin extends SpentCoin {
  readonly spentHeight: number;
}

export interface TransactionRow {
  readonly txid: Txid;
  readonly height: number;
  readonly position: number;
}

export interface ChangePlan {
  /** Height of the last block that stays; −1 when even genesis goes. Undefined when nothing is disconnected. */
  readonly forkHeight: number | undefined;
  /** Unspent after the change. */
  readonly created: readonly CoinEntry[];
  /** In the set before the change (and after the disconnects): to be moved to the history. */
  readonly moved: readonly HistoricCoin[];
  /** Created and spent within the change: new rows of the history. */
  readonly passedThrough: readonly HistoricCoin[];
  readonly transactions: readonly TransactionRow[];
  /** Blocks that become active. */
  readonly connected: ReadonlySet<BlockHash>;
}

/** Throws StorageInvariantError unless `holds`. */
export function invariant(holds: boolean, message: () => string): asserts holds {
  if (!holds) throw new StorageInvariantError(message());
}

/** @throws StorageInvariantError for a change that contradicts itself */
export function planChange(change: ChainChange): ChangePlan {
  const { connected, disconnected } = change;
  const heights = (blocks: readonly { height: number }[]): string =>
    blocks.map(({ height }) => height).join(' ');
  disconnected.forEach(({ height }, i) => {
    invariant(
      height >= 0 && height === (disconnected[0]?.height ?? 0) - i,
      () => `disconnected blocks are not in order from the top: ${heights(disconnected)}`,
    );
  });
  const lowest = disconnected.at(-1);
  const forkHeight = lowest === undefined ? undefined : lowest.height - 1;
  const firstHeight = forkHeight === undefined ? (connected[0]?.height ?? 0) : forkHeight + 1;
  connected.forEach(({ height, block, hash }, i) => {
    const before = connected[i - 1];
    invariant(
      height === firstHeight + i && (before === undefined || block.header.prevHash === before.hash),
      () => `connected blocks do not follow each other: ${heights(connected)} (${hash})`,
    );
  });

  const created = new Map<OutpointKey, CoinEntry>();
  const moved: HistoricCoin[] = [];
  const passedThrough: HistoricCoin[] = [];
  const transactions: TransactionRow[] = [];
  for (const { height, block, coins } of connected) {
    for (const entry of coins.created) {
      const key = outpointKey(entry.outpoint.txid, entry.outpoint.index);
      invariant(
        entry.coin.height === height && !created.has(key),
        () => `coin ${key} of height ${entry.coin.height} is created by a block at height ${height}`,
      );
      created.set(key, entry);
    }
    for (const spent of coins.spent) {
      const key = outpointKey(spent.outpoint.txid, spent.outpoint.index);
      const own = created.get(key);
      // Field by field: spreading thousands of objects is several times slower.
      const { outpoint, coin, spentBy } = spent;
      if (own === undefined) moved.push({ outpoint, coin, spentBy, spentHeight: height });
      else {
        created.delete(key);
        passedThrough.push({ outpoint, coin: own.coin, spentBy, spentHeight: height });
      }
    }
    block.transactions.forEach((tx, position) => transactions.push({ txid: txidOf(tx), height, position }));
  }
  return {
    forkHeight,
    created: [...created.values()],
    moved,
    passedThrough,
    transactions,
    connected: new Set(connected.map(({ hash }) => hash)),
  };
}

/** The state in which a block is stored, and why. */
export interface StatusRow {
  readonly hash: BlockHash;
  readonly status: BlockStatus;
  readonly invalidReason: Reason | undefined;
}

/**
 * New states of blocks that this change does not store for the first time: those the caller names, and those that become
 * active.
 */
export function statusRows(change: ChainChange, plan: ChangePlan): StatusRow[] {
  const stored = new Set(change.storeBlocks.map(({ hash }) => hash));
  const joining = change.connected.filter(({ hash }) => !stored.has(hash));
  return [
    ...joining.map(({ hash }): StatusRow => ({ hash, status: 'active', invalidReason: undefined })),
    ...change.statuses
      .filter(({ hash }) => !plan.connected.has(hash))
      .map(({ hash, status, invalidReason }) => ({ hash, status, invalidReason })),
  ];
}

/** Where the chain ends between the disconnects and the connects. */
export interface ForkPoint {
  readonly hash: BlockHash;
  readonly height: number;
}

/** What is known of the chain's end when a change is applied. */
export interface TipTransition {
  readonly before:
    { readonly hash: BlockHash; readonly height: number; readonly coinCount: number } | undefined;
  /** Set when blocks are disconnected: the parent of the lowest one. */
  readonly fork: ForkPoint | undefined;
  /** Rows that came into the set of unspent coins, less those that left it. */
  readonly netCoins: number;
}

/**
 * The last look before a change becomes final: the chain that was there is the one that the change was made for, and the
 * coins add up.
 * @throws StorageInvariantError
 */
export function checkTransition(change: ChainChange, { before, fork, netCoins }: TipTransition): void {
  const { connected, disconnected, tip } = change;
  const [top] = disconnected;
  if (top !== undefined) {
    invariant(
      before?.hash === top.hash && before.height === top.height,
      () => `the tip is ${describe(before)}, the change disconnects ${describe(top)}`,
    );
  }
  const base = fork ?? before ?? { hash: NO_BLOCK, height: -1 };
  const [first] = connected;
  if (first !== undefined) {
    invariant(
      first.block.header.prevHash === base.hash && first.height === base.height + 1,
      () => `block ${describe(first)} does not follow ${describe(base)}`,
    );
  }
  const end = connected.at(-1) ?? base;
  if (tip === undefined) {
    invariant(first === undefined && top === undefined, () => 'the chain changes, but no tip is given');
    return;
  }
  invariant(
    tip.hash === end.hash && tip.height === end.height,
    () => `the new tip is ${describe(tip)}, but the chain ends in ${describe(end)}`,
  );
  const coinCount = (before?.coinCount ?? 0) + netCoins;
  invariant(
    tip.coinCount === coinCount,
    () => `there are ${coinCount} coins after the change, ${tip.coinCount} were expected`,
  );
}

function describe(block: Pick<StoredTip, 'hash' | 'height'> | undefined): string {
  return block === undefined ? 'nothing' : `${block.hash} at height ${block.height}`;
}
