/** Blocks as events and snapshots show them: on the active chain, beside it, or known by their header only. */
import type { ChainEvent, ChangedBlock, Chainstate } from '../../chainstate/index.ts';
import type { HeaderNode } from '../../consensus/index.ts';
import { SNAPSHOT_BLOCKS, type TreeBlock } from '../../protocol/index.ts';
import { headerEntry } from '../routes/block-views.ts';
import { type BlockFacts, ServedBlock, type ServedBlocks } from '../served-blocks.ts';

/** Of side branches a snapshot shows no more: a simulation, or somebody who floods us with branches, may have thousands. */
const MAX_SIDE_BLOCKS = 200;
/** Of blocks that are invalid because of one below them, no more are told. */
const MAX_CONDEMNED = 200;
/** Side blocks that are looked at for it: those above the wanted part have to be walked down. */
const MAX_SEEN = 20_000;

/** A block whose body is at hand. */
export function changedTreeBlock(chain: Chainstate, { hash, block }: ChangedBlock): TreeBlock | undefined {
  const node = chain.headers.get(hash);
  return node === undefined ? undefined : treeBlock(chain, node, new ServedBlock(block).facts());
}

/** A block that breaks a rule, and the first of those that build on it; lowest first. */
export function condemnedTreeBlocks(
  chain: Chainstate,
  { condemned, arrived }: Extract<ChainEvent, { readonly type: 'block-invalid' }>,
): TreeBlock[] {
  const facts = arrived && new ServedBlock(arrived.block).facts();
  // The one that has just come may be high above: nobody knows it yet.
  const told = new Set([
    ...condemned.slice(0, MAX_CONDEMNED),
    ...(arrived === undefined ? [] : [arrived.hash]),
  ]);
  const nodes = [...told].map((hash) => chain.headers.get(hash)).filter((node) => node !== undefined);
  return nodes.map((node) => treeBlock(chain, node, node.hash === arrived?.hash ? facts : undefined));
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

/** The last blocks of the active chain, and the branches that leave it there; lowest first. */
export function treeNear(chain: Chainstate, servedBlocks: ServedBlocks): Promise<TreeBlock[]> {
  return treeBetween(chain, servedBlocks, Math.max(0, chain.height - SNAPSHOT_BLOCKS + 1), Infinity);
}

/** The active chain between two heights, both included, and the branches beside it there; lowest first. */
export async function treeBetween(
  chain: Chainstate,
  servedBlocks: ServedBlocks,
  lowest: number,
  highest: number,
): Promise<TreeBlock[]> {
  const nodes: HeaderNode[] = [];
  for (let height = lowest; height <= Math.min(highest, chain.height); height++) {
    const node = chain.headers.activeAt(height);
    if (node !== undefined) nodes.push(node);
  }
  nodes.push(...sideBranches(chain, lowest, highest));
  const blocks: TreeBlock[] = [];
  for (const node of nodes) blocks.push(treeBlock(chain, node, await servedBlocks.factsOf(node)));
  return blocks.sort((a, b) => a.height - b.height);
}

function sideBranches(chain: Chainstate, lowest: number, highest: number): HeaderNode[] {
  const { headers } = chain;
  const found: HeaderNode[] = [];
  const seen = new Set<HeaderNode>();
  for (const tip of headers.tips()) {
    for (let at: HeaderNode | null = tip; at !== null && !headers.isActive(at); at = at.parent) {
      if (at.height < lowest || seen.has(at)) break;
      if (found.length >= MAX_SIDE_BLOCKS || seen.size >= MAX_SEEN) return found;
      seen.add(at);
      if (at.height <= highest) found.push(at);
    }
  }
  return found;
}
