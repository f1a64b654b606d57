import { expect, it } from 'vitest';
import { blockSize } from './block.ts';
import { EASY_PARAMS, mineBlock } from '../../test/support/chain-builder.ts';
import { type ChainParams, DEFAULT_PARAMS, paramsProblems } from './params.ts';
import { MAX_TARGET, type Target, targetToJson } from './target.ts';

it('the defaults are those of the protocol', () => {
  expect(targetToJson(DEFAULT_PARAMS.defaultTarget)).toBe(`0x${'f'.repeat(59)}`);
  expect(DEFAULT_PARAMS).toMatchObject({
    blockReward: 5_000_000_000,
    halvingInterval: 210_000,
    retargetInterval: 10,
    targetBlockTimeS: 10,
    coinbaseMaturity: 0,
    maxBlockSizeBytes: 1_000_000,
    maxMoney: 2_100_000_000_000_000,
  });
});

it.each<[string, Partial<ChainParams>]>([
  ['the defaults', {}],
  ['never retarget, never halve', { retargetInterval: 0, halvingInterval: 0 }],
  ['no reward', { blockReward: 0 }],
  ['the easiest target', { defaultTarget: MAX_TARGET }],
])('%s can be a network', (_, params) => {
  expect(paramsProblems({ ...DEFAULT_PARAMS, ...params })).toEqual([]);
});

it.each<[string, Partial<ChainParams>]>([
  ['an interval of one block spans no time: the retarget would divide by zero', { retargetInterval: 1 }],
  ['so would a block time of 0', { targetBlockTimeS: 0 }],
  ['a target of 0 cannot be met', { defaultTarget: 0n as Target }],
  ['a target of 2^256 cannot be written', { defaultTarget: (MAX_TARGET + 1n) as Target }],
  ['amounts beyond 2^53 cannot be added', { maxMoney: 2 ** 53 }],
  ['a reward above MAX_MONEY can never be mined', { blockReward: 101, maxMoney: 100 }],
  ['half a base unit', { blockReward: 0.5 }],
  ['a negative maturity', { coinbaseMaturity: -1 }],
  ['not a number', { halvingInterval: NaN }],
  ['a block that holds no coinbase', { maxBlockSizeBytes: 100 }],
])('%s', (_, params) => {
  expect(paramsProblems({ ...DEFAULT_PARAMS, ...params })).toHaveLength(1);
});

it('the smallest block size allowed is that of a block with a coinbase only', () => {
  const smallest = blockSize(mineBlock({ parent: null }).block);
  expect(paramsProblems({ ...EASY_PARAMS, maxBlockSizeBytes: smallest })).toEqual([]);
  expect(paramsProblems({ ...EASY_PARAMS, maxBlockSizeBytes: smallest - 1 })).toHaveLength(1);
});
