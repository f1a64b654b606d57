/**
 * A mempool on a small chain in memory: real rules, real signatures; only the ports are stand-ins.
 *
 *   const node = new MempoolNode();
 *   node.mine();                                    // a block that pays key('miner')
 *   const verdict = await node.mempool.accept(tx);
 *   node.mineWaiting();                             // puts everything into a block
 */
import type { Clock, Verifier } from '../../src/chainstate/ports.ts';
import {
  type Block,
  type ChainParams,
  type Coin,
  type CoinEntry,
  earliestTimestamp,
  expectedTarget,
  isCoinbase,
  medianTimePast,
  type OutpointKey,
  type SignatureCheck,
  type Transaction,
  type Txid,
  txidOf,
} from '../../src/consensus/index.ts';
import {
  type ChainView,
  Mempool,
  type MempoolEvent,
  type MempoolPolicy,
  type MempoolStore,
  type StoredMempoolTransaction,
  VerifiedTransactions,
} from '../../src/mempool/index.ts';
import { type BlockTemplate, buildTemplate, type TemplateTip } from '../../src/mining/block-template.ts';
import {
  BuiltBlock,
  coinsOf,
  EASY_PARAMS,
  GENESIS_TIME_S,
  grind,
  key,
  mineBlock,
  type TestKey,
} from './chain-builder.ts';
import { verifySignature } from './keys.ts';
import { ReferenceChain } from './reference-chain.ts';

/** Time that stands still until somebody moves it. */
export class ManualClock implements Clock {
  ms = GENESIS_TIME_S * 1000 + 3_600_000;

  nowS(): number {
    return Math.floor(this.ms / 1000);
  }

  nowMs(): number {
    return this.ms;
  }
}

/** Keeps transactions in a Map and counts calls. */
export class MemoryMempoolStore implements MempoolStore {
  readonly rows = new Map<Txid, StoredMempoolTransaction>();
  /** Sizes of the writes so far. */
  readonly batches: number[] = [];
  /** While set, writes fail with it. */
  failure: Error | undefined = undefined;
  /** While set, writes wait for it. */
  gate: Promise<void> | undefined = undefined;

  async load(): Promise<StoredMempoolTransaction[]> {
    return [...this.rows.values()];
  }

  async add(entries: readonly StoredMempoolTransaction[]): Promise<void> {
    this.batches.push(entries.length);
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    for (const entry of entries) this.rows.set(txidOf(entry.tx), entry);
  }

  async remove(txids: readonly Txid[]): Promise<void> {
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    for (const txid of txids) this.rows.delete(txid);
  }
}

/** Checks signatures in place; remembers how many it was asked for. */
export class CountingVerifier implements Verifier {
  readonly name = 'test';
  checked = 0;
  /** Called while a verification is under way. */
  meanwhile: (() => void) | undefined = undefined;

  async firstInvalid(checks: readonly SignatureCheck[]): Promise<number> {
    this.checked += checks.length;
    await Promise.resolve();
    const meanwhile = this.meanwhile;
    this.meanwhile = undefined;
    meanwhile?.();
    return checks.findIndex((check) => !verifySignature(check));
  }

  async close(): Promise<void> {}
}

/** The chain as the mempool sees it. */
export class TestChainView implements ChainView {
  readonly reference: ReferenceChain;
  readonly confirmed = new Set<Txid>();
  epoch = 0;
  /** Called while coins are fetched. */
  meanwhile: (() => void) | undefined = undefined;
  queries = 0;

  constructor(reference: ReferenceChain) {
    this.reference = reference;
  }

  get height(): number {
    return this.reference.tip?.height ?? -1;
  }

  get medianTimePast(): number {
    return medianTimePast(this.reference.tip);
  }

  async fetchCoins(keys: readonly OutpointKey[]): Promise<Map<OutpointKey, Coin>> {
    this.queries++;
    const found = new Map<OutpointKey, Coin>();
    for (const outpoint of keys) {
      const coin = this.reference.coins.get(outpoint);
      if (coin !== undefined) found.set(outpoint, coin);
    }
    await Promise.resolve();
    const meanwhile = this.meanwhile;
    this.meanwhile = undefined;
    meanwhile?.();
    return found;
  }

  async isConfirmed(txid: Txid): Promise<boolean> {
    return this.confirmed.has(txid);
  }
}

export interface MempoolNodeOptions {
  readonly params?: Partial<ChainParams>;
  readonly policy?: Partial<MempoolPolicy>;
}

export class MempoolNode {
  readonly params: ChainParams;
  readonly clock = new ManualClock();
  readonly store = new MemoryMempoolStore();
  readonly verifier = new CountingVerifier();
  readonly verified = new VerifiedTransactions();
  readonly chain: TestChainView;
  readonly told: MempoolEvent[] = [];
  readonly backgroundErrors: unknown[] = [];
  mempool: Mempool;
  tip: BuiltBlock;
  private readonly policy: Partial<MempoolPolicy>;
  private blocksBuilt = 0;

  constructor(options: MempoolNodeOptions = {}) {
    this.params = { ...EASY_PARAMS, retargetInterval: 0, ...options.params };
    this.policy = options.policy ?? {};
    // Blocks come every ten seconds, on time; the chain's own clock is far ahead and never in the way.
    const reference = new ReferenceChain(this.params, GENESIS_TIME_S + 100_000_000);
    this.chain = new TestChainView(reference);
    this.mempool = this.newMempool();
    this.tip = this.build([], null);
    this.tell(this.tip);
  }

  /** The same node after a crash: memory is lost, chain and store are not. */
  restart(policy: Partial<MempoolPolicy> = this.policy): Mempool {
    this.mempool = this.newMempool(policy);
    return this.mempool;
  }

  private newMempool(policy: Partial<MempoolPolicy> = this.policy): Mempool {
    const { params, chain, store, verifier, clock, verified } = this;
    const mempool = new Mempool(
      { params, policy },
      {
        ...{ chain, store, verifier, clock, verified },
        onBackgroundError: (error) => this.backgroundErrors.push(error),
      },
    );
    mempool.events.subscribe((event) => this.told.push(event));
    return mempool;
  }

  /** Builds a block and tells nobody. */
  build(transactions: readonly Transaction[], parent: BuiltBlock | null, miner?: TestKey): BuiltBlock {
    this.blocksBuilt++;
    return mineBlock({
      ...{ parent, transactions, params: this.params, extraNonce: this.blocksBuilt },
      ...(miner === undefined ? {} : { minerAddress: miner }),
    });
  }

  /** Builds a block on the tip (or elsewhere) and tells chain and mempool. Throws when it is not valid. */
  mine(
    transactions: readonly Transaction[] = [],
    options: { parent?: BuiltBlock; miner?: TestKey } = {},
  ): BuiltBlock {
    const built = this.build(transactions, options.parent ?? this.tip, options.miner);
    this.tell(built);
    return built;
  }

  /** Puts all that waits into a block. */
  mineWaiting(): BuiltBlock {
    return this.mine(this.mempool.entries().map(({ tx }) => tx));
  }

  get templateTip(): TemplateTip {
    const { tip, params } = this;
    return {
      height: tip.height,
      hash: tip.hash,
      medianTimePast: this.chain.medianTimePast,
      expectedTarget: expectedTarget(tip, params),
      earliestTimestamp: earliestTimestamp(tip, params),
    };
  }

  template(maxBlockTxs = 100): BlockTemplate {
    const { mempool, templateTip: tip, params } = this;
    const nowS = this.clock.nowS();
    return buildTemplate({ mempool, tip, params, nowS, maxBlockTxs, minerAddress: key('miner').address });
  }

  /** Finds the block of a template and tells chain and mempool. Throws when it is not valid. */
  mineTemplate(template: BlockTemplate = this.template()): BuiltBlock {
    const header = grind({ ...template.header, nonce: 0 });
    const built = new BuiltBlock('template', { header, transactions: template.transactions }, this.tip);
    this.tell(built);
    return built;
  }

  tell(built: BuiltBlock): void {
    const verdict = this.chain.reference.accept(built.block);
    if (!verdict.ok) throw new Error(`the block is refused: ${verdict.reason} (${verdict.detail})`);
    if (!verdict.value.movedTip) return;
    const before = this.chain.epoch === 0 ? [] : this.tip.chain;
    const after = built.chain;
    const disconnected = before.filter((block) => !after.includes(block)).reverse();
    const connected = after.filter((block) => !before.includes(block));
    for (const { block } of disconnected)
      for (const tx of block.transactions) this.chain.confirmed.delete(txidOf(tx));
    for (const { block } of connected)
      for (const tx of block.transactions) this.chain.confirmed.add(txidOf(tx));
    this.storeLikeTheChain(connected, disconnected);
    this.tip = built;
    this.chain.epoch++;
    this.mempool.onBlocksChanged({ connected, disconnected });
  }

  /** The chain's own commit deletes the confirmed and stores the returned ones (see ChainChange). */
  private storeLikeTheChain(
    connected: readonly { block: Block }[],
    disconnected: readonly { block: Block }[],
  ): void {
    const payments = (blocks: readonly { block: Block }[]): Transaction[] =>
      blocks.flatMap(({ block }) => block.transactions.filter((tx) => !isCoinbase(tx)));
    const confirmed = new Set(payments(connected).map(txidOf));
    for (const tx of payments(disconnected)) {
      if (!confirmed.has(txidOf(tx))) this.store.rows.set(txidOf(tx), { tx, receivedAtMs: 0, fee: 0 });
    }
    for (const txid of confirmed) this.store.rows.delete(txid);
  }

  /** Unspent coins of an owner in the chain, oldest first. */
  coins(owner: TestKey = key('miner')): CoinEntry[] {
    return coinsOf(owner, this.tip);
  }

  /** The nth coin of an owner. */
  coin(index: number, owner: TestKey = key('miner')): CoinEntry {
    const coin = this.coins(owner).at(index);
    if (coin === undefined) throw new Error(`${owner.name} has no coin ${index}`);
    return coin;
  }
}

/** An output of a transaction that is not mined yet, as something to spend. */
export function outputOf(tx: Transaction, index: number): CoinEntry {
  const output = tx.outputs[index];
  if (output === undefined) throw new Error(`there is no output ${index}`);
  return { outpoint: { txid: txidOf(tx), index }, coin: { ...output, height: 0, coinbase: false } };
}
