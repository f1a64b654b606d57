/**
 * What the page knows of the node, as a value: snapshots and events go in, a new view comes out.
 *
 * Events may tell again what a snapshot contained, so everything here can be applied twice and gives the same.
 */
import type { EventMessage, Reorg, SnapshotMessage, TreeBlock } from '../../../src/protocol/schemas.ts';
import type { MempoolInfoAnswer } from '../../../src/protocol/mempool.ts';
import { type MempoolNews, withNews } from './mempool-news.ts';
import type { MiningStatusAnswer } from '../../../src/protocol/mining.ts';

export interface ChainView {
  /** -1: an empty chain. Undefined: nothing has been heard yet. */
  readonly height: number | undefined;
  readonly tipHash: string | null;
  /** By hash: the upper end of the active chain, and the branches beside it. */
  readonly blocks: ReadonlyMap<string, TreeBlock>;
  /** Latest first. */
  readonly reorgs: readonly Reorg[];
  readonly mempool: MempoolInfoAnswer | undefined;
  /** Latest first. */
  readonly mempoolNews: readonly MempoolNews[];
  readonly mining: MiningStatusAnswer | undefined;
}

export const NOTHING_KNOWN: ChainView = {
  height: undefined,
  tipHash: null,
  blocks: new Map(),
  reorgs: [],
  mempool: undefined,
  mempoolNews: [],
  mining: undefined,
};

/** Blocks further below the tip are let go: a page that is open for a week must not grow for a week. */
export const KEPT_BELOW_TIP = 1_000;
const KEPT_REORGS = 20;

export function applySnapshot(view: ChainView, { data }: Pick<SnapshotMessage, 'data'>): ChainView {
  return {
    ...view,
    ...(data.blocks === undefined
      ? {}
      : {
          height: data.blocks.height,
          tipHash: data.blocks.tip_hash,
          blocks: new Map(data.blocks.blocks.map((block) => [block.block_hash, block])),
        }),
    ...(data.reorgs === undefined ? {} : { reorgs: data.reorgs }),
    ...(data.mempool === undefined ? {} : { mempool: data.mempool.info }),
    ...(data.mining === undefined ? {} : { mining: data.mining }),
  };
}

export function applyEvent(view: ChainView, event: Omit<EventMessage, 'type' | 'topic'>): ChainView {
  const { data } = event;
  switch (data.type) {
    case 'tip-changed': {
      const blocks = new Map(view.blocks);
      for (const block of [...data.disconnected, ...data.connected]) blocks.set(block.block_hash, block);
      return { ...view, height: data.height, tipHash: data.tip_hash, blocks: trimmed(blocks, data.height) };
    }
    case 'block-stored':
      return { ...view, blocks: withBlocks(view, [data.block]) };
    case 'block-invalid':
      return { ...view, blocks: withBlocks(view, data.blocks) };
    case 'reorg':
      return { ...view, reorgs: withReorg(view.reorgs, data.reorg) };
    case 'mempool-changed':
      return { ...view, mempool: data.info, mempoolNews: withNews(view.mempoolNews, { ...event, data }) };
    case 'mining-changed':
      return { ...view, mining: data.status };
    case 'peers-changed':
    case 'messages-logged':
    case 'address-changed':
      return view;
  }
}

/** What is in a block stays known where an event says only how it stands. */
function withBlocks({ blocks }: ChainView, told: readonly TreeBlock[]): Map<string, TreeBlock> {
  const all = new Map(blocks);
  for (const block of told) {
    const { size, transaction_count, miner, reward } =
      (block.size === null && all.get(block.block_hash)) || block;
    all.set(block.block_hash, { ...block, size, transaction_count, miner, reward });
  }
  return all;
}

function trimmed(blocks: Map<string, TreeBlock>, height: number): Map<string, TreeBlock> {
  for (const [hash, block] of blocks) if (block.height < height - KEPT_BELOW_TIP) blocks.delete(hash);
  return blocks;
}

function withReorg(reorgs: readonly Reorg[], reorg: Reorg): readonly Reorg[] {
  const isSame = (other: Reorg): boolean =>
    other.at === reorg.at && other.new_tip.block_hash === reorg.new_tip.block_hash;
  return reorgs.some(isSame) ? reorgs : [reorg, ...reorgs].slice(0, KEPT_REORGS);
}

/** Blocks of the active chain that are known here, lowest first. */
export function activeBlocks(view: ChainView): TreeBlock[] {
  return [...view.blocks.values()]
    .filter(({ status }) => status === 'active')
    .sort((a, b) => a.height - b.height);
}

/** Seconds between blocks on average, over the last `count` of them; undefined while there are not two. */
export function meanBlockSeconds(active: readonly TreeBlock[], count = 10): number | undefined {
  const last = active.slice(-count - 1);
  const [first] = last;
  const tip = last.at(-1);
  if (first === undefined || tip === undefined || last.length < 2) return undefined;
  return (tip.header.timestamp - first.header.timestamp) / (last.length - 1);
}
