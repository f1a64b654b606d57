/**
 * One step of the chain: from the tip that we have towards the tip that we should have, worked out and not yet done.
 *
 *            ┌── b3 ── b4 ── b5   (more work)
 *   … ── f ──┤
 *            └── a3 ── a4         (active)
 *
 *   disconnect a4, a3     their coins go back as their undo says
 *   connect    b3, b4, b5 each checked against the coins as they are after the one before
 *
 * Everything happens on a {@link CoinsOverlay}. If b4 turns out invalid, nothing else was touched: the step is forgotten.
 * Its cost is the number of blocks in it, never the length of the chain.
 */
import {
  type Block,
  type SpentCoin,
  type BlockHash,
  type Coin,
  type CoinChanges,
  CoinsOverlay,
  connectBlockOnto,
  type ConnectedBlock,
  disconnectBlock,
  type Failure,
  fail,
  type HeaderNode,
  type HeaderTree,
  isCoinbase,
  medianTimePast,
  type OutpointKey,
  outpointsToFetch,
  type ChainParams,
  pathBetween,
  type Transaction,
  type Txid,
  txidOf,
  type Wtxid,
  wtxidOf,
} from '../consensus/index.ts';
import type { ChainStore, Verifier } from './ports.ts';

/** Which blocks leave and join. */
export interface StepPlan {
  /** The last block that stays; null when none does. */
  readonly fork: HeaderNode | null;
  /** Top first. */
  readonly disconnect: readonly HeaderNode[];
  /** Lowest first, at least one. */
  readonly connect: readonly HeaderNode[];
}

export interface StepBlock {
  readonly node: HeaderNode;
  readonly block: Block;
  readonly coins: CoinChanges;
}

/** A step that was found valid. */
export interface ReadyStep {
  readonly ok: true;
  readonly fork: HeaderNode | null;
  readonly disconnected: readonly StepBlock[];
  readonly connected: readonly (StepBlock & { readonly fees: number })[];
  /** Transactions that left the chain with this step, oldest first. */
  readonly returned: readonly Transaction[];
  readonly confirmed: readonly Txid[];
  /** The coins as they are after it. */
  readonly coins: CoinsOverlay;
}

/** A step in which a block proved invalid. */
export interface BrokenStep {
  readonly ok: false;
  readonly node: HeaderNode;
  readonly block: Block;
  readonly failure: Failure;
}

export interface StepModules {
  readonly params: ChainParams;
  readonly store: Pick<ChainStore, 'readBlocks' | 'readUndoFrom'>;
  readonly verifier: Verifier;
  readonly fetchCoins: (keys: Iterable<OutpointKey>) => Promise<Map<OutpointKey, Coin>>;
  /** Waits for signatures of this block that are being checked already. */
  readonly signaturesDone: (block: Block) => Promise<void>;
  /** Transactions whose signatures were found good before, by full bytes. */
  readonly verified: { has(wtxid: Wtxid): boolean; add(wtxid: Wtxid): void };
}

const NO_UNDO: ReadonlyMap<number, SpentCoin[]> = new Map();

/** At most so many blocks are connected by one step, beyond those that it takes to have more work than before. */
export const MAX_CONNECT = 16;

/** Plans the way from the active tip towards `best`. A reorg goes at least as far as it takes to have more work. */
export function planStep(tree: HeaderTree, best: HeaderNode): StepPlan {
  const fork = tree.forkFromActive(best);
  const disconnect = pathBetween(fork, tree.tip).reverse();
  const path = pathBetween(fork, best);
  const tipWork = tree.tip?.chainWork ?? 0n;
  const enough = path.findIndex((node) => node.chainWork > tipWork) + 1;
  return { fork, disconnect, connect: path.slice(0, Math.max(enough, MAX_CONNECT)) };
}

/** A step that only connects, on top of a tip that may still be on its way into the store. */
export function straightStep(nodes: readonly HeaderNode[]): StepPlan {
  return { fork: nodes[0]?.parent ?? null, disconnect: [], connect: nodes };
}

/** Coins as they will be when `step` is committed. @param fetch reads coins as they are before, or already after it */
export function coinsAfter(step: ReadyStep, fetch: StepModules['fetchCoins']): StepModules['fetchCoins'] {
  return async (keys) => {
    const found = new Map<OutpointKey, Coin>();
    const untouched: OutpointKey[] = [];
    for (const key of keys) {
      const coin = step.coins.changeOf(key);
      if (coin === undefined) untouched.push(key);
      else if (coin !== null) found.set(key, coin);
    }
    for (const [key, coin] of await fetch(untouched)) found.set(key, coin);
    return found;
  };
}

/**
 * Tries a plan out.
 * @param known bodies that are not in the store yet
 */
export async function tryStep(
  plan: StepPlan,
  known: ReadonlyMap<BlockHash, Block>,
  modules: StepModules,
): Promise<ReadyStep | BrokenStep> {
  const bodies = await readBodies([...plan.disconnect, ...plan.connect], known, modules);
  const wanted = new Set<OutpointKey>();
  for (const node of plan.connect) for (const key of outpointsToFetch(bodyOf(node, bodies))) wanted.add(key);
  const coins = new CoinsOverlay(await modules.fetchCoins(wanted));

  const lowest = plan.disconnect.at(-1);
  const undo = lowest === undefined ? NO_UNDO : await modules.store.readUndoFrom(lowest.height);
  const disconnected: StepBlock[] = [];
  for (const node of plan.disconnect) {
    const block = bodyOf(node, bodies);
    const changes = disconnectBlock(block, node.height, undo.get(node.height) ?? []);
    coins.disconnect(changes);
    disconnected.push({ node, block, coins: changes });
  }

  const connected: (StepBlock & { fees: number })[] = [];
  for (const node of plan.connect) {
    const block = bodyOf(node, bodies);
    await modules.signaturesDone(block);
    const verdict = connectBlockOnto(coins, block, {
      height: node.height,
      medianTimePast: medianTimePast(node.parent),
      params: modules.params,
      alreadyVerified: modules.verified,
    });
    if (!verdict.ok) return { ok: false, node, block, failure: verdict };
    const badSignature = await verifyPending(verdict.value, modules);
    if (badSignature !== undefined) return { ok: false, node, block, failure: badSignature };
    connected.push({
      node,
      block,
      coins: { created: verdict.value.created, spent: verdict.value.spent },
      fees: verdict.value.fees,
    });
  }

  const confirmed = new Set(connected.flatMap(({ block }) => paymentsOf(block).map(txidOf)));
  const returned = disconnected
    .toReversed()
    .flatMap(({ block }) => paymentsOf(block))
    .filter((tx) => !confirmed.has(txidOf(tx)));
  return { ok: true, fork: plan.fork, disconnected, connected, returned, confirmed: [...confirmed], coins };
}

/** All transactions but the coinbase. */
function paymentsOf(block: Block): Transaction[] {
  return block.transactions.filter((tx) => !isCoinbase(tx));
}

async function readBodies(
  nodes: readonly HeaderNode[],
  known: ReadonlyMap<BlockHash, Block>,
  modules: StepModules,
): Promise<Map<BlockHash, Block>> {
  const missing = nodes.map((node) => node.hash).filter((hash) => !known.has(hash));
  const bodies = missing.length === 0 ? new Map<BlockHash, Block>() : await modules.store.readBlocks(missing);
  for (const [hash, block] of known) bodies.set(hash, block);
  return bodies;
}

function bodyOf(node: HeaderNode, bodies: ReadonlyMap<BlockHash, Block>): Block {
  const block = bodies.get(node.hash);
  if (block === undefined)
    throw new Error(`invariant: the body of block ${node.height} ${node.hash} is not in the store`);
  return block;
}

/** Does the curve operations of a block in one batch. */
async function verifyPending(block: ConnectedBlock, modules: StepModules): Promise<Failure | undefined> {
  const { pendingSignatures } = block;
  const bad = await modules.verifier.firstInvalid(pendingSignatures.flatMap(({ checks }) => checks));
  if (bad < 0) {
    for (const { tx } of pendingSignatures) modules.verified.add(wtxidOf(tx));
    return undefined;
  }
  let before = 0;
  for (const { transactionIndex, tx, checks } of pendingSignatures) {
    if (bad < before + checks.length) {
      return fail(
        'bad-signature',
        `transaction ${transactionIndex} (${txidOf(tx)}): input ${bad - before}: the signature does not verify`,
      );
    }
    before += checks.length;
  }
  throw new Error(`invariant: the verifier named check ${bad} of ${before}`);
}
