/**
 * A block on its way in: what can be said of it before anything is touched.
 */
import {
  type Block,
  type BlockHash,
  blockHashOf,
  type BlockStatus,
  checkHeader,
  type ChainParams,
  type Failure,
  fail,
  type HeaderNode,
  type HeaderTree,
  NO_BLOCK,
  type Verdict,
} from '../consensus/index.ts';
import type { BlockToStore } from './ports.ts';
import type { PreparedBlocks } from './prepared-blocks.ts';

/** A block whose header is in the tree. */
export interface IncomingBlock {
  readonly node: HeaderNode;
  readonly block: Block;
  readonly isNewHeader: boolean;
  /** Its body is in the store. */
  stored: boolean;
}

/** A block that was taken. */
export interface AcceptedBlock {
  readonly hash: BlockHash;
  readonly height: number;
  /** How it stands to the active chain now. */
  readonly status: BlockStatus;
  /** Blocks that left the active chain because of it. */
  readonly disconnected: number;
}

/** A block that is new and whose header is in order. */
export interface LookedAt {
  readonly ok: true;
  readonly hash: BlockHash;
  /** Set where the header is known and the body wanted. */
  readonly known: HeaderNode | undefined;
  /** What checkBlock says. */
  readonly body: Verdict;
}

export interface LookModules {
  readonly headers: HeaderTree;
  readonly params: ChainParams;
  readonly prepared: PreparedBlocks;
}

/** Everything that can be said of a block without coins. @param nowS our clock, in seconds */
export function lookAtBlock(block: Block, modules: LookModules, nowS: number): LookedAt | Failure {
  const { header } = block;
  const { headers, params, prepared } = modules;
  const hash = blockHashOf(header);

  // 1. Do we have it? A header without its body is still wanted.
  const known = headers.get(hash);
  if (known?.invalidReason !== undefined)
    return fail('duplicate-invalid', `block ${hash} is known and invalid: ${known.invalidReason}`);
  if (known?.hasBody === true) return fail('duplicate', `block ${hash} is known, at height ${known.height}`);

  // 2. Where does it belong?
  const parent = headers.parentOf(header);
  if (parent === undefined)
    return fail('prev-blk-not-found', `the parent ${header.prevHash} is unknown here`);
  if (parent?.invalidReason !== undefined)
    return fail('bad-prevblk', `the parent ${parent.hash} is invalid: ${parent.invalidReason}`);

  // 3. Cheap and unforgeable first: the header, then whether this body is the one that the hash commits to.
  const headerVerdict = checkHeader(header, hash, parent, params, nowS);
  if (!headerVerdict.ok) return headerVerdict;
  return { ok: true, hash, known, body: prepared.bodyVerdict(block, (parent?.height ?? -1) + 1) };
}

/** Puts the header into the tree; the body is not there yet. */
export function enterTree({ hash, known }: LookedAt, block: Block, headers: HeaderTree): IncomingBlock {
  const node = headers.addHeader(block.header, hash);
  return { node, block, isNewHeader: known === undefined, stored: false };
}

/** The store failed, or a block below proved bad: memory must not know more than the disk. @param run lowest first */
export function withdraw(headers: HeaderTree, run: readonly IncomingBlock[]): void {
  for (const { node, isNewHeader } of run.toReversed()) {
    if (headers.isActive(node)) continue;
    headers.dropBody(node);
    if (isNewHeader && node.children.length === 0 && !node.invalid) headers.removeLeaf(node);
  }
}

/** So many blocks are taken at once where they follow the tip. */
export const MAX_RUN = 64;

/**
 * The blocks at the beginning that follow the tip and each other, and pass all checks that need no coins: their headers are in
 * the tree then. None where there are fewer than two: one alone goes the ordinary way, which knows all cases.
 */
export function enterRun(blocks: readonly Block[], modules: LookModules, nowS: number): IncomingBlock[] {
  const { headers } = modules;
  const run: IncomingBlock[] = [];
  if (blocks.length < 2 || blocks[0]?.header.prevHash !== (headers.tip?.hash ?? NO_BLOCK)) return run;
  for (const block of blocks.slice(0, MAX_RUN)) {
    const before = run.at(-1);
    if (before !== undefined && block.header.prevHash !== before.node.hash) break;
    const looked = lookAtBlock(block, modules, nowS);
    if (!looked.ok || !looked.body.ok) break;
    run.push(enterTree(looked, block, headers));
  }
  if (run.length >= 2) return run;
  withdraw(headers, run);
  return [];
}

export function bodiesOf(blocks: readonly IncomingBlock[]): Map<BlockHash, Block> {
  return new Map(blocks.map(({ node, block }) => [node.hash, block]));
}

export function toStore({ node, block }: IncomingBlock, status: BlockStatus): BlockToStore {
  return { hash: node.hash, block, height: node.height, chainWork: node.chainWork, status };
}
