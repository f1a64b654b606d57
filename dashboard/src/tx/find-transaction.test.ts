import { expect, test } from 'vitest';
import type { TreeBlock } from '../../../src/protocol/events.ts';
import { sideBlocksOf } from './find-transaction.ts';

const block = (status: TreeBlock['status'], height: number, count: number | null): TreeBlock =>
  ({ status, height, transaction_count: count, block_hash: `${status}${height}` }) as TreeBlock;

test('blocks beside the chain are searched, latest first, also where nobody has counted their transactions', () => {
  const blocks = [
    block('active', 9, 1),
    block('valid-fork', 7, 2),
    block('headers-only', 9, null),
    block('valid-fork', 8, null),
    block('invalid', 5, 1),
  ];
  expect(sideBlocksOf(blocks).map(({ height }) => height)).toEqual([8, 7, 5]);
});
