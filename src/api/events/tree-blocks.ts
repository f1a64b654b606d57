/** Blocks as events and snapshots show them: on the active chain, beside it, or known by their header only. */
import type { ChangedBlock, Chainstate } from '../../chainstate/index.ts';
import type { HeaderNode } from '../../consensus/index.ts';
import { SNAPSHOT_BLOCKS, type TreeBlock } from '../../protocol/index.ts';
import { headerEntry } from '../routes/block-views.ts';
import { type BlockFacts, ServedBlock, type ServedBlocks } from '../served-blocks.ts';

/** Of side branches a snapshot shows no more: a simulation, or somebody who floods us with branches, may have thousands. */
const MAX_SIDE_BLOCKS = 200;

/** A block whose body is at hand. */
export function changedTreeBlock(chain: Chainstate, { hash, block }: ChangedBlock): TreeBlock | undefined {
  const node = chain.headers.get(hash);
  return node === undefined ? undefined : treeBlock(chain, node, new ServedBlock(block).facts());
}

export function treeBlock(chain: Chainstate, node: HeaderNode, facts: BlockFacts | undefined): TreeBlock {
  return {
    ...headerEntry(node),
    status: chain.headers.statusOf(node),
    invalid_reason: node.invalidReason ?? null,
    size: facts?.size ?? null,
    transaction_count: facts?.transaction_count ?? null,
    miner: facts?.miner ?? null,
    reward: facts?.reward ?? null,
  };
}

/**
 * The last blocks of the active chain, and the branches that leave it there; lowest first.
 * @param top height of the highest block wanted; the tip's where it is left out
 */
export async function treeNear(
  chain: Chainstate,
  servedBlocks: ServedBlocks,
  top = chain.height,
): Promise<TreeBlock[]> {
  const lowest = Math.max(0, Math.min(top, chain.height) - SNAPSHOT_BLOCKS + 1);
  const nodes: HeaderNode[] = [];
  for (let height = lowest; height <= top; height++) {
    const node = chain.headers.activeAt(height);
    if (node !== undefined) nodes.push(node);
  }
  nodes.push(...sideBranches(chain, lowest));
  const blocks: TreeBlock[] = [];
  for (const node of nodes) blocks.push(treeBlock(chain, node, await servedBlocks.factsOf(node)));
  return blocks.sort((a, b) => a.height - b.height);
}

function sideBranches(chain: Chainstate, lowest: number): HeaderNode[] {
  const { headers } = chain;
  const found = new Set<HeaderNode>();
  for (const tip of headers.tips()) {
    for (let at: HeaderNode | null = tip; at !== null && !headers.isActive(at); at = at.parent) {
      if (at.height < lowest || found.has(at)) break;
      if (found.size >= MAX_SIDE_BLOCKS) return [...found];
      found.add(at);
    }
  }
  return [...found];
}
