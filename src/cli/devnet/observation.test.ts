import { describe, expect, it } from 'vitest';
import type { Reorg } from '../../protocol/index.ts';
import { changesOf, type Observation, reorgText } from './observation.ts';

const hash = (digit: string): string => digit.repeat(64);
const seen = (fields: Partial<Observation> = {}): Observation => ({
  height: 5,
  tip: hash('5'),
  mempool: 0,
  peers: 2,
  syncState: 'idle',
  syncPercent: 100,
  hashRate: 0,
  blocksFound: 0,
  lastFound: null,
  reorgs: [],
  ...fields,
});
const reorg = (fields: Partial<Reorg> = {}): Reorg => ({
  at: 1_700_000_000,
  fork_height: 3,
  fork_hash: hash('3'),
  depth: 2,
  old_tip: { height: 5, block_hash: hash('5') },
  new_tip: { height: 6, block_hash: hash('6') },
  disconnected: [],
  connected: [],
  connected_count: 3,
  transactions_left: 1,
  transactions_kept: 0,
  transactions_returned: 1,
  story: '',
  ...fields,
});
const texts = (before: Observation | undefined, after: Observation): string[] =>
  changesOf('node-1', before, after).map(({ event, text }) => `${event}: ${text}`);

describe('changes between two looks', () => {
  it('are none when nothing happened', () => {
    expect(texts(seen(), seen({ mempool: 3, hashRate: 9, peers: 1 }))).toEqual([]);
    expect(texts(undefined, seen({ tip: null, height: -1 }))).toEqual([]);
  });

  it('tell of a new tip, and of the block that the node found itself', () => {
    const after = seen({
      height: 6,
      tip: hash('6'),
      blocksFound: 1,
      lastFound: { height: 6, hash: hash('6') },
    });
    expect(texts(seen(), after)).toEqual([
      'block-found: node-1 found block 6  66666666…66666666',
      'tip: node-1 is at block 6  66666666…66666666',
    ]);
    expect(texts(after, after)).toEqual([]);
  });

  it('tell of each reorganisation once, earliest first, instead of the tip', () => {
    const first = seen({ height: 6, tip: hash('6'), reorgs: [reorg()] });
    expect(texts(seen(), first)).toEqual([
      'reorg: node-1 followed a reorg: 2 blocks left after height 3, 3 joined, 1 payment waits again',
    ]);
    const later = reorg({ at: 1_700_000_009, depth: 1, connected_count: 1, transactions_returned: 0 });
    const latest = reorg({ at: 1_700_000_010, depth: 4 });
    const second = seen({ height: 7, tip: hash('7'), reorgs: [latest, later, reorg()] });
    expect(changesOf('node-1', first, second).map(({ details }) => details['reorg'])).toEqual([
      later,
      latest,
    ]);
  });

  it('tell of reorganisations before the first look at a node that was started again', () => {
    expect(texts(undefined, seen({ reorgs: [reorg()] }))).toHaveLength(1);
  });

  it('tell when even the first block left', () => {
    expect(reorgText('node-2', reorg({ fork_height: -1, transactions_returned: 2 }))).toBe(
      'node-2 followed a reorg: 2 blocks left (its first block, too), 3 joined, 2 payments wait again',
    );
  });
});
