/** How blocks and headers of the tree look in answers. */
import { type BlockJson, type HeaderNode, headerToJson, medianTimePast } from '../../consensus/index.ts';
import type { Chainstate } from '../../chainstate/index.ts';
import type { BlockAnswer, ChainTip, HeaderEntry } from '../../protocol/index.ts';
import type { ServedBlock } from '../served-blocks.ts';

/** 1 for the tip; 0 for blocks off the active chain. */
export function confirmationsOf(chain: Chainstate, node: HeaderNode): number {
  return chain.headers.isActive(node) ? chain.height - node.height + 1 : 0;
}

export function headerEntry(node: HeaderNode): HeaderEntry {
  return {
    height: node.height,
    block_hash: node.hash,
    header: headerToJson(node.header),
    chain_work: node.chainWork.toString(),
  };
}

/** The JSON text of a {@link BlockAnswer}: most of it was made when somebody asked before. */
export function blockAnswer(chain: Chainstate, node: HeaderNode, served: ServedBlock): Buffer {
  const standing = JSON.stringify(standingOf(chain, node, served));
  return Buffer.concat([
    Buffer.from(`{"height":${node.height},`),
    served.json,
    Buffer.from(`,${standing.slice(1)}`),
  ]);
}

/** What changes as the chain goes on, and sums. */
function standingOf(
  chain: Chainstate,
  node: HeaderNode,
  { block, sizeBytes }: ServedBlock,
): Omit<BlockAnswer, 'height' | keyof BlockJson> {
  const { headers } = chain;
  return {
    status: headers.statusOf(node),
    confirmations: confirmationsOf(chain, node),
    chain_work: node.chainWork.toString(),
    next_hash: headers.isActive(node) ? (headers.activeAt(node.height + 1)?.hash ?? null) : null,
    median_time_past: medianTimePast(node),
    size: sizeBytes,
    transaction_count: block.transactions.length,
    invalid_reason: node.invalidReason ?? null,
  };
}

export function chainTip(chain: Chainstate, node: HeaderNode): ChainTip {
  const fork = chain.headers.forkFromActive(node);
  const forkHeight = fork?.height ?? -1;
  return {
    height: node.height,
    block_hash: node.hash,
    status: chain.headers.statusOf(node),
    branch_length: node.height - forkHeight,
    fork_height: forkHeight,
    fork_hash: fork?.hash ?? null,
    chain_work: node.chainWork.toString(),
    timestamp: node.timestamp,
    invalid_reason: node.invalidReason ?? null,
  };
}
