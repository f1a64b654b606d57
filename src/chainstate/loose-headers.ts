/**
 * Headers whose bodies have not come yet: checked, part of the tree, and in memory only.
 *
 * They are what headers-first sync works with: who has the headers of a chain knows what to ask for, from whom, and that the
 * work was done, before a single body is fetched. A node that restarts asks for them again, which is cheap.
 *
 * Attack: headers at an easy target cost next to nothing. So the network lets a chain of headers in only once it has shown
 * enough work (see network/header-sync.ts), and here their number is bounded: of too many, the branches with the least
 * work go first (Core's answer to the same attack: headers pre-synchronisation, and no eviction).
 */
import {
  type BlockHeader,
  blockHashOf,
  type ChainParams,
  checkHeader,
  type Failure,
  fail,
  type HeaderNode,
  type HeaderTree,
} from '../consensus/index.ts';
import type { BlockToStore } from './ports.ts';

export interface AcceptedHeaders {
  /** The nodes of those that are in the tree now, in their order; known ones included. */
  readonly nodes: readonly HeaderNode[];
  /** Why the next one is not; undefined when all are. */
  readonly failure: Failure | undefined;
}

export class LooseHeaders {
  private readonly tree: HeaderTree;
  private readonly params: ChainParams;
  private readonly maxHeaders: number;
  private readonly nodes = new Set<HeaderNode>();

  constructor(tree: HeaderTree, params: ChainParams, maxHeaders = 100_000) {
    this.tree = tree;
    this.params = params;
    this.maxHeaders = maxHeaders;
  }

  get size(): number {
    return this.nodes.size;
  }

  /** True while the store knows nothing of it. */
  has(node: HeaderNode): boolean {
    return this.nodes.has(node);
  }

  /** The store has it now, and what {@link ancestorsToStore} named. */
  stored(node: HeaderNode): void {
    for (let at: HeaderNode | null = node; at !== null; at = at.parent) {
      if (!this.nodes.delete(at) && at !== node) return;
    }
  }

  /**
   * What must be stored below a block whose body is about to be: the store never has a block without its ancestors' headers.
   * Empty but for bodies that come out of order.
   */
  ancestorsToStore(node: HeaderNode): BlockToStore[] {
    const rows: BlockToStore[] = [];
    for (let at = node.parent; at !== null && this.nodes.has(at); at = at.parent) {
      const { hash, header, height, chainWork } = at;
      rows.push({ hash, block: { header, transactions: [] }, height, chainWork, status: 'headers-only' });
    }
    return rows.reverse();
  }

  /**
   * Checks headers and puts them into the tree, up to the first that fails. Synchronous: give it some hundreds at a time.
   * @param nowS our clock, in seconds
   */
  accept(headers: readonly BlockHeader[], nowS: number): AcceptedHeaders {
    const nodes: HeaderNode[] = [];
    let failure: Failure | undefined;
    for (const header of headers) {
      const verdict = this.acceptOne(header, nowS);
      if ('ok' in verdict) {
        failure = verdict;
        break;
      }
      nodes.push(verdict);
    }
    if (this.nodes.size > this.maxHeaders) this.prune();
    return { nodes, failure };
  }

  private acceptOne(header: BlockHeader, nowS: number): HeaderNode | Failure {
    const hash = blockHashOf(header);
    const known = this.tree.get(hash);
    if (known?.invalidReason !== undefined)
      return fail('duplicate-invalid', `block ${hash} is known and invalid: ${known.invalidReason}`);
    if (known !== undefined) return known;
    const parent = this.tree.parentOf(header);
    if (parent === undefined)
      return fail('prev-blk-not-found', `the parent ${header.prevHash} is unknown here`);
    if (parent?.invalidReason !== undefined)
      return fail('bad-prevblk', `the parent ${parent.hash} is invalid: ${parent.invalidReason}`);
    const verdict = checkHeader(header, hash, parent, this.params, nowS);
    if (!verdict.ok) return verdict;
    const node = this.tree.addHeader(header, hash);
    this.nodes.add(node);
    return node;
  }

  /** Forgets the branches with the least work, until a tenth of the room is free. */
  private prune(): void {
    const room = Math.floor(this.maxHeaders * 0.9);
    const leastWorkFirst = [...this.nodes].sort((a, b) => (a.chainWork < b.chainWork ? -1 : 1));
    for (const node of leastWorkFirst) {
      // A branch is taken down from its leaf; its lower nodes came earlier in the order, and had children then.
      let leaf: HeaderNode | null = node;
      while (leaf !== null && this.nodes.size > room && this.isLooseLeaf(leaf)) {
        this.tree.removeLeaf(leaf);
        this.nodes.delete(leaf);
        leaf = leaf.parent;
      }
      if (this.nodes.size <= room) return;
    }
  }

  private isLooseLeaf(node: HeaderNode): boolean {
    return this.nodes.has(node) && node.children.length === 0 && !node.hasBody;
  }
}
