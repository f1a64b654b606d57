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
} from '../consensus/index.ts';
import {
  coinsAfter,
  MAX_CONNECT,
  planStep,
  type ReadyStep,
  type StepModules,
  straightStep,
  tryStep,
} from './chain-step.ts';
import type { ChainEvent } from './chain-events.ts';
import { commitOrFindDone, StoreUnusableError } from './certain-commit.ts';
import { CoinsCache } from './coins-cache.ts';
import { EventStream } from './event-stream.ts';
import { type AcceptedHeaders, LooseHeaders } from './loose-headers.ts';
import { blockFits, OrphanBlocks } from './orphan-blocks.ts';
import type { ChainChange } from './ports.ts';
import {
  type AcceptedBlock,
  bodiesOf,
  enterRun,
  enterTree,
  type IncomingBlock,
  lookAtBlock,
  toStore,
  withdraw,
} from './incoming-block.ts';
import type { ChainstateModules, ChainstateOptions } from './chainstate-options.ts';
import { loadHeaderTree } from './load-header-tree.ts';
import { PreparedBlocks } from './prepared-blocks.ts';
import { SerialQueue } from './serial-queue.ts';
import { changeOfStep, eventOfStep, NO_CHANGE, tipAfter } from './step-change.ts';

export class Chainstate {
  readonly params: ChainParams;
  /** For reading only. */
  readonly headers = new HeaderTree();
  readonly events = new EventStream<ChainEvent>();
  private readonly modules: ChainstateModules;
  private readonly coins: CoinsCache;
  private readonly orphans = new OrphanBlocks();
  private readonly loose: LooseHeaders;
  readonly prepared: PreparedBlocks;
  private readonly stepModules: StepModules;
  private readonly queue = new SerialQueue();
  private coinsTotal = 0;
  private changes = 0;
  private unusable: StoreUnusableError | undefined = undefined;

  private constructor(options: ChainstateOptions, modules: ChainstateModules) {
    this.params = options.params;
    this.modules = modules;
    this.coins = new CoinsCache(modules.store, options.coinsCacheSize ?? 200_000);
    this.loose = new LooseHeaders(this.headers, options.params);
    this.prepared = new PreparedBlocks(options.params, modules);
    this.stepModules = {
      ...modules,
      params: options.params,
      fetchCoins: (keys) => this.coins.fetch(keys),
      signaturesDone: (block) => this.prepared.signaturesDone(block),
    };
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
  async acceptBlock(block: Block): Promise<Verdict<AcceptedBlock>> {
    const [verdict] = await this.acceptBlocks([block]);
    if (verdict === undefined) throw new Error('invariant: no verdict on a block');
    return verdict;
  }

  /**
   * Takes blocks in order, as {@link acceptBlock} one after the other would, and gives a verdict on each. Those that follow the
   * tip are committed together, up to {@link MAX_CONNECT} at a time: for a node that catches up. Where the body of one of those
   * is spoiled, what comes on top of it is not kept as orphans: whoever has the right one has these as well.
   */
  acceptBlocks(blocks: readonly Block[]): Promise<Verdict<AcceptedBlock>[]> {
    return this.queue.run(async () => {
      const verdicts: Verdict<AcceptedBlock>[] = [];
      while (verdicts.length < blocks.length) {
        if (this.unusable !== undefined) throw this.unusable;
        const rest = blocks.slice(verdicts.length);
        const run = enterRun(rest, this, this.modules.clock.nowS());
        const accepted = run.length > 1 ? await this.takeRun(run) : [await this.acceptOne(rest[0] as Block)];
        for (const verdict of accepted) {
          if (verdict.ok) await this.acceptOrphansOf(verdict.value.hash);
          verdicts.push(
            verdict.ok ? ok({ ...verdict.value, status: this.statusOf(verdict.value.hash) }) : verdict,
          );
        }
      }
      return verdicts;
    });
  }

  /**
   * A block is here and will be handed in soon: begins what can be done ahead of its turn, if its header is known.
   * See {@link PreparedBlocks}.
   */
  prepareBlock(block: Block): void {
    const node = this.headers.get(blockHashOf(block.header));
    if (node !== undefined && !node.hasBody) this.prepared.begin(block, node.height);
  }

  /** Takes headers from anybody, each on the one before; their bodies may come later. See {@link LooseHeaders}. */
  acceptHeaders(headers: readonly BlockHeader[]): AcceptedHeaders {
    return this.loose.accept(headers, this.modules.clock.nowS());
  }

  /** When the changes that wait or are under way now have ended; undefined when there are none. */
  underWay(): Promise<void> | undefined {
    return this.queue.underWay();
  }

  /** Waits for changes that are under way. */
  async close(): Promise<void> {
    await this.queue.idle();
  }

  private async load(): Promise<void> {
    const tip = await loadHeaderTree(this.modules.store, this.headers);
    this.coinsTotal = tip?.coinCount ?? 0;
    // A crash may have come after a better branch was stored and before it was activated.
    await this.activateBestChain([]);
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
    const looked = lookAtBlock(block, this, this.modules.clock.nowS());
    if (!looked.ok) {
      const held =
        looked.reason === 'prev-blk-not-found' && blockFits(block, this.params) && this.orphans.add(block);
      return held ? { ...looked, detail: `${looked.detail}; the block is kept until it arrives` } : looked;
    }
    const { body } = looked;
    // Another body may go with this hash: nothing is remembered of a mutated one.
    if (!body.ok && body.class === 'mutated') return body;

    const incoming = enterTree(looked, block, this.headers);
    try {
      if (!body.ok) {
        await this.commitInvalid(incoming.node, body, incoming);
        return body;
      }
      return await this.takeBody(incoming);
    } catch (error) {
      withdraw(this.headers, [incoming]);
      throw error;
    }
  }

  // --- Several at once -------------------------------------------------------------------------------------------

  private async takeRun(run: readonly IncomingBlock[]): Promise<Verdict<AcceptedBlock>[]> {
    for (const { node } of run) this.headers.addBody(node);
    try {
      await this.connectRun(run);
      // All that went well is stored. What is left begins with a block that did not: the ordinary way finds out what to do.
      const { failed } = await this.activateBestChain(run.filter(({ stored }) => !stored));
      // Good ones below a bad one may have less work than a branch that was here before.
      for (const incoming of run)
        if (!incoming.stored && incoming.node.linked) await this.storeBeside(incoming);
      return run.map(({ node, stored }): Verdict<AcceptedBlock> => {
        if (failed?.node === node) return failed.failure;
        if (stored) return ok({ hash: node.hash, height: node.height, status: 'active', disconnected: 0 });
        return failed?.failure.class === 'consensus'
          ? fail('bad-prevblk', `block ${failed.node.hash} below it is invalid: ${failed.failure.reason}`)
          : fail('prev-blk-not-found', 'the body of a block below it was not the right one');
      });
    } catch (error) {
      withdraw(
        this.headers,
        run.filter(({ stored }) => !stored),
      );
      throw error;
    }
  }

  /** Connects blocks that follow the tip, by several commits. While one is under way, the next is worked out on top of it. */
  private async connectRun(run: readonly IncomingBlock[]): Promise<void> {
    let before: ReadyStep | undefined;
    let committing: Promise<void> = Promise.resolve();
    for (let start = 0; start < run.length; start += MAX_CONNECT) {
      const part = run.slice(start, start + MAX_CONNECT);
      const fetchCoins = this.stepModules.fetchCoins;
      const trying = tryStep(straightStep(part.map(({ node }) => node)), bodiesOf(part), {
        ...this.stepModules,
        fetchCoins: before === undefined ? fetchCoins : coinsAfter(before, fetchCoins),
      });
      // Both are over before anything else happens: a commit must not end behind the back of whoever clears up.
      const [tried, committed] = await Promise.allSettled([trying, committing]);
      if (committed.status === 'rejected') throw committed.reason;
      if (tried.status === 'rejected') throw tried.reason;
      const step = tried.value;
      if (!step.ok) return;
      committing = this.commitStep(step, part);
      before = step;
    }
    await committing;
  }

  /** The body passed its own checks: follow it if it is better, keep it in any case unless its signatures are bad. */
  private async takeBody(incoming: IncomingBlock): Promise<Verdict<AcceptedBlock>> {
    const { node } = incoming;
    this.headers.addBody(node);
    const { failed, disconnected } = await this.activateBestChain([incoming]);
    if (failed !== undefined) return failed.failure;
    if (node.invalidReason !== undefined)
      return fail('bad-prevblk', `a block below it is invalid: ${node.invalidReason}`);
    const status = this.headers.statusOf(node);
    if (!incoming.stored) await this.storeBeside(incoming);
    return ok({ hash: node.hash, height: node.height, status, disconnected });
  }

  /** Keeps a block that did not become active. */
  private async storeBeside(incoming: IncomingBlock): Promise<void> {
    const { node, block } = incoming;
    const status = this.headers.statusOf(node);
    const storeBlocks = [...this.loose.ancestorsToStore(node), toStore(incoming, status)];
    await this.modules.store.commit({ ...NO_CHANGE, storeBlocks });
    incoming.stored = true;
    this.loose.stored(node);
    this.events.emit({ type: 'block-stored', hash: node.hash, height: node.height, block, status });
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
   * @param incoming blocks whose bodies are not in the store yet: one, or several that follow the tip, lowest first
   * @returns which of the incoming ones was refused, and why; and how many blocks left the chain
   */
  private async activateBestChain(
    incoming: readonly IncomingBlock[],
  ): Promise<{ failed: { node: HeaderNode; failure: Failure } | undefined; disconnected: number }> {
    const known = bodiesOf(incoming);
    let failed: { node: HeaderNode; failure: Failure } | undefined;
    let disconnected = 0;
    for (let best = this.headers.bestCandidate(); best !== undefined; best = this.headers.bestCandidate()) {
      const step = await tryStep(planStep(this.headers, best), known, this.stepModules);
      if (step.ok) {
        await this.commitStep(step, incoming);
        disconnected += step.disconnected.length;
        continue;
      }
      const { node, failure } = step;
      const index = incoming.findIndex((one) => one.node === node && !one.stored);
      if (index >= 0) failed = { node, failure };
      if (index > 0) {
        // Those before it come first. What came on top of it is not worth keeping: who has the right block has it as well.
        withdraw(this.headers, incoming.slice(index));
        continue;
      }
      if (index === 0) withdraw(this.headers, incoming.slice(1));
      const unstored = incoming.find((one) => !one.stored);
      if (failure.class === 'mutated') await this.dropBody(node, index === 0 ? unstored : undefined);
      else await this.commitInvalid(node, failure, unstored);
    }
    const late = incoming.find(({ node }, index) => index > 0 && node === failed?.node);
    if (late !== undefined && failed?.failure.class === 'consensus') {
      const node = this.headers.addHeader(late.block.header, late.node.hash);
      await this.commitInvalid(node, failed.failure, { ...late, node });
    }
    return { failed, disconnected };
  }

  private async commitStep(step: ReadyStep, incoming: readonly IncomingBlock[]): Promise<void> {
    const tip = tipAfter(step, this.coinsTotal);
    const arriving = incoming.filter(
      (one) => !one.stored && step.connected.some(({ node }) => node === one.node),
    );

    // 1. Durable first. Reads that are under way now may see either state: they are not to be remembered.
    this.coins.invalidateReads();
    await this.commitTip(
      changeOfStep(
        step,
        tip.stored,
        arriving.map((one) => toStore(one, 'active')),
      ),
    );

    // 2. Then memory, without a pause in which anybody could see half of it.
    this.coins.invalidateReads();
    for (const { coins } of step.disconnected) this.coins.disconnect(coins);
    for (const { coins } of step.connected) this.coins.connect(coins);
    this.headers.setActiveTip(tip.node);
    this.coinsTotal = tip.stored.coinCount;
    this.changes++;
    for (const one of arriving) one.stored = true;
    for (const { node } of step.connected) this.loose.stored(node);

    // 3. Then everybody else.
    this.events.emit(eventOfStep(step, tip.node));
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
    incoming: IncomingBlock | undefined,
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
    this.events.emit({
      ...{ type: 'block-invalid', hash: node.hash, height: node.height, failure },
      condemned: condemned.map(({ hash }) => hash),
      arrived: newBody && { hash: newBody.node.hash, height: newBody.node.height, block: newBody.block },
    });
  }

  /** This body is not the one that the hash stands for (its signatures are bad); the good one may still come. */
  private async dropBody(node: HeaderNode, incoming: IncomingBlock | undefined): Promise<void> {
    if (incoming === undefined) await this.modules.store.commit({ ...NO_CHANGE, dropBodies: [node.hash] });
    this.headers.dropBody(node);
    if (incoming?.isNewHeader === true && node.children.length === 0) this.headers.removeLeaf(node);
  }
}
