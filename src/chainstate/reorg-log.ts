/**
 * The last reorganisations, told so that a learner can follow what happened.
 *
 *            ┌── b3 ── b4 ── b5   joined: more work
 *   … ── f ──┤
 *            └── a3 ── a4         left
 *
 * One reorganisation is one step of the chain that disconnects blocks. A step connects as many blocks as it takes to have
 * more work than before, or {@link MAX_CONNECT} where that is more. The rest of a longer branch follows in further steps,
 * which disconnect nothing and look like ordinary growth. So the counts tell what stood when the chain had changed sides:
 * of a branch of 200 blocks, `connectedCount` may say 16, and a payment that is in its 20th block counts as returned. It did
 * wait again, for the moment that the next step took.
 *
 * Returned payments are handed to the mempool. It refuses those whose coins the new branch spends otherwise (a double
 * spend), and those that spent the reward of a block that left: these are counted as returned, and are gone all the same.
 */
import { type BlockHash, isCoinbase } from '../consensus/index.ts';
import type { ChainEvent, ChangedBlock } from './chain-events.ts';
import { MAX_CONNECT } from './chain-step.ts';

/** The names of at most so many blocks are kept of each side: a reorganisation of a whole chain must not fill the memory. */
const MAX_NAMES = 100;
const MAX_REORGS = 20;
/** Enough of a hash to tell blocks apart, with the zeros that work puts in front. */
const SHORT_HASH_LENGTH = 10;

export type TipChange = Extract<ChainEvent, { readonly type: 'tip-changed' }>;

export interface BlockName {
  readonly height: number;
  readonly hash: BlockHash;
}

/** What one reorganisation did. */
export interface Reorg {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** The last block that stayed; null when not even genesis did. */
  readonly fork: BlockName | null;
  /** Blocks that left the chain. */
  readonly depth: number;
  readonly oldTip: BlockName;
  readonly newTip: BlockName;
  /** Top first; the 100 highest of them. */
  readonly disconnected: readonly BlockName[];
  /** Lowest first; the 100 lowest of them. */
  readonly connected: readonly BlockName[];
  readonly connectedCount: number;
  /** Payments in the blocks that left: all their transactions but the rewards. */
  readonly paymentsLeft: number;
  /** Those of them that the blocks which joined contain, too. */
  readonly paymentsKept: number;
  /** Those of them that went back to the mempool. */
  readonly paymentsReturned: number;
  /** All of it in a sentence or two. */
  readonly story: string;
}

/**
 * Remembers the last 20 reorganisations of this run.
 *
 *   const reorgs = new ReorgLog(clock);
 *   chain.events.subscribe((event) => reorgs.note(event));
 */
export class ReorgLog {
  private readonly clock: { nowMs(): number };
  /** Latest first. */
  private reorgs: readonly Reorg[] = [];

  constructor(clock: { nowMs(): number }) {
    this.clock = clock;
  }

  /** Takes any event of the chain; those that are no reorganisation are passed over. */
  note(event: ChainEvent): void {
    if (event.type !== 'tip-changed') return;
    const reorg = reorgOf(event, this.clock.nowMs());
    if (reorg !== undefined) this.reorgs = [reorg, ...this.reorgs].slice(0, MAX_REORGS);
  }

  /** At most 20, latest first. */
  latest(): readonly Reorg[] {
    return this.reorgs;
  }
}

/** What a change of the tip did; undefined where the chain only grew. */
export function reorgOf(change: TipChange, atMs: number): Reorg | undefined {
  const { disconnected, connected, returned, tip } = change;
  const [top] = disconnected;
  if (top === undefined) return undefined;
  const paymentsLeft = paymentCount(disconnected);
  const facts = {
    atMs,
    fork: forkOf(change),
    depth: disconnected.length,
    oldTip: nameOf(top),
    newTip: nameOf(tip),
    disconnected: disconnected.slice(0, MAX_NAMES).map(nameOf),
    connected: connected.slice(0, MAX_NAMES).map(nameOf),
    connectedCount: connected.length,
    paymentsLeft,
    paymentsKept: paymentsLeft - returned.length,
    paymentsReturned: returned.length,
  };
  return { ...facts, story: storyOf(facts) };
}

/** The lowest block that left names its parent, which stayed. */
function forkOf({ disconnected, forkHeight }: TipChange): BlockName | null {
  const lowest = disconnected.at(-1);
  return lowest === undefined || forkHeight < 0
    ? null
    : { height: forkHeight, hash: lowest.block.header.prevHash };
}

function nameOf({ height, hash }: BlockName): BlockName {
  return { height, hash };
}

function paymentCount(blocks: readonly ChangedBlock[]): number {
  return blocks.reduce(
    (sum, { block }) => sum + block.transactions.filter((tx) => !isCoinbase(tx)).length,
    0,
  );
}

/** All that a reorganisation did, in one English sentence. The dashboard tells it from the same facts in its own languages. */
export function storyOf(reorg: Omit<Reorg, 'story'>): string {
  const { fork, depth, connectedCount } = reorg;
  const where =
    fork === null
      ? ', genesis among them,'
      : ` after height ${fork.height} (${fork.hash.slice(0, SHORT_HASH_LENGTH)}…)`;
  // What one step connects may be the beginning of a branch only.
  const length = `${connectedCount >= MAX_CONNECT ? 'at least ' : ''}${counted(connectedCount, 'block')}`;
  return (
    `${counted(depth, 'block')}${fork === null && depth === 1 ? ', the genesis block,' : where} left the chain because ` +
    `a branch of ${length} had more work; ${paymentsStory(reorg)}.`
  );
}

function paymentsStory({
  depth,
  paymentsLeft,
  paymentsKept,
  paymentsReturned,
}: Omit<Reorg, 'story'>): string {
  const whose = depth === 1 ? 'its' : 'their';
  if (paymentsLeft === 0) return `${depth === 1 ? 'it' : 'they'} held no payments`;
  if (paymentsLeft === 1) {
    return `${whose} one payment ${paymentsKept === 1 ? 'is in the new branch too' : 'waits again'}`;
  }
  if (paymentsReturned === 0) return `all of ${whose} ${paymentsLeft} payments are in the new branch too`;
  if (paymentsKept === 0) return `all of ${whose} ${paymentsLeft} payments wait again`;
  return (
    `of ${whose} ${paymentsLeft} payments ${paymentsKept} ${paymentsKept === 1 ? 'is' : 'are'} in the new branch too, ` +
    `${paymentsReturned} ${paymentsReturned === 1 ? 'waits' : 'wait'} again`
  );
}

function counted(count: number, singular: string): string {
  return `${count} ${count === 1 ? singular : `${singular}s`}`;
}
