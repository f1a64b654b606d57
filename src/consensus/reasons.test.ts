/**
 * Every reason, at least once: the two tables of invalid things, run through the rules in their order. Chain state, mempool
 * and REST run the same tables.
 */
import { describe, expect, it } from 'vitest';
import { ALL_INVALID_BLOCKS, blockContext, TESTED_ELSEWHERE } from '../../test/support/invalid-blocks.ts';
import {
  ALL_INVALID_TRANSACTIONS,
  blockWith,
  goodPayment,
  transactionContext,
  type TransactionContext,
} from '../../test/support/invalid-transactions.ts';
import { type BuiltBlock, coinsAfter, mineBlock } from '../../test/support/chain-builder.ts';
import { verifySignature } from '../../test/support/keys.ts';
import { MemoryCoins, ReferenceChain } from '../../test/support/reference-chain.ts';
import { checkTransaction, checkTransactionInputs, collectSignatureChecks } from './check-transaction.ts';
import type { ChainParams } from './params.ts';
import { ALL_REASONS, asBlockFailure, fail, OK, REASONS, type Verdict } from './reasons.ts';
import { type Transaction, txidOf } from './transaction.ts';

/** All rules for a loose transaction. */
function judge(tx: Transaction, context: TransactionContext): Verdict {
  const alone = checkTransaction(tx, context.params);
  if (!alone.ok) return alone;
  const coins = new MemoryCoins(coinsAfter(context.tip));
  const inputs = checkTransactionInputs(tx, coins, context.height, context.medianTimePast, context.params);
  if (!inputs.ok) return inputs;
  const checks = collectSignatureChecks(
    tx,
    inputs.value.spent.map(({ coin }) => coin),
  );
  if (!checks.ok) return checks;
  return checks.value.every(verifySignature) ? OK : fail('bad-signature', 'the curve says no');
}

function chainWith(blocks: readonly BuiltBlock[], params: ChainParams, nowS: number): ReferenceChain {
  const chain = new ReferenceChain(params, nowS);
  for (const { block } of blocks) expect(chain.accept(block)).toMatchObject({ ok: true });
  return chain;
}

describe('invalid transactions', () => {
  it('differ from a good one, which is taken', () => {
    const context = transactionContext();
    expect(judge(goodPayment(context), context)).toEqual(OK);
    expect(judge(goodPayment(context, context.height), context)).toEqual(OK);
    expect(judge(goodPayment(context, context.medianTimePast), context)).toEqual(OK);
  });

  it.each(ALL_INVALID_TRANSACTIONS)('$reason: $name', (entry) => {
    const context = transactionContext(entry.params);
    expect(judge(entry.build(context), context)).toMatchObject({
      ok: false,
      reason: entry.reason,
      class: REASONS[entry.reason].class,
    });
  });

  it.each(ALL_INVALID_TRANSACTIONS)('in a block, $reason: $name', (entry) => {
    const context = transactionContext(entry.params);
    const built = blockWith(entry.build(context), context);
    const chain = chainWith(context.blocks, context.params, built.timestamp);
    const verdict = chain.accept(built.block);
    expect(verdict).toMatchObject({ ok: false, reason: entry.inBlock ?? entry.reason });
    // A coin that is missing may still arrive for a loose transaction. In a block the matter is settled.
    expect(!verdict.ok && verdict.class).not.toBe('missing-inputs');
    expect(chain.tip?.hash).toBe(context.tip.hash);
    expect(chain.coins.map).toEqual(coinsAfter(context.tip));
  });
});

describe('invalid blocks', () => {
  it('differ from a good one, which is taken', () => {
    const context = blockContext();
    const good = mineBlock({
      parent: context.tip,
      transactions: [goodPayment(context)],
      params: context.params,
    });
    const chain = chainWith(context.blocks, context.params, context.nowS);
    expect(chain.accept(good.block)).toMatchObject({ ok: true, value: { movedTip: true } });
    expect(chain.coins.map).toEqual(coinsAfter(good));
  });

  it.each(ALL_INVALID_BLOCKS)('$reason: $name', (entry) => {
    const context = blockContext(entry.params);
    const chain = chainWith(context.blocks, context.params, context.nowS);
    const { before, block, twin } = entry.build(context);
    for (const earlier of before) chain.accept(earlier);
    const tip = chain.tip;
    expect(chain.accept(block)).toMatchObject({ ok: false, reason: entry.reason });
    expect(chain.tip).toBe(tip);
    // Whatever was said of the spoiled copy must not stick to the hash.
    if (twin !== undefined) expect(chain.accept(twin)).toMatchObject({ ok: true, value: { movedTip: true } });
  });

  it('have a twin wherever the failure lies in what the hash does not cover', () => {
    const context = blockContext();
    const good = mineBlock({
      parent: context.tip,
      transactions: [goodPayment(context)],
      params: context.params,
    });
    for (const entry of ALL_INVALID_TRANSACTIONS.filter(
      ({ reason }) => REASONS[reason].class === 'mutated',
    )) {
      if (entry.params !== undefined) continue;
      const tx = entry.build(context);
      if (txidOf(tx) !== txidOf(goodPayment(context))) continue;
      const chain = chainWith(context.blocks, context.params, context.nowS);
      const spoiled = { ...good.block, transactions: [good.block.transactions[0]!, tx] };
      expect(chain.accept(spoiled), entry.name).toMatchObject({
        ok: false,
        class: 'mutated',
        reason: entry.reason,
      });
      expect(chain.accept(good.block), entry.name).toMatchObject({ ok: true });
    }
  });
});

describe('the table of reasons', () => {
  it('is covered: each reason is in a table of invalid things, or it is written down where it is tested', () => {
    const covered = new Set<string>([
      ...ALL_INVALID_TRANSACTIONS.map(({ reason }) => reason),
      ...ALL_INVALID_BLOCKS.map(({ reason }) => reason),
      ...Object.keys(TESTED_ELSEWHERE),
    ]);
    expect(ALL_REASONS.filter((reason) => !covered.has(reason))).toEqual([]);
  });

  it('has one sentence for people in each entry', () => {
    for (const reason of ALL_REASONS) expect(REASONS[reason].meaning).toMatch(/^[A-Z].*\.$/);
  });

  it('gives a failure its class, which a place may override', () => {
    expect(fail('bad-cb-missing', 'x')).toEqual({
      ok: false,
      class: 'consensus',
      reason: 'bad-cb-missing',
      detail: 'x',
    });
    expect(fail('bad-cb-missing', 'x', 'mutated').class).toBe('mutated');
  });

  it('a missing coin is final in a block, other classes stay', () => {
    expect(asBlockFailure(fail('bad-txns-inputs-missingorspent', 'x'), 'here')).toMatchObject({
      class: 'consensus',
      detail: 'here: x',
    });
    expect(asBlockFailure(fail('bad-signature', 'x'), 'here').class).toBe('mutated');
  });
});
