import { describe, expect, test } from 'vitest';
import { transactionToJson } from '../../../src/consensus/index.ts';
import type { TransactionAnswer } from '../../../src/protocol/schemas.ts';
import { ChainBuilder, key, pay } from '../../../test/support/chain-builder.ts';
import { blocksToMaturity, timelineOf } from './timeline.ts';

const chain = new ChainBuilder({ miner: key('alice') });
const reward = transactionToJson(chain.last.block.transactions[0]!);
const payment = transactionToJson(
  pay({ coins: chain.coins(key('alice')), from: key('alice'), to: key('bob'), amount: 1, fee: 1 }),
);

function confirmed(coinbase: boolean, confirmations: number): TransactionAnswer {
  const places = { block_hash: chain.last.hash, block_height: 10, position: coinbase ? 0 : 1, timestamp: 1 };
  const tx = coinbase ? reward : payment;
  return { ...tx, ...places, status: 'confirmed', confirmations, coinbase, size: 1, fee: null, spends: null };
}
const line = (coinbase: boolean, confirmations: number, maturity = 0): string[] => {
  const answer = confirmed(coinbase, confirmations);
  const steps = timelineOf(
    { state: 'confirmed', tx: answer, size: 1, spends: null, answer },
    maturity,
    9 + confirmations,
  );
  return steps.map(({ name, state }) => `${name}: ${state}`);
};

describe('the life of a transaction', () => {
  test('of a payment in the chain', () => {
    expect(line(false, 1)).toEqual(['seen: done', 'block: done', 'deep: now']);
    expect(line(false, 6, 100).at(-1)).toBe('deep: done');
  });

  test('of a coinbase: it must mature where the network says so', () => {
    expect(line(true, 1)).toEqual(['made: done', 'block: done', 'deep: now']);
    expect(line(true, 99, 100).at(-1)).toBe('mature: now');
    expect(line(true, 100, 100).at(-1)).toBe('mature: done');
    expect(blocksToMaturity(10, 100, 10)).toBe(99);
    expect(blocksToMaturity(10, 100, 109)).toBe(0);
    expect(blocksToMaturity(10, 0, 10)).toBe(0);
  });

  test('off the chain', () => {
    const off = { state: 'off', size: undefined, spends: null, block: undefined, rival: undefined } as const;
    expect(timelineOf({ ...off, tx: payment }, 0, 3)).toEqual([
      { name: 'seen', state: 'done' },
      { name: 'left', state: 'failed' },
    ]);
    expect(timelineOf({ ...off, tx: reward }, 0, 3)[0]).toEqual({ name: 'made', state: 'done' });
  });
});
