/**
 * The tree of all known headers, and the choice of the best chain in it (Core: CBlockIndex, CChain, setBlockIndexCandidates).
 *
 *                    ┌─ 3' (valid-fork)
 *   0 ── 1 ── 2 ──┬──┴─ 3 ── 4 (active tip)
 *                 └──── 3" ── 4" (headers-only: the body of 3" or 4" has not arrived)
 *
 * Rules: most work wins; of two with equal work the one whose blocks were complete first (a miner cannot gain by copying
 * the height of the tip). A node of the tree can be chosen when it is *linked*: its body and the bodies of all its
 * ancestors are here, and none of them is invalid.
 *
 * Two genesis blocks are two roots; they resolve by work like any other fork.
 *
 * This is a data structure, nothing more: whether a header is valid has been decided before it is added.
 */
import { type BlockHash, NO_BLOCK } from './hash.ts';
import type { BlockHeader } from './header.ts';
import { locatorHeights } from './locator.ts';
import type { Reason } from './reasons.ts';
import type { TimedBlock } from './retarget.ts';
import { addWork, NO_WORK, type Target, type Work, workOfTarget } from './target.ts';

/** How a block stands to the active chain. */
export type BlockStatus = 'active' | 'valid-fork' | 'headers-only' | 'invalid';

const NO_CHILDREN: readonly never[] = Object.freeze([]);

/** One known header. Only {@link HeaderTree} changes it. */
export class HeaderNode implements TimedBlock {
  readonly hash: BlockHash;
  readonly header: BlockHeader;
  readonly height: number;
  /** Work of the chain from genesis up to here. */
  readonly chainWork: Work;
  readonly parent: HeaderNode | null;
  /** An ancestor far below, so that walking down takes O(log n) steps (Core: pskip). */
  readonly skip: HeaderNode | null;
  /** Nearly all have one: a list that grows by `push` would reserve room for seventeen, a tenth of a second for 100,000. */
  children: readonly HeaderNode[] = NO_CHILDREN;
  /** The body is in our store. */
  hasBody = false;
  /** This body and those of all ancestors are here. */
  linked = false;
  /** Order in which nodes became linked; smaller = seen first. */
  sequence = 0;
  /** Why it is invalid; an ancestor's reason where it only inherits it. */
  invalidReason: Reason | undefined = undefined;

  constructor(hash: BlockHash, header: BlockHeader, parent: HeaderNode | null) {
    this.hash = hash;
    this.header = header;
    this.parent = parent;
    this.height = parent === null ? 0 : parent.height + 1;
    this.chainWork = addWork(parent?.chainWork ?? NO_WORK, workOfTarget(header.target));
    this.skip = parent === null ? null : ancestorAt(parent, skipHeight(this.height));
  }

  get timestamp(): number {
    return this.header.timestamp;
  }

  get target(): Target {
    return this.header.target;
  }

  get invalid(): boolean {
    return this.invalidReason !== undefined;
  }
}

/** Clears the lowest set bit. */
function clearLowestBit(n: number): number {
  return n & (n - 1);
}

/** Where the skip pointer of a block at `height` leads. Any choice below works; this one gives O(log n) (Core: GetSkipHeight). */
function skipHeight(height: number): number {
  if (height < 2) return 0;
  return height & 1 ? clearLowestBit(clearLowestBit(height - 1)) + 1 : clearLowestBit(height);
}

/** The ancestor of `node` at `height` (itself included); null when `height` is above it or negative. O(log n). */
export function ancestorAt(node: HeaderNode | null, height: number): HeaderNode | null {
  if (node === null || height > node.height || height < 0) return null;
  let at: HeaderNode | null = node;
  while (at !== null && at.height !== height) {
    const skipTo = skipHeight(at.height);
    const skipToFromParent = skipHeight(at.height - 1);
    const skipIsBest: boolean =
      skipTo === height ||
      (skipTo > height && !(skipToFromParent < skipTo - 2 && skipToFromParent >= height));
    at = at.skip !== null && skipIsBest ? at.skip : at.parent;
  }
  return at;
}

/** The last block that two chains share; null when they have different genesis blocks. */
export function forkPoint(a: HeaderNode | null, b: HeaderNode | null): HeaderNode | null {
  if (a === null || b === null) return null;
  const height = Math.min(a.height, b.height);
  let left = ancestorAt(a, height);
  let right = ancestorAt(b, height);
  while (left !== right && left !== null && right !== null) {
    // Where the skip pointers differ, the fork lies below both of them.
    const skip = left.skip !== right.skip;
    left = skip ? left.skip : left.parent;
    right = skip ? right.skip : right.parent;
  }
  return left === right ? left : null;
}

/** The blocks after `ancestor` up to `descendant`, lowest first; `null` as ancestor gives the whole chain. */
export function pathBetween(ancestor: HeaderNode | null, descendant: HeaderNode | null): HeaderNode[] {
  const path: HeaderNode[] = [];
  for (let at = descendant; at !== ancestor; at = at.parent) {
    if (at === null) throw new Error('invariant: not an ancestor');
    path.push(at);
  }
  return path.reverse();
}

/** True when `a` is the better tip: more work, or equal work and seen first. */
function isBetter(a: HeaderNode, b: HeaderNode): boolean {
  return a.chainWork === b.chainWork ? a.sequence < b.sequence : a.chainWork > b.chainWork;
}

export class HeaderTree {
  private readonly nodes = new Map<BlockHash, HeaderNode>();
  /** The active chain by height. */
  private readonly active: HeaderNode[] = [];
  /** All nodes that {@link isCandidate} holds for, and some that it holds for no longer. */
  private readonly candidates = new Set<HeaderNode>();
  private readonly leaves = new Set<HeaderNode>();
  private lastSequence = 0;

  get(hash: BlockHash): HeaderNode | undefined {
    return this.nodes.get(hash);
  }

  /** How many headers are known. */
  get size(): number {
    return this.nodes.size;
  }

  /** Last block of the active chain; null when there is none. */
  get tip(): HeaderNode | null {
    return this.active.at(-1) ?? null;
  }

  /** The block of the active chain at a height. */
  activeAt(height: number): HeaderNode | undefined {
    return this.active[height];
  }

  isActive(node: HeaderNode): boolean {
    return this.active[node.height] === node;
  }

  /**
   * The parent of a header: a node, `null` for a genesis block, `undefined` when unknown.
   */
  parentOf(header: BlockHeader): HeaderNode | null | undefined {
    return header.prevHash === NO_BLOCK ? null : this.nodes.get(header.prevHash);
  }

  /** Adds a header that has passed its checks; the same node again when it is known. A child of an invalid block is invalid. */
  addHeader(header: BlockHeader, hash: BlockHash): HeaderNode {
    const known = this.nodes.get(hash);
    if (known !== undefined) return known;
    const parent = this.parentOf(header);
    if (parent === undefined) throw new Error(`invariant: parent of ${hash} is unknown`);
    const node = new HeaderNode(hash, header, parent);
    node.invalidReason = parent?.invalidReason;
    this.nodes.set(hash, node);
    this.leaves.add(node);
    if (parent === null) return node;
    parent.children = [...parent.children, node];
    this.leaves.delete(parent);
    return node;
  }

  /** The body of a block is in the store now. Links it and all descendants that were waiting for it. */
  addBody(node: HeaderNode): void {
    node.hasBody = true;
    if (node.parent !== null && !node.parent.linked) return;
    this.link(node);
    if (node.children.length === 0) return;
    // Grows while it is walked: parents are linked before their children.
    const waiting = [...node.children];
    for (const next of waiting) {
      if (!next.hasBody) continue;
      this.link(next);
      waiting.push(...next.children);
    }
  }

  private link(node: HeaderNode): void {
    if (node.linked || node.invalid) return;
    node.linked = true;
    node.sequence = ++this.lastSequence;
    if (this.isCandidate(node)) this.candidates.add(node);
  }

  /** The body proved not to be the one that the hash stands for, and was thrown away: back to headers-only. */
  dropBody(node: HeaderNode): void {
    node.hasBody = false;
    for (const below of this.descendantsOf(node)) {
      below.linked = false;
    }
    if (this.tip?.linked !== true) this.reconsiderAll();
  }

  /** Forgets a header that nothing builds on and whose body is not stored: as if it had never been seen. */
  removeLeaf(node: HeaderNode): void {
    if (node.children.length > 0 || this.isActive(node))
      throw new Error(`invariant: ${node.hash} is not a loose leaf`);
    this.nodes.delete(node.hash);
    this.leaves.delete(node);
    this.candidates.delete(node);
    if (node.parent === null) return;
    node.parent.children = node.parent.children.filter((child) => child !== node);
    if (node.parent.children.length === 0) this.leaves.add(node.parent);
  }

  /** The block breaks a rule for ever, and so does everything that builds on it. */
  markInvalid(node: HeaderNode, reason: Reason): void {
    for (const below of this.descendantsOf(node)) {
      below.invalidReason ??= reason;
      below.linked = false;
    }
    if (this.tip?.linked !== true) this.reconsiderAll();
  }

  /**
   * The tip that the active chain should have; undefined when it has it already. Where the active tip itself has become
   * invalid, or has lost its body, that is the best of what is left, even if it has less work.
   */
  bestCandidate(): HeaderNode | undefined {
    let best: HeaderNode | undefined;
    for (const node of this.candidates) {
      if (!this.isCandidate(node)) this.candidates.delete(node);
      else if (best === undefined || isBetter(node, best)) best = node;
    }
    return best;
  }

  /** Should the active chain rather end in `node`? */
  private isCandidate(node: HeaderNode): boolean {
    return node.linked && (this.tip?.linked !== true || node.chainWork > this.tip.chainWork);
  }

  /** Nodes that a better tip had outdone count again once it is gone. Looks at every node; chains hardly ever get worse. */
  private reconsiderAll(): void {
    for (const node of this.nodes.values()) if (node.linked) this.candidates.add(node);
  }

  /** The active chain ends here from now on. Costs the depth of the change. */
  setActiveTip(tip: HeaderNode | null): void {
    const before = this.tip?.chainWork ?? NO_WORK;
    const fork = tip === null ? null : this.forkFromActive(tip);
    const path = pathBetween(fork, tip);
    this.active.length = fork === null ? 0 : fork.height + 1;
    for (const node of path) this.active.push(node);
    if (tip === null || tip.chainWork < before) this.reconsiderAll();
  }

  /** The last ancestor of `node` (itself included) on the active chain; null when there is none. */
  forkFromActive(node: HeaderNode): HeaderNode | null {
    let at: HeaderNode | null =
      node.height >= this.active.length ? ancestorAt(node, this.active.length - 1) : node;
    while (at !== null && !this.isActive(at)) at = at.parent;
    return at;
  }

  statusOf(node: HeaderNode): BlockStatus {
    if (this.isActive(node)) return 'active';
    if (node.invalid) return 'invalid';
    return node.linked ? 'valid-fork' : 'headers-only';
  }

  /** All blocks that nothing builds on: most work first, then complete ones, then the one seen first. */
  tips(): HeaderNode[] {
    return [...this.leaves].sort((a, b) => {
      if (a.chainWork !== b.chainWork) return a.chainWork > b.chainWork ? -1 : 1;
      return a.linked === b.linked ? a.sequence - b.sequence : Number(b.linked) - Number(a.linked);
    });
  }

  /** A block locator for the chain that ends in `tip`. */
  locator(tip: HeaderNode | null = this.tip): BlockHash[] {
    return locatorHeights(tip?.height ?? -1).map((height) => (ancestorAt(tip, height) as HeaderNode).hash);
  }

  /** The first block of a locator that is on our active chain; null when none is. */
  findFork(locator: readonly BlockHash[]): HeaderNode | null {
    for (const hash of locator) {
      const node = this.nodes.get(hash);
      if (node !== undefined && this.isActive(node)) return node;
    }
    return null;
  }

  /** A block and everything that builds on it, parents first. */
  descendantsOf(node: HeaderNode): HeaderNode[] {
    const found = [node];
    // The list grows while it is walked; no recursion, a branch may be longer than the stack is deep.
    for (const next of found) found.push(...next.children);
    return found;
  }
}
