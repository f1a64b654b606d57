import { describe, expect, test } from 'vitest';
import type { EventMessage, Reorg, TreeBlock } from '../../../src/protocol/schemas.ts';
import {
  activeBlocks,
  applyEvent,
  applySnapshot,
  type ChainView,
  KEPT_BELOW_TIP,
  meanBlockSeconds,
  NOTHING_KNOWN,
} from './chain-view.ts';

function block(name: string, height: number, status: TreeBlock['status'] = 'active'): TreeBlock {
  const header = {
    version: 1,
    prev_hash: '',
    merkle_root: '',
    timestamp: height * 10,
    target: '0x1',
    nonce: 0,
  };
  return {
    ...{ height, block_hash: name, header, chain_work: '0x1', status, invalid_reason: null },
    ...{ size: 1, transaction_count: 1, miner: null, reward: null },
  };
}

type Data = EventMessage['data'];
const told = (view: ChainView, ...events: Data[]): ChainView =>
  events.reduce((before, data, sequence) => applyEvent(before, { sequence, at: 0, data }), view);

const start = applySnapshot(NOTHING_KNOWN, {
  data: { blocks: { height: 1, tip_hash: 'a1', blocks: [block('a0', 0), block('a1', 1)] }, reorgs: [] },
});
const swap: Data = {
  type: 'tip-changed',
  ...{ height: 2, tip_hash: 'b2', fork_height: 0 },
  disconnected: [block('a1', 1, 'valid-fork')],
  connected: [block('b1', 1), block('b2', 2)],
};
function invalid(first: TreeBlock, ...above: TreeBlock[]): Data {
  const { block_hash, height } = first;
  return {
    type: 'block-invalid',
    block_hash,
    height,
    reason: 'bad',
    detail: 'so',
    blocks: [first, ...above],
  };
}
const reorg = { at: 5, new_tip: { block_hash: 'b2', height: 2 }, story: 'It went so.' } as Reorg;

describe('the view of the chain', () => {
  test('a snapshot replaces the topics that it has, and no others', () => {
    const again = applySnapshot(start, { data: { blocks: { height: -1, tip_hash: null, blocks: [] } } });
    expect([again.height, again.blocks.size, again.reorgs]).toEqual([-1, 0, []]);
    expect(applySnapshot(start, { data: {} })).toEqual(start);
  });

  test('a reorganisation moves blocks aside', () => {
    const view = told(start, swap);
    expect([view.height, view.tipHash]).toEqual([2, 'b2']);
    expect(activeBlocks(view).map(({ block_hash }) => block_hash)).toEqual(['a0', 'b1', 'b2']);
    expect(view.blocks.get('a1')?.status).toBe('valid-fork');
  });

  test.each<[string, Data]>([
    ['tip-changed', swap],
    ['block-stored', { type: 'block-stored', block: block('c1', 1, 'valid-fork') }],
    ['block-invalid', invalid(block('a1', 1, 'invalid'))],
    ['reorg', { type: 'reorg', reorg }],
  ])('%s twice is %s once', (_name, event) => {
    const once = told(start, event);
    expect(once).not.toEqual(start);
    expect(told(once, event)).toEqual(once);
  });

  test('an invalid block takes those that build on it along, and one that nobody knew comes in', () => {
    const side = told(start, { type: 'block-stored', block: block('c1', 1, 'valid-fork') });
    const bare = { ...block('c1', 1, 'invalid'), size: null, transaction_count: null, invalid_reason: 'bad' };
    const view = told(side, invalid(bare, block('c2', 2, 'invalid')));
    expect(view.blocks.get('c1')).toEqual({ ...bare, size: 1, transaction_count: 1 });
    expect(view.blocks.get('c2')?.status).toBe('invalid');
  });

  test('what lies far below the tip is let go', () => {
    const high = KEPT_BELOW_TIP + 1;
    const grown = told(start, {
      type: 'tip-changed',
      ...{ height: high, tip_hash: 'top', fork_height: high - 1, disconnected: [] },
      connected: [block('top', high)],
    });
    expect([...grown.blocks.keys()]).toEqual(['a1', 'top']);
  });

  test('the time between blocks is the mean of the last ones', () => {
    expect(meanBlockSeconds([block('a', 0)])).toBeUndefined();
    expect(meanBlockSeconds([block('a', 0), block('b', 1), block('c', 2)])).toBe(10);
  });
});
