import { describe, expect, it } from 'vitest';
import { goodPayment } from '../../test/support/invalid-transactions.ts';
import { blockContext } from '../../test/support/invalid-blocks.ts';
import { mineBlock } from '../../test/support/chain-builder.ts';
import { type Block, blockSize } from './block.ts';
import { checkBlock } from './check-block.ts';

// That each rule has its reason is shown by the table of invalid blocks (reasons.test.ts). Here: order and edges.
const context = blockContext();
const { params, tip, height } = context;
const good = mineBlock({ parent: tip, transactions: [goodPayment(context)], params }).block;

const check = (block: Block, maxBlockSizeBytes = params.maxBlockSizeBytes) => {
  const verdict = checkBlock(block, height, { ...params, maxBlockSizeBytes });
  return verdict.ok ? 'fine' : verdict.reason;
};

it('takes a good block', () => {
  expect(check(good)).toBe('fine');
});

it('allows a block of exactly MAX_BLOCK_SIZE bytes', () => {
  expect(check(good, blockSize(good))).toBe('fine');
  expect(check(good, blockSize(good) - 1)).toBe('bad-blk-length');
});

describe('as long as these may not be the transactions that the hash stands for, nothing is blamed on the hash', () => {
  // Each of these has a good twin with the same header.
  it.each<[string, Block]>([
    ['no transactions', { ...good, transactions: [] }],
    ['no coinbase', { ...good, transactions: good.transactions.slice(1) }],
    ['two coinbases', { ...good, transactions: [...good.transactions, good.transactions[0]!] }],
    [
      'another height',
      { ...good, transactions: [{ ...good.transactions[0]!, locktime: 3 }, good.transactions[1]!] },
    ],
    [
      'an output too large',
      {
        ...good,
        transactions: [
          { ...good.transactions[0]!, outputs: [{ ...good.transactions[0]!.outputs[0]!, amount: 2 ** 52 }] },
        ],
      },
    ],
  ])('%s', (_, block) => {
    expect(checkBlock(block, height, params)).toMatchObject({ ok: false, class: 'mutated' });
  });
});

it('a transaction’s failure names the transaction', () => {
  const spoiled = mineBlock({
    parent: tip,
    params,
    transactions: [{ ...goodPayment(context), outputs: [] }],
  }).block;
  const verdict = checkBlock(spoiled, height, params);
  expect(verdict).toMatchObject({ ok: false, class: 'consensus', reason: 'bad-txns-vout-empty' });
  expect(!verdict.ok && verdict.detail).toMatch(/^transaction 1 \([0-9a-f]{64}\): /);
});
