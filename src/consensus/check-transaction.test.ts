import { describe, expect, it } from 'vitest';
import { key } from '../../test/support/chain-builder.ts';
import { verifySignature } from '../../test/support/keys.ts';
import { goodPayment, transactionContext } from '../../test/support/invalid-transactions.ts';
import { spend } from '../../test/support/payments.ts';
import { MemoryCoins } from '../../test/support/reference-chain.ts';
import {
  checkTransaction,
  checkTransactionInputs,
  collectSignatureChecks,
  isFinal,
} from './check-transaction.ts';
import { outpointKey } from './coins.ts';
import { type Transaction, transactionSize } from './transaction.ts';

// That each rule has its reason is shown by the table of invalid transactions (reasons.test.ts). Here: edges and results.
const context = transactionContext();
const { params, coins, height, alice, bob } = context;
const view = new MemoryCoins(
  coins.map(({ outpoint, coin }) => [outpointKey(outpoint.txid, outpoint.index), coin]),
);
const paying = (...amounts: number[]): Transaction =>
  spend({
    coins: [coins[0]],
    owner: alice,
    outputs: amounts.map((amount) => ({ amount, pubkeyHash: bob.address })),
  });

describe('by itself', () => {
  it('may pay nothing, or all there is', () => {
    expect(checkTransaction(paying(0), params).ok).toBe(true);
    expect(checkTransaction(paying(params.maxMoney), params).ok).toBe(true);
    expect(checkTransaction(paying(params.maxMoney, 0), params).ok).toBe(true);
    expect(checkTransaction(paying(params.maxMoney, 1), params).ok).toBe(false);
  });

  it('may be as large as a block', () => {
    const tx = paying(1);
    expect(checkTransaction(tx, { ...params, maxBlockSizeBytes: transactionSize(tx) }).ok).toBe(true);
    expect(checkTransaction(tx, { ...params, maxBlockSizeBytes: transactionSize(tx) - 1 }).ok).toBe(false);
  });
});

describe('locktime', () => {
  const locked = (locktime: number): Transaction => ({ ...paying(1), locktime });

  it('below 500,000,000 is a height, which must have been reached', () => {
    expect(isFinal(locked(10), 9, 2 ** 31)).toBe(false);
    expect(isFinal(locked(10), 10, 0)).toBe(true);
    expect(isFinal(locked(499_999_999), 10, 2 ** 31)).toBe(false);
  });

  it('from there on is a time, which the median time past must have reached', () => {
    expect(isFinal(locked(500_000_000), 2 ** 30, 499_999_999)).toBe(false);
    expect(isFinal(locked(500_000_000), 0, 500_000_000)).toBe(true);
  });

  it('of 0 or 0xffffffff locks nothing', () => {
    expect(isFinal(locked(0), 0, 0)).toBe(true);
    expect(isFinal(locked(0xffffffff), 0, 0)).toBe(true);
    expect(isFinal(locked(0xfffffffe), 0, 0xfffffffd)).toBe(false);
  });
});

describe('against the coins', () => {
  it('pays as fee what the inputs exceed the outputs by, and names the coins it spends', () => {
    const tx = goodPayment(context);
    const verdict = checkTransactionInputs(tx, view, height, 0, params);
    expect(verdict).toMatchObject({ ok: true, value: { fee: 10_000, spent: [{ coin: coins[0].coin }] } });
  });

  it('may pay no fee', () => {
    expect(checkTransactionInputs(paying(coins[0].coin.amount), view, height, 0, params)).toMatchObject({
      value: { fee: 0 },
    });
  });

  it('a reward matures after so many blocks, and never in its own', () => {
    const at = (ageBlocks: number, coinbaseMaturity: number): boolean =>
      checkTransactionInputs(paying(1), view, coins[0].coin.height + ageBlocks, 0, {
        ...params,
        coinbaseMaturity,
      }).ok;
    expect([at(0, 0), at(1, 0), at(0, 1), at(1, 1), at(99, 100), at(100, 100)]).toEqual([
      false,
      true,
      false,
      true,
      false,
      true,
    ]);
  });

  it('other coins need not mature', () => {
    const [entry] = coins;
    const young = { ...entry.coin, coinbase: false, height };
    const paid = new MemoryCoins([[outpointKey(entry.outpoint.txid, entry.outpoint.index), young]]);
    expect(checkTransactionInputs(paying(1), paid, height, 0, { ...params, coinbaseMaturity: 100 }).ok).toBe(
      true,
    );
  });
});

describe('signatures', () => {
  it('come out as one check for each input, which holds for the owner’s signature', () => {
    const tx = spend({
      coins: coins.slice(0, 2),
      owner: alice,
      outputs: [{ amount: 1, pubkeyHash: bob.address }],
    });
    const verdict = collectSignatureChecks(tx, [coins[0].coin, coins[1].coin]);
    expect(verdict.ok && verdict.value.map(verifySignature)).toEqual([true, true]);
  });

  it('say which input is wrong', () => {
    const tx = spend({
      coins: coins.slice(0, 2),
      owner: alice,
      outputs: [{ amount: 1, pubkeyHash: bob.address }],
    });
    const foreign = { ...coins[1].coin, pubkeyHash: key('carol').address };
    expect(collectSignatureChecks(tx, [coins[0].coin, foreign])).toMatchObject({
      reason: 'pubkey-hash-mismatch',
      detail: expect.stringMatching(/^input 1: /) as string,
    });
  });

  it('need the coins: to come without them is our own mistake', () => {
    expect(() => collectSignatureChecks(paying(1), [])).toThrow(/invariant/);
  });
});
