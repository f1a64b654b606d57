/**
 * The chain as this node believes it: takes blocks in any order, keeps side branches, follows the most work.
 *
 * Every change goes gather → decide → commit → tell (docs/architecture.md): the rules are pure functions, the commit is one
 * database transaction, and only after it do memory and listeners learn of the change. One queue serialises the changes.
 */
import {
  type Block,
  type BlockHash,
  type BlockHeader,
  blockHashOf,
  type BlockStatus,
  checkBlock,
  checkHeader,
  type ChainParams,
  type Coin,
  type Failure,
  fail,
  type HeaderNode,
  HeaderTree,
  medianTimePast,
  ok,
  type OutpointKey,
  paramsProblems,
  type Reason,
  type Txid,
  type Verdict,
  type Wtxid,
} from '../consensus/index.ts';
import { planStep, type ReadyStep, tryStep } from './chain-step.ts';
import type { ChainEvent, ChangedBlock } from './chain-events.ts';
import { commitOrFindDone, StoreUnusableError } from './certain-commit.ts';
import { CoinsCache } from './coins-cache.ts';
import { EventStream } from './event-stream.ts';
import { type AcceptedHeaders, LooseHeaders } from './loose-headers.ts';
import { blockFits, OrphanBlocks } from './orphan-blocks.ts';
import type {
  BlockToStore,
  ChainChange,
  ChainQueries,
  ChainStore,
  Clock,
  StoredTip,
  Verifier,
} from './ports.ts';
import { SerialQueue } from './serial-queue.ts';

export interface ChainstateOptions {
  readonly params: ChainParams;
  /** Coins held in memory; default 200,000 (about 50 MB). */
  readonly coinsCacheSize?: number;
}

export interface ChainstateModules {
  readonly store: ChainStore & Pick<ChainQueries, 'findTransaction'>;
  readonly verifier: Verifier;
  readonly clock: Clock;
  /** Signatures that were found good before, by full bytes: shared with the mempool, so that nothing is verified twice. */
  readonly verified: { has(wtxid: Wtxid): boolean; add(wtxid: Wtxid): void };
}

export interface AcceptedBlock {
  readonly hash: BlockHash;
  readonly height: number;
  /** How it stands to the active chain now. */
  readonly status: BlockStatus;
  /** Blocks that left the active chain because of it. */
  readonly disconnected: number;
}

const NO_CHANGE: ChainChange = {
  storeBlocks: [],
  statuses: [],
  dropBodies: [],
  disconnected: [],
  connected: [],
  tip: undefined,
  returnedToMempool: [],
  confirmed: [],
};

/** A block on its way in: its body is not in the store yet. */
interface Incoming {
  readonly node: HeaderNode;
  readonly block: Block;
  readonly isNewHeader: boolean;
}

export class Chainstate {
  readonly params: ChainParams;
  /** For reading only. */
  readonly headers = new HeaderTree();
  readonly events = new EventStream<ChainEvent>();
  private readonly modules: ChainstateModules;
  private readonly coins: CoinsCache;
  private readonly orphans = new OrphanBlocks();
  private readonly loose: LooseHeaders;
  private readonly queue = new SerialQueue();
  private coinsTotal = 0;
  private changes = 0;
  private unusable: StoreUnusableError | undefined = undefined;

  private constructor(options: ChainstateOptions, modules: ChainstateModules) {
    this.params = options.params;
    this.modules = modules;
    this.coins = new CoinsCache(modules.store, options.coinsCacheSize ?? 200_000);
    this.loose = new LooseHeaders(this.headers, options.params);
  }

  /**
   * Loads the headers and the tip; does not read blocks or coins.
   * @throws RangeError for parameters that cannot be a network's
   */
  static async open(options: ChainstateOptions, modules: ChainstateModules): Promise<Chainstate> {
    const problems = paramsProblems(options.params);
    if (problems.length > 0) throw new RangeError(problems.join('; '));
    const chainstate = new Chainstate(options, modules);
    await chainstate.load();
    return chainstate;
  }

  // --- What is --------------------------------------------------------------------------------------------------

  get tip(): HeaderNode | null {
    return this.headers.tip;
  }

  /** Height of the tip; −1 when there is none. */
  get height(): number {
    return this.tip?.height ?? -1;
  }

  /** Median time past of the tip in seconds; 0 when there is none. */
  get medianTimePast(): number {
    return medianTimePast(this.tip);
  }

  /** Number of unspent coins. */
  get coinCount(): number {
    return this.coinsTotal;
  }

  /** Grows with every change of the tip. */
  get epoch(): number {
    return this.changes;
  }

  get orphanCount(): number {
    return this.orphans.size;
  }

  /** The unspent ones among these. */
  fetchCoins(keys: Iterable<OutpointKey>): Promise<Map<OutpointKey, Coin>> {
    return this.coins.fetch(keys);
  }

  /** Whether the active chain has a transaction of this id. */
  async isConfirmed(txid: Txid): Promise<boolean> {
    return (await this.modules.store.findTransaction(txid)) !== undefined;
  }

  // --- What comes in ---------------------------------------------------------------------------------------------

  /**
   * Takes a block from anybody. A verdict tells what became of it; a rejection means that the store failed.
   * `prev-blk-not-found` blocks are held for a while and tried again when their parent arrives.
   */
  acceptBlock(block: Block): Promise<Verdict<AcceptedBlock>> {
    return this.queue.run(async () => {
      if (this.unusable !== undefined) throw this.unusable;
      const verdict = await this.acceptOne(block);
      if (verdict.ok) await this.acceptOrphansOf(verdict.value.hash);
      return verdict.ok ? ok({ ...verdict.value, status: this.statusOf(verdict.value.hash) }) : verdict;
    });
  }

  /** Takes headers from anybody, each on the one before; their bodies may come later. See {@link LooseHeaders}. */
  acceptHeaders(headers: readonly BlockHeader[]): AcceptedHeaders {
    return this.loose.accept(headers, this.modules.clock.nowS());
  }

  /** Waits for changes that are under way. */
  async close(): Promise<void> {
    await this.queue.idle();
  }

  private async load(): Promise<void> {
    const { store } = this.modules;
    for await (const portion of store.loadHeaders()) {
      for (const stored of portion) {
        const node = this.headers.addHeader(stored.header, stored.hash);
        if (stored.invalidReason !== undefined) this.headers.markInvalid(node, stored.invalidReason);
        if (stored.hasBody) this.headers.addBody(node);
      }
    }
    const tip = await store.loadTip();
    if (tip !== undefined) this.headers.setActiveTip(this.nodeOf(tip.hash));
    this.coinsTotal = tip?.coinCount ?? 0;
    // A crash may have come after a better branch was stored and before it was activated.
    await this.activateBestChain(undefined);
  }

  private nodeOf(hash: BlockHash): HeaderNode {
    const node = this.headers.get(hash);
    if (node === undefined) throw new Error(`invariant: header ${hash} is unknown`);
    return node;
  }

  private statusOf(hash: BlockHash): BlockStatus {
    return this.headers.statusOf(this.nodeOf(hash));
  }

  private async acceptOne(block: Block): Promise<Verdict<AcceptedBlock>> {
    const { header } = block;
    const hash = blockHashOf(header);

    // 1. Do we have it? A header without its body is still wanted.
    const known = this.headers.get(hash);
    if (known?.invalidReason !== undefined) {
      return fail('duplicate-invalid', `block ${hash} is known and invalid: ${known.invalidReason}`);
    }
    if (known?.hasBody === true)
      return fail('duplicate', `block ${hash} is known, at height ${known.height}`);

    // 2. Where does it belong?
    const parent = this.headers.parentOf(header);
    if (parent === undefined) {
      const fits = blockFits(block, this.params);
      const held = fits && this.orphans.add(block);
      return fail(
        'prev-blk-not-found',
        `the parent ${header.prevHash} is unknown here${held ? '; the block is kept until it arrives' : ''}`,
      );
    }
    if (parent?.invalidReason !== undefined) {
      return fail('bad-prevblk', `the parent ${parent.hash} is invalid: ${parent.invalidReason}`);
    }

    // 3. Cheap and unforgeable first: the header, then whether this body is the one that the hash commits to.
    const headerVerdict = checkHeader(header, hash, parent, this.params, this.modules.clock.nowS());
    if (!headerVerdict.ok) return headerVerdict;
    const height = (parent?.height ?? -1) + 1;
    const bodyVerdict = checkBlock(block, height, this.params);
    // Another body may go with this hash: nothing is remembered of a mutated one.
    if (!bodyVerdict.ok && bodyVerdict.class === 'mutated') return bodyVerdict;

    const incoming: Incoming = {
      node: this.headers.addHeader(header, hash),
      block,
      isNewHeader: known === undefined,
    };
    try {
      if (!bodyVerdict.ok) {
        await this.commitInvalid(incoming.node, bodyVerdict, incoming);
        return bodyVerdict;
      }
      return await this.takeBody(incoming);
    } catch (error) {
      // The store failed: memory must not know more than the disk.
      const { node, isNewHeader } = incoming;
      if (!this.headers.isActive(node)) {
        this.headers.dropBody(node);
        if (isNewHeader && node.children.length === 0 && !node.invalid) this.headers.removeLeaf(node);
      }
      throw error;
    }
  }

  /** The body passed its own checks: follow it if it is better, keep it in any case unless its signatures are bad. */
  private async takeBody(incoming: Incoming): Promise<Verdict<AcceptedBlock>> {
    const { node } = incoming;
    this.headers.addBody(node);
    const { stored, failure, disconnected } = await this.activateBestChain(incoming);
    if (failure !== undefined) return failure;
    if (node.invalidReason !== undefined)
      return fail('bad-prevblk', `a block below it is invalid: ${node.invalidReason}`);
    const status = this.headers.statusOf(node);
    if (!stored) {
      const storeBlocks = [...this.loose.ancestorsToStore(node), toStore(incoming, status)];
      await this.modules.store.commit({ ...NO_CHANGE, storeBlocks });
      this.loose.stored(node);
      this.events.emit({ type: 'block-stored', hash: node.hash, height: node.height, status });
    }
    return ok({ hash: node.hash, height: node.height, status, disconnected });
  }

  private async acceptOrphansOf(hash: BlockHash): Promise<void> {
    const parents = [hash];
    for (let parent = parents.shift(); parent !== undefined; parent = parents.shift()) {
      for (const child of this.orphans.takeChildrenOf(parent)) {
        const verdict = await this.acceptOne(child);
        if (verdict.ok) parents.push(verdict.value.hash);
      }
    }
  }

  // --- Following the most work -----------------------------------------------------------------------------------

  /**
   * Moves the active chain to the best candidate, step by step, until there is no better one.
   * @param incoming a block whose body is not in the store yet
   * @returns whether the incoming body was stored by it, or why it was refused; and how many blocks left the chain
   */
  private async activateBestChain(
    incoming: Incoming | undefined,
  ): Promise<{ stored: boolean; failure: Failure | undefined; disconnected: number }> {
    const known = new Map(incoming === undefined ? [] : [[incoming.node.hash, incoming.block]]);
    let stored = false;
    let failure: Failure | undefined;
    let disconnected = 0;
    for (let best = this.headers.bestCandidate(); best !== undefined; best = this.headers.bestCandidate()) {
      const step = await tryStep(planStep(this.headers, best), known, {
        ...this.modules,
        params: this.params,
        fetchCoins: (keys) => this.coins.fetch(keys),
      });
      if (step.ok) {
        await this.commitStep(step, stored ? undefined : incoming);
        for (const { node } of step.connected) this.loose.stored(node);
        stored ||= step.connected.some(({ node }) => node === incoming?.node);
        disconnected += step.disconnected.length;
        continue;
      }
      const isIncoming = step.node === incoming?.node && !stored;
      if (isIncoming) failure = step.failure;
      if (step.failure.class === 'mutated') await this.dropBody(step.node, isIncoming ? incoming : undefined);
      else await this.commitInvalid(step.node, step.failure, stored ? undefined : incoming);
    }
    return { stored, failure, disconnected };
  }

  private async commitStep(step: ReadyStep, incoming: Incoming | undefined): Promise<void> {
    const top = step.connected.at(-1);
    if (top === undefined) throw new Error('invariant: a step connects at least one block');
    const created = sum(step.connected, ({ coins }) => coins.created.length - coins.spent.length);
    const removed = sum(step.disconnected, ({ coins }) => coins.created.length - coins.spent.length);
    const { hash, height, target, chainWork } = top.node;
    const tip: StoredTip = {
      hash,
      height,
      target,
      chainWork,
      coinCount: this.coinsTotal + created - removed,
    };

    // 1. Durable first. Reads that are under way now may see either state: they are not to be remembered.
    this.coins.invalidateReads();
    await this.commitTip({
      ...NO_CHANGE,
      storeBlocks:
        incoming !== undefined && step.connected.some(({ node }) => node === incoming.node)
          ? [toStore(incoming, 'active')]
          : [],
      disconnected: step.disconnected.map(({ node }) => ({ hash: node.hash, height: node.height })),
      connected: step.connected.map(({ node, block, coins }) => ({
        hash: node.hash,
        height: node.height,
        block,
        coins,
      })),
      tip,
      returnedToMempool: step.returned,
      confirmed: step.confirmed,
    });

    // 2. Then memory, without a pause in which anybody could see half of it.
    this.coins.invalidateReads();
    for (const { coins } of step.disconnected) this.coins.disconnect(coins);
    for (const { coins } of step.connected) this.coins.connect(coins);
    this.headers.setActiveTip(top.node);
    this.coinsTotal = tip.coinCount;
    this.changes++;

    // 3. Then everybody else.
    const changed = ({ node, block }: { node: HeaderNode; block: Block }): ChangedBlock => ({
      hash: node.hash,
      height: node.height,
      block,
    });
    this.events.emit({
      type: 'tip-changed',
      tip: top.node,
      forkHeight: step.fork?.height ?? -1,
      disconnected: step.disconnected.map(changed),
      connected: step.connected.map(changed),
      returned: step.returned,
    });
  }

  private async commitTip(change: ChainChange): Promise<void> {
    try {
      await commitOrFindDone(this.modules.store, change);
    } catch (error) {
      // From here on this object refuses all further work.
      if (error instanceof StoreUnusableError) this.unusable = error;
      throw error;
    }
  }

  /** A block breaks a rule for ever: it and all that builds on it are remembered as invalid. */
  private async commitInvalid(
    node: HeaderNode,
    failure: Failure,
    incoming: Incoming | undefined,
  ): Promise<void> {
    const invalidReason: Reason = failure.reason;
    const condemned = this.headers.descendantsOf(node);
    // The block on its way in may be the bad one, or stand on it: it is kept as well, so that people can look at it.
    const newBody = incoming !== undefined && condemned.includes(incoming.node) ? incoming : undefined;
    await this.modules.store.commit({
      ...NO_CHANGE,
      storeBlocks:
        newBody === undefined
          ? []
          : [...this.loose.ancestorsToStore(newBody.node), { ...toStore(newBody, 'invalid'), invalidReason }],
      statuses: condemned
        .filter((below) => below !== newBody?.node && !this.loose.has(below))
        .map((below) => ({ hash: below.hash, status: 'invalid', invalidReason })),
    });
    if (newBody !== undefined) {
      newBody.node.hasBody = true;
      this.loose.stored(newBody.node);
    }
    this.headers.markInvalid(node, invalidReason);
    this.events.emit({ type: 'block-invalid', hash: node.hash, height: node.height, failure });
  }

  /** This body is not the one that the hash stands for (its signatures are bad); the good one may still come. */
  private async dropBody(node: HeaderNode, incoming: Incoming | undefined): Promise<void> {
    if (incoming === undefined) await this.modules.store.commit({ ...NO_CHANGE, dropBodies: [node.hash] });
    this.headers.dropBody(node);
    if (incoming?.isNewHeader === true && node.children.length === 0) this.headers.removeLeaf(node);
  }
}

function toStore({ node, block }: Incoming, status: BlockStatus): BlockToStore {
  return { hash: node.hash, block, height: node.height, chainWork: node.chainWork, status };
}

function sum<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((total, item) => total + amount(item), 0);
}
