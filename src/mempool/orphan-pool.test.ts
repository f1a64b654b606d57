import { describe, expect, test } from 'vitest';
import { coinbase, key } from '../../test/support/chain-builder.ts';
import { type Transaction, transactionSize, txidOf, wtxidOf } from '../consensus/index.ts';
import { OrphanPool } from './orphan-pool.ts';

const parent = coinbase(1, 1000, key('alice'));
const otherParent = coinbase(2, 1000, key('alice'));

/** Nobody looks at signatures here. */
function child(of: readonly Transaction[], amount: number, signature = new Uint8Array(71)): Transaction {
  return {
    version: 1,
    inputs: of.map((tx) => ({
      prevTxid: txidOf(tx),
      prevIndex: 0,
      signature,
      pubkey: key('alice').pubkey,
    })),
    outputs: [{ amount, pubkeyHash: key('bob').address }],
    locktime: 0,
  };
}

const policy = { maxOrphans: 3, maxOrphanBytes: 100_000, orphanExpiryMs: 1000 };

describe('OrphanPool', () => {
  test('gives back the children of a parent, oldest first, and forgets them', () => {
    const pool = new OrphanPool(policy);
    const [first, second] = [child([parent, otherParent], 1), child([parent], 2)];
    expect(pool.add(first, [txidOf(parent), txidOf(otherParent)], 'a', 0)).toBe(true);
    expect(pool.add(second, [txidOf(parent)], 'a', 0)).toBe(true);
    expect(pool.bytes).toBe(transactionSize(first) + transactionSize(second));
    expect(pool.takeChildrenOf(txidOf(parent)).map(({ tx }) => tx)).toEqual([first, second]);
    expect(pool.takeChildrenOf(txidOf(otherParent))).toEqual([]);
    expect([pool.size, pool.bytes]).toEqual([0, 0]);
  });

  test('a copy with other signatures stands beside the good one', () => {
    const pool = new OrphanPool(policy);
    const [spoiled, good] = [child([parent], 1, new Uint8Array(70)), child([parent], 1)];
    expect(txidOf(spoiled)).toBe(txidOf(good));
    pool.add(spoiled, [txidOf(parent)], 'evil', 0);
    pool.add(good, [txidOf(parent)], 'good', 0);
    pool.add(good, [txidOf(parent)], 'good', 0);
    expect(pool.takeChildrenOf(txidOf(parent)).map(({ tx }) => wtxidOf(tx))).toEqual([
      wtxidOf(spoiled),
      wtxidOf(good),
    ]);
  });

  test('whoever holds most loses its oldest when there are too many', () => {
    const pool = new OrphanPool(policy);
    const modest = child([parent], 1);
    pool.add(modest, [txidOf(parent)], 'modest', 0);
    const flood = [2, 3, 4, 5, 6].map((amount) => child([parent], amount));
    for (const tx of flood) pool.add(tx, [txidOf(parent)], 'flooder', 0);
    expect(pool.size).toBe(3);
    expect(pool.takeChildrenOf(txidOf(parent)).map(({ tx }) => tx)).toEqual([modest, ...flood.slice(-2)]);
  });

  test('bytes are bounded, and a single one that is too large is not held', () => {
    const size = transactionSize(child([parent], 1));
    const pool = new OrphanPool({ ...policy, maxOrphanBytes: 2 * size });
    for (const amount of [1, 2, 3]) pool.add(child([parent], amount), [txidOf(parent)], undefined, 0);
    expect([pool.size, pool.bytes]).toEqual([2, 2 * size]);
    const large = child([parent], 1, new Uint8Array(2 * size));
    expect(pool.add(large, [txidOf(parent)], undefined, 0)).toBe(false);
    expect(new OrphanPool({ ...policy, maxOrphans: 0 }).add(child([parent], 1), [], undefined, 0)).toBe(
      false,
    );
  });

  test('they expire', () => {
    const pool = new OrphanPool(policy);
    pool.add(child([parent], 1), [txidOf(parent)], undefined, 0);
    pool.expire(999);
    expect(pool.size).toBe(1);
    pool.add(child([parent], 2), [txidOf(parent)], undefined, 1000);
    expect(pool.size).toBe(1);
  });

  test('a block drops those that it contains and those that it contradicts', () => {
    const pool = new OrphanPool(policy);
    const [confirmed, rival, other] = [child([parent], 1), child([parent], 2), child([otherParent], 3)];
    for (const tx of [confirmed, rival, other]) pool.add(tx, [tx.inputs[0]!.prevTxid], undefined, 0);
    pool.dropConfirmed([child([parent], 1)]);
    expect(pool.has(wtxidOf(confirmed))).toBe(false);
    expect(pool.has(wtxidOf(rival))).toBe(false);
    expect(pool.has(wtxidOf(other))).toBe(true);
  });
});
