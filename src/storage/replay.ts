/**
 * The chain told again from its blocks, with nothing but a map of coins: what a store should contain, for verification,
 * and where changes for a store come from in tests and benchmarks. Rules are not checked here.
 */
import type { ChainChange, ConnectedChange, DisconnectedChange, StoredTip } from '../chainstate/ports.ts';
import {
  addWork,
  blockHashOf,
  coinsCreatedBy,
  isCoinbase,
  NO_WORK,
  outpointKey,
  txidOf,
  workOfTarget,
  type Block,
  type Coin,
  type CoinChanges,
  type CoinEntry,
  type OutpointKey,
  type SpentCoin,
  type Work,
} from '../consensus/index.ts';

/**
 * Applies a block to a set of coins and says what it changed.
 * @throws Error when it spends a coin that is not there
 */
export function replayBlock(block: Block, height: number, coins: Map<OutpointKey, Coin>): CoinChanges {
  const created: CoinEntry[] = [];
  const spent: SpentCoin[] = [];
  for (const tx of block.transactions) {
    const spentBy = txidOf(tx);
    for (const { prevTxid, prevIndex } of isCoinbase(tx) ? [] : tx.inputs) {
      const key = outpointKey(prevTxid, prevIndex);
      const coin = coins.get(key);
      if (coin === undefined)
        throw new Error(`${spentBy} at height ${height} spends ${key}, which is not there`);
      coins.delete(key);
      spent.push({ outpoint: { txid: prevTxid, index: prevIndex }, coin, spentBy });
    }
    for (const entry of coinsCreatedBy(tx, height)) {
      coins.set(outpointKey(entry.outpoint.txid, entry.outpoint.index), entry.coin);
      created.push(entry);
    }
  }
  return { created, spent };
}

interface ReplayedBlock extends ConnectedChange {
  readonly chainWork: Work;
}

/** A chain in memory that tells each of its steps as a change for a store. */
export class Replay {
  readonly coins = new Map<OutpointKey, Coin>();
  readonly #blocks: ReplayedBlock[] = [];
  readonly #stored = new Set<string>();

  /** The active chain, genesis first. */
  get blocks(): readonly ConnectedChange[] {
    return this.#blocks;
  }

  get tip(): StoredTip | undefined {
    const last = this.#blocks.at(-1);
    return (
      last && {
        hash: last.hash,
        height: last.height,
        target: last.block.header.target,
        chainWork: last.chainWork,
        coinCount: this.coins.size,
      }
    );
  }

  /** Takes `disconnect` blocks off the end and puts `connect` on, in one change. Blocks are stored when first seen. */
  step({ disconnect = 0, connect = [] }: { disconnect?: number; connect?: readonly Block[] }): ChainChange {
    const disconnected: DisconnectedChange[] = [];
    for (let left = disconnect; left > 0; left--) {
      const block = this.#blocks.pop();
      if (block === undefined) break;
      this.#takeBack(block.coins);
      const { hash, height, coins } = block;
      disconnected.push({ hash, height, block: block.block, coins });
    }
    const connected = connect.map((block) => this.#connect(block));
    const news = connected.filter(({ hash }) => !this.#stored.has(hash));
    for (const { hash } of news) this.#stored.add(hash);
    return {
      storeBlocks: news.map(({ hash, block, height, chainWork }) => ({
        hash,
        block,
        height,
        chainWork,
        status: 'active',
      })),
      statuses: [],
      dropBodies: [],
      disconnected,
      connected,
      tip: this.tip,
      returnedToMempool: [],
      confirmed: [],
    };
  }

  #connect(block: Block): ReplayedBlock {
    const parent = this.#blocks.at(-1);
    const height = this.#blocks.length;
    const replayed = {
      hash: blockHashOf(block.header),
      height,
      block,
      coins: replayBlock(block, height, this.coins),
      chainWork: addWork(parent?.chainWork ?? NO_WORK, workOfTarget(block.header.target)),
    };
    this.#blocks.push(replayed);
    return replayed;
  }

  #takeBack({ created, spent }: CoinChanges): void {
    for (const { outpoint, coin } of spent) this.coins.set(outpointKey(outpoint.txid, outpoint.index), coin);
    for (const { outpoint } of created) this.coins.delete(outpointKey(outpoint.txid, outpoint.index));
  }
}
