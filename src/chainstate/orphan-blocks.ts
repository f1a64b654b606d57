/**
 * Blocks whose parent has not arrived: held for a while, within bounds, so that blocks may come in any order.
 *
 * Attack: strangers can make up parents for nothing. So an orphan must at least meet the target that it claims itself, and
 * when there is no room the one with the least claimed work goes first: filling the room with rubbish gets more expensive
 * than mining. Several copies of one hash are held, since the first to come may be the one with spoiled signatures.
 */
import {
  type Block,
  type BlockHash,
  blockHashOf,
  bytesToHex,
  type ChainParams,
  checkBlock,
  encodeBlock,
  hashMeetsTarget,
  sha256d,
  workOfTarget,
} from '../consensus/index.ts';

/** Copies of one block hash cost nothing to make, so they must not push out other blocks. */
const MAX_COPIES = 4;

interface Orphan {
  readonly block: Block;
  readonly hash: BlockHash;
  /** Hash of the full bytes: copies with one block hash may differ in their signatures, and only one of them be good. */
  readonly fullHash: string;
  readonly sizeBytes: number;
  readonly work: bigint;
}

export class OrphanBlocks {
  private readonly orphans = new Set<Orphan>();
  private sizeBytes = 0;
  private readonly maxBlocks: number;
  private readonly maxBytes: number;

  constructor(maxBlocks = 100, maxBytes = 20_000_000) {
    this.maxBlocks = maxBlocks;
    this.maxBytes = maxBytes;
  }

  get size(): number {
    return this.orphans.size;
  }

  /** @returns whether the block is held now */
  add(block: Block): boolean {
    const hash = blockHashOf(block.header);
    if (!hashMeetsTarget(hash, block.header.target)) return false;
    const fullBytes = encodeBlock(block);
    const fullHash = bytesToHex(sha256d(fullBytes));
    for (const held of this.orphans) if (held.fullHash === fullHash) return true;
    const copies = [...this.orphans].filter((held) => held.hash === hash);
    if (copies.length >= MAX_COPIES) this.remove(copies[0] as Orphan);
    const orphan: Orphan = {
      block,
      hash,
      fullHash,
      sizeBytes: fullBytes.length,
      work: workOfTarget(block.header.target),
    };
    this.orphans.add(orphan);
    this.sizeBytes += orphan.sizeBytes;
    while (this.orphans.size > this.maxBlocks || this.sizeBytes > this.maxBytes)
      this.remove(this.leastWork());
    return this.orphans.has(orphan);
  }

  /** Takes out the blocks that were waiting for this parent. */
  takeChildrenOf(parent: BlockHash): Block[] {
    const children = [...this.orphans].filter(({ block }) => block.header.prevHash === parent);
    for (const child of children) this.remove(child);
    return children.map(({ block }) => block);
  }

  private leastWork(): Orphan {
    let least: Orphan | undefined;
    for (const orphan of this.orphans) if (least === undefined || orphan.work < least.work) least = orphan;
    if (least === undefined) throw new Error('invariant: no orphan to remove');
    return least;
  }

  private remove(orphan: Orphan): void {
    if (this.orphans.delete(orphan)) this.sizeBytes -= orphan.sizeBytes;
  }
}

/** Cheap bounds for a block that cannot be checked yet. */
export function blockFits(block: Block, params: ChainParams): boolean {
  const verdict = checkBlock(block, block.transactions[0]?.locktime ?? 0, params);
  return verdict.ok;
}
