/** Looking at one node: what it says of itself, and what has changed since it was looked at last. */
import type { ApiClient, CallOptions, Reorg } from '../../protocol/index.ts';
import { counted, shortened } from '../describe.ts';
import type { DevnetEventKind, EventDetails } from './events.ts';

export interface Observation {
  /** −1 for an empty chain. */
  readonly height: number;
  readonly tip: string | null;
  readonly mempool: number;
  readonly peers: number;
  readonly syncState: 'idle' | 'headers' | 'blocks';
  readonly syncPercent: number;
  /** Hashes a second. */
  readonly hashRate: number;
  readonly blocksFound: number;
  readonly lastFound: { readonly height: number; readonly hash: string } | null;
  /** Since the node started, latest first. */
  readonly reorgs: readonly Reorg[];
}

/** Asks the node. @throws what the client throws when it does not answer */
export async function observe(
  client: ApiClient,
  before: Observation | undefined,
  options: CallOptions,
): Promise<Observation> {
  const [health, mining] = await Promise.all([client.health(options), client.miningStatus(options)]);
  // Reorganisations change the tip, so with the same tip there is no new one.
  const reorgs = before?.tip === health.tip_hash ? before.reorgs : (await client.tips(options)).reorgs;
  const { last_block: last } = mining;
  return {
    height: health.chain_height,
    tip: health.tip_hash,
    mempool: health.mempool_size,
    peers: health.peer_count,
    syncState: health.sync.state,
    syncPercent: health.sync.percent,
    hashRate: mining.hash_rate,
    blocksFound: mining.blocks_found,
    lastFound: last === null ? null : { height: last.height, hash: last.block_hash },
    reorgs,
  };
}

export interface Change {
  readonly event: DevnetEventKind;
  readonly text: string;
  readonly details: EventDetails;
}

/** What has happened between two looks at a node; `before` is undefined at the first look after its start. */
export function changesOf(node: string, before: Observation | undefined, after: Observation): Change[] {
  const changes: Change[] = [];
  if (after.blocksFound > (before?.blocksFound ?? 0) && after.lastFound !== null) {
    const { height, hash } = after.lastFound;
    changes.push({
      event: 'block-found',
      text: `${node} found block ${height}  ${shortened(hash)}`,
      details: { node, height, block_hash: hash },
    });
  }
  const seen = new Set(before?.reorgs.map(nameOf));
  const reorgs = after.reorgs.filter((reorg) => !seen.has(nameOf(reorg))).toReversed(); // earliest first
  for (const reorg of reorgs)
    changes.push({ event: 'reorg', text: reorgText(node, reorg), details: { node, reorg } });
  if (after.tip !== null && after.tip !== before?.tip && reorgs.length === 0) {
    changes.push({
      event: 'tip',
      text: `${node} is at block ${after.height}  ${shortened(after.tip)}`,
      details: { node, height: after.height, block_hash: after.tip },
    });
  }
  return changes;
}

function nameOf({ at, old_tip, new_tip }: Reorg): string {
  return `${at} ${old_tip.block_hash} ${new_tip.block_hash}`;
}

/** `node-3 followed a reorg: 2 blocks left after height 5, 4 joined, 1 payment waits again`. */
export function reorgText(node: string, reorg: Reorg): string {
  const { depth, fork_height: fork, connected_count: joined, transactions_returned: returned } = reorg;
  const where = fork < 0 ? ' (its first block, too)' : ` after height ${fork}`;
  const again =
    returned === 0 ? '' : `, ${counted(returned, 'payment')} ${returned === 1 ? 'waits' : 'wait'} again`;
  return `${node} followed a reorg: ${counted(depth, 'block')} left${where}, ${joined} joined${again}`;
}
