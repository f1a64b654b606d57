/** How blocks and headers of the tree look in answers. */
import {
  type Block,
  blockSize,
  blockToJson,
  type HeaderNode,
  headerToJson,
  isCoinbase,
  medianTimePast,
} from '../../consensus/index.ts';
import type { Chainstate } from '../../chainstate/index.ts';
import type { BlockAnswer, BlockSummary, ChainTip, HeaderEntry } from '../../protocol/index.ts';

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

export function blockAnswer(chain: Chainstate, node: HeaderNode, block: Block): BlockAnswer {
  const { headers } = chain;
  return {
    height: node.height,
    ...blockToJson(block),
    status: headers.statusOf(node),
    confirmations: confirmationsOf(chain, node),
    chain_work: node.chainWork.toString(),
    next_hash: headers.isActive(node) ? (headers.activeAt(node.height + 1)?.hash ?? null) : null,
    median_time_past: medianTimePast(node),
    size: blockSize(block),
    transaction_count: block.transactions.length,
    invalid_reason: node.invalidReason ?? null,
  };
}

export function blockSummary(node: HeaderNode, block: Block): BlockSummary {
  const first = block.transactions[0];
  const coinbase = first !== undefined && isCoinbase(first) ? first : undefined;
  const sum = (outputs: readonly { amount: number }[]): number =>
    outputs.reduce((total, { amount }) => total + amount, 0);
  return {
    ...headerEntry(node),
    size: blockSize(block),
    transaction_count: block.transactions.length,
    miner: coinbase?.outputs[0]?.pubkeyHash ?? null,
    reward: coinbase === undefined ? 0 : sum(coinbase.outputs),
    output_total: sum(block.transactions.flatMap((tx) => tx.outputs)),
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
