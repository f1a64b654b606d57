/** A copy of the last blocks to do mischief with, and what the rules say about it. */
import type { Block } from '../../../../src/consensus/block.ts';
import { checkBlock } from '../../../../src/consensus/check-block.ts';
import { checkHeader } from '../../../../src/consensus/check-header.ts';
import type { Address } from '../../../../src/consensus/hash.ts';
import { blockHashOf, type BlockHeader } from '../../../../src/consensus/header.ts';
import { blockFromJson, headerFromJson } from '../../../../src/consensus/json-form.ts';
import { merkleRoot } from '../../../../src/consensus/merkle.ts';
import { type ChainParams, MEDIAN_TIME_SPAN } from '../../../../src/consensus/params.ts';
import { fail, type Verdict } from '../../../../src/consensus/reasons.ts';
import type { TimedBlock } from '../../../../src/consensus/retarget.ts';
import { MAX_TARGET, parseTarget } from '../../../../src/consensus/target.ts';
import { txidOf } from '../../../../src/consensus/transaction.ts';
import type { ApiClient } from '../../../../src/protocol/client.ts';
import type { ParamsAnswer } from '../../../../src/protocol/node-status.ts';

export interface Copy {
  /** Height of the first block. */
  readonly from: number;
  /** Lowest first. */
  readonly blocks: readonly Block[];
  /** What the first stands on; null for block 0. */
  readonly parent: TimedBlock | null;
  readonly params: ChainParams;
}

const COPIED = 3;

/** Copies the last blocks of the active chain, three at most. @throws Error when the node sends what is none */
export async function copyLastBlocks(api: ApiClient, tipHeight: number): Promise<Copy> {
  const params = paramsFrom(await api.params());
  const from = Math.max(0, tipHeight - COPIED + 1);
  const { blocks } = await api.chainPage({ from, limit: COPIED });
  // What the rules for time and target look back at.
  let parent: TimedBlock | null = null;
  let next: number = Math.max(0, from - Math.max(MEDIAN_TIME_SPAN, params.retargetInterval));
  while (next < from) {
    const { headers } = await api.headers({ from: next, limit: Math.min(1000, from - next) });
    if (headers.length === 0) break;
    for (const { header } of headers) parent = timed(valueOf(headerFromJson(header)), next++, parent);
  }
  return { from, blocks: blocks.map((block) => valueOf(blockFromJson(block))), parent, params };
}

function paramsFrom(answer: ParamsAnswer): ChainParams {
  return {
    defaultTarget: parseTarget(answer.default_target) ?? MAX_TARGET,
    blockReward: answer.block_reward,
    halvingInterval: answer.halving_interval,
    retargetInterval: answer.retarget_interval,
    targetBlockTimeS: answer.target_block_time,
    coinbaseMaturity: answer.coinbase_maturity,
    maxBlockSizeBytes: answer.max_block_size,
    maxMoney: answer.max_money,
  };
}

function timed({ timestamp, target }: BlockHeader, height: number, parent: TimedBlock | null): TimedBlock {
  return { height, timestamp, target, parent };
}

function valueOf<T>(verdict: Verdict<T>): T {
  if (!verdict.ok) throw new Error(verdict.detail);
  return verdict.value;
}

/** What the rules say about each block of the copy: each must stand on the one before, as that one is now. */
export function verdictsOf({ from, blocks, parent, params }: Copy, nowS: number): Verdict[] {
  let below = parent;
  return blocks.map((block, index) => {
    const { header } = block;
    const before = blocks[index - 1]?.header;
    const under = below;
    below = timed(header, from + index, under);
    if (before !== undefined && header.prevHash !== blockHashOf(before))
      return fail(
        'prev-blk-not-found',
        `it stands on ${header.prevHash}; the block before has the hash ${blockHashOf(before)} now`,
      );
    const verdict = checkHeader(header, blockHashOf(header), under, params, nowS);
    return verdict.ok ? checkBlock(block, from + index, params) : verdict;
  });
}

export type Mischief = 'thief' | 'time' | 'nonce';

/** The block with one thing changed, and nothing else put right. */
export function tampered(block: Block, mischief: Mischief, thief: Address): Block {
  const { header, transactions } = block;
  switch (mischief) {
    case 'thief': {
      const [reward, ...others] = transactions;
      if (reward === undefined) return block;
      const outputs = reward.outputs.map((output, index) =>
        index > 0 ? output : { ...output, pubkeyHash: thief },
      );
      return { header, transactions: [{ ...reward, outputs }, ...others] };
    }
    case 'time':
      return { header: { ...header, timestamp: header.timestamp + 1 }, transactions };
    case 'nonce':
      return { header: { ...header, nonce: (header.nonce + 1) >>> 0 }, transactions };
  }
}

/** The block with the Merkle root that its transactions have. */
export function withRightRoot({ header, transactions }: Block): Block {
  return { header: { ...header, merkleRoot: merkleRoot(transactions.map(txidOf)).root }, transactions };
}
