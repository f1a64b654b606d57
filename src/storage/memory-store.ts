/**
 * Storage in memory, for throw-away nodes and the simulator. It behaves as the SQL stores do, which one suite of tests
 * proves; only speed at many coins is not its aim. No Node modules: it runs in browsers, too.
 */
import type {
  AddressCoin,
  AddressEvent,
  BlockFigures,
  ChainChange,
  ChainQueries,
  ChainStore,
  CoinAgeBin,
  Page,
  StoredHeader,
  StoredTip,
  TransactionPlace,
} from '../chainstate/ports.ts';
import {
  blockSize,
  encodeBlock,
  txidOf,
  type Address,
  type Block,
  type BlockHash,
  type Coin,
  type CoinEntry,
  type OutpointKey,
  type SpentCoin,
  type Transaction,
  type Txid,
} from '../consensus/index.ts';
import type { MempoolStore, StoredMempoolTransaction } from '../mempool/ports.ts';
import type { PeerStore, StoredPeer } from '../network/ports.ts';
import { StorageClosedError } from './errors.ts';
import { compareOutpoints, compareTexts, entryOf, MemoryChain } from './memory-chain.ts';
import {
  coinCursor,
  cutPage,
  eventCursor,
  pageLimit,
  parseCoinCursor,
  parseEventCursor,
} from './page-cursor.ts';
import { checkStoredPeer } from './peer-bounds.ts';
import type { ChainParamsStore, Storage } from './storage.ts';

export interface MemoryStorageOptions {
  /** Our clock, milliseconds since 1970. The simulator gives its own. */
  readonly nowMs?: () => number;
}

/** Creates an empty store. */
export function createMemoryStorage({ nowMs = Date.now }: MemoryStorageOptions = {}): Storage {
  const store = new MemoryStore(nowMs);
  const peers = new Map<string, StoredPeer>();
  let params: Readonly<Record<string, string>> = {};
  return {
    engine: 'memory',
    chain: store,
    mempool: {
      load: async () => store.loadMempool(),
      add: async (entries) => store.addToMempool(entries),
      remove: async (txids) => store.removeFromMempool(txids),
    } satisfies MempoolStore,
    peers: {
      load: async () => {
        store.assertOpen();
        return [...peers.values()];
      },
      save: async (changed) => {
        store.assertOpen();
        changed.forEach(checkStoredPeer); // all of them before the first is kept
        for (const peer of changed) peers.set(peer.url, { ...peer });
      },
      remove: async (url) => {
        store.assertOpen();
        peers.delete(url);
      },
    } satisfies PeerStore,
    params: {
      loadOrAdopt: async (current) => {
        store.assertOpen();
        if (Object.keys(params).length === 0) params = { ...current };
        return params;
      },
    } satisfies ChainParamsStore,
    migrations: { migrate: async () => [], rollback: async () => undefined, status: async () => [] },
    maintain: async () => store.assertOpen(),
    close: async () => store.close(),
  };
}

/** The chain, and the table of the mempool. Usually wanted as a part of {@link createMemoryStorage}. */
export class MemoryStore implements ChainStore, ChainQueries {
  readonly #nowMs: () => number;
  readonly #chain = new MemoryChain();
  #mempool = new Map<Txid, StoredMempoolTransaction>();
  #closed = false;

  constructor(nowMs: () => number = Date.now) {
    this.#nowMs = nowMs;
  }

  /** @throws StorageClosedError */
  assertOpen(): void {
    if (this.#closed) throw new StorageClosedError();
  }

  /** The tables of the chain. @throws StorageClosedError */
  get #tables(): MemoryChain {
    this.assertOpen();
    return this.#chain;
  }

  close(): void {
    this.#closed = true;
  }

  // --- ChainStore ------------------------------------------------------------------------------------------------

  async *loadHeaders(): AsyncGenerator<readonly StoredHeader[]> {
    const rows = [...this.#tables.blocks];
    rows.sort(([, a], [, b]) => a.height - b.height || a.sequence - b.sequence);
    if (rows.length === 0) return;
    yield rows.map(([hash, { header, height, chainWork, status, body, invalidReason }]) => ({
      hash,
      header,
      height,
      chainWork,
      status,
      hasBody: body !== undefined,
      invalidReason,
    }));
  }

  async loadTip(): Promise<StoredTip | undefined> {
    return this.#tables.tip;
  }

  async readBlock(hash: BlockHash): Promise<Block | undefined> {
    return this.#tables.blocks.get(hash)?.body;
  }

  async readBlocks(hashes: readonly BlockHash[]): Promise<Map<BlockHash, Block>> {
    const found = new Map<BlockHash, Block>();
    for (const hash of hashes) {
      const body = this.#tables.blocks.get(hash)?.body;
      if (body !== undefined) found.set(hash, body);
    }
    return found;
  }

  async readBlockBytes(hashes: readonly BlockHash[]): Promise<Map<BlockHash, Uint8Array>> {
    const bodies = await this.readBlocks(hashes);
    return new Map([...bodies].map(([hash, block]) => [hash, encodeBlock(block)]));
  }

  async readCoins(keys: readonly OutpointKey[]): Promise<Map<OutpointKey, Coin>> {
    const found = new Map<OutpointKey, Coin>();
    for (const key of keys) {
      const coin = this.#tables.coins.get(key);
      if (coin !== undefined) found.set(key, coin);
    }
    return found;
  }

  async readUndo(height: number): Promise<SpentCoin[]> {
    const keys = this.#tables.heights.get(height)?.spent ?? [];
    return keys.flatMap((key) => {
      const spent = this.#tables.spentCoins.get(key);
      return spent === undefined
        ? []
        : [{ outpoint: spent.outpoint, coin: spent.coin, spentBy: spent.spentBy }];
    });
  }

  async readUndoFrom(height: number): Promise<Map<number, SpentCoin[]>> {
    const byHeight = new Map<number, SpentCoin[]>();
    for (let at = height; at <= (this.#tables.tip?.height ?? -1); at++)
      byHeight.set(at, await this.readUndo(at));
    return byHeight;
  }

  async commit(change: ChainChange): Promise<void> {
    this.#tables.apply(change);
    for (const txid of change.confirmed) this.#mempool.delete(txid);
    if (change.returnedToMempool.length > 0) this.#returnToMempool(change.returnedToMempool);
  }

  // --- ChainQueries ----------------------------------------------------------------------------------------------

  async balance(
    address: Address,
    atHeight?: number,
  ): Promise<{ readonly balance: number; readonly coinCount: number }> {
    const coins = this.#existing(address, atHeight);
    return {
      balance: coins.reduce((sum, { coin }) => sum + coin.amount, 0),
      coinCount: coins.length,
    };
  }

  async coinsOf(
    address: Address,
    options: { readonly atHeight?: number; readonly after?: string; readonly limit: number },
  ): Promise<Page<CoinEntry>> {
    const limit = pageLimit(options.limit);
    const after = options.after === undefined ? undefined : parseCoinCursor(options.after);
    const order = (a: CoinEntry, b: CoinEntry): number =>
      a.coin.height - b.coin.height || compareOutpoints(a, b);
    const isAfter = ({ outpoint, coin }: CoinEntry): boolean =>
      after === undefined ||
      (coin.height - after.height ||
        compareTexts(outpoint.txid, after.txid) ||
        outpoint.index - after.index) > 0;
    const coins = this.#existing(address, options.atHeight).filter(isAfter).sort(order);
    return cutPage(coins, limit, ({ outpoint, coin }) => coinCursor({ height: coin.height, ...outpoint }));
  }

  async rewardsSince(address: Address, height: number): Promise<number> {
    const rewards = this.#existing(address).filter(({ coin }) => coin.coinbase && coin.height >= height);
    return rewards.reduce((sum, { coin }) => sum + coin.amount, 0);
  }

  async historyOf(
    address: Address,
    options: { readonly after?: string; readonly limit: number },
  ): Promise<Page<AddressEvent>> {
    const limit = pageLimit(options.limit);
    const after = options.after === undefined ? undefined : parseEventCursor(options.after);
    const events = new Map<Txid, AddressEvent>();
    const add = (txid: Txid, height: number, received: number, sent: number): void => {
      const before = events.get(txid) ?? { received: 0, sent: 0 };
      events.set(txid, { txid, height, received: before.received + received, sent: before.sent + sent });
    };
    for (const { outpoint, coin, spent } of this.#everOf(address)) {
      add(outpoint.txid, coin.height, coin.amount, 0);
      if (spent !== undefined) add(spent.txid, spent.height, 0, coin.amount);
    }
    const latestFirst = (a: Pick<AddressEvent, 'height' | 'txid'>, b: AddressEvent): number =>
      b.height - a.height || compareTexts(b.txid, a.txid);
    const page = [...events.values()]
      .filter((event) => after === undefined || latestFirst(after, event) < 0)
      .sort(latestFirst);
    return cutPage(page, limit, eventCursor);
  }

  async findTransaction(txid: Txid): Promise<TransactionPlace | undefined> {
    const place = this.#tables.transactions.get(txid);
    const blockHash = place === undefined ? undefined : this.#tables.active.get(place.height);
    return place === undefined || blockHash === undefined ? undefined : { blockHash, ...place };
  }

  async findCoin(key: OutpointKey): Promise<AddressCoin | undefined> {
    const coin = this.#tables.coins.get(key);
    if (coin !== undefined) return { ...entryOf(key, coin), spent: undefined };
    const historic = this.#tables.spentCoins.get(key);
    if (historic === undefined) return undefined;
    const { outpoint, coin: spentCoin, spentHeight, spentBy } = historic;
    return { outpoint, coin: spentCoin, spent: { height: spentHeight, txid: spentBy } };
  }

  async blockFigures(fromHeight: number, toHeight: number): Promise<readonly BlockFigures[]> {
    const { active, blocks, tip } = this.#tables;
    const figures: BlockFigures[] = [];
    const last = Math.min(toHeight, tip?.height ?? -1);
    for (let height = Math.max(0, fromHeight); height <= last; height++) {
      const hash = active.get(height);
      const block = hash === undefined ? undefined : blocks.get(hash)?.body;
      if (hash === undefined || block === undefined) continue;
      const [coinbase] = block.transactions;
      figures.push({
        ...{ hash, height, sizeBytes: blockSize(block), transactionCount: block.transactions.length },
        coinbaseAmount: coinbase?.outputs.reduce((sum, { amount }) => sum + amount, 0) ?? 0,
      });
    }
    return figures;
  }

  async coinAges(height: number, width: number): Promise<readonly CoinAgeBin[]> {
    const bins = new Map<number, CoinAgeBin>();
    for (const coin of this.#tables.coins.values()) {
      if (coin.height > height) continue;
      const bin = Math.floor((height - coin.height) / width);
      const { coinCount, amount } = bins.get(bin) ?? { coinCount: 0, amount: 0 };
      bins.set(bin, { bin, coinCount: coinCount + 1, amount: amount + coin.amount });
    }
    return [...bins.values()].sort((a, b) => a.bin - b.bin);
  }

  async *allCoins(): AsyncGenerator<readonly CoinEntry[]> {
    const coins = [...this.#tables.coins].map(([key, coin]) => entryOf(key, coin));
    if (coins.length > 0) yield coins.sort(compareOutpoints);
  }

  /** Every coin that an address ever had, with its fate. */
  *#everOf(address: Address): Generator<AddressCoin> {
    for (const [key, coin] of this.#tables.coins) {
      if (coin.pubkeyHash === address) yield { ...entryOf(key, coin), spent: undefined };
    }
    for (const { outpoint, coin, spentHeight, spentBy } of this.#tables.spentCoins.values()) {
      if (coin.pubkeyHash === address)
        yield { outpoint, coin, spent: { height: spentHeight, txid: spentBy } };
    }
  }

  #existing(address: Address, atHeight = Infinity): CoinEntry[] {
    const existed = [...this.#everOf(address)].filter(
      ({ coin, spent }) => coin.height <= atHeight && (spent === undefined || spent.height > atHeight),
    );
    return existed.map(({ outpoint, coin }) => ({ outpoint, coin }));
  }

  // --- The mempool's table, which a change of the chain writes, too ------------------------------------------------

  loadMempool(): StoredMempoolTransaction[] {
    this.assertOpen();
    return [...this.#mempool.values()];
  }

  addToMempool(entries: readonly StoredMempoolTransaction[]): void {
    this.assertOpen();
    for (const entry of entries) this.#mempool.set(txidOf(entry.tx), { ...entry });
  }

  removeFromMempool(txids: readonly Txid[]): void {
    this.assertOpen();
    for (const txid of txids) this.#mempool.delete(txid);
  }

  /** In front of all that wait: those may build on these, never the reverse. */
  #returnToMempool(transactions: readonly Transaction[]): void {
    const returned = transactions.map((tx): [Txid, StoredMempoolTransaction] => {
      const txid = txidOf(tx);
      return [txid, this.#mempool.get(txid) ?? { tx, receivedAtMs: this.#nowMs(), fee: 0 }];
    });
    this.#mempool = new Map([
      ...returned,
      ...[...this.#mempool].filter(([txid]) => !new Map(returned).has(txid)),
    ]);
  }
}
