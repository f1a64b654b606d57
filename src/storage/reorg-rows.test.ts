/** What two branches have in common is left alone; what merely looks alike is not. The stores' own suites apply the rows. */
import { describe, expect, it } from 'vitest';
import { type CoinEntry, type Transaction, txidOf } from '../consensus/index.ts';
import { ChainBuilder, key, pay } from '../../test/support/chain-builder.ts';
import { type ReorgRows, reorgRows } from './reorg-rows.ts';
import { Replay } from './replay.ts';

const alice = key('alice');
const bob = key('bob');

/** The rows of leaving the blocks a1, a2, ... of a chain for b1, b2, ... */
function rowsOf(chain: ChainBuilder, branches: { readonly a: number; readonly b: number }): ReorgRows {
  const blocks = (branch: 'a' | 'b') =>
    Array.from({ length: branches[branch] }, (_, i) => chain.at(`${branch}${i + 1}`).block);
  const replay = new Replay();
  replay.step({ connect: [chain.at('genesis').block, ...blocks('a')] });
  return reorgRows(replay.step({ disconnect: branches.a, connect: blocks('b') }));
}

/** A payment of alice to bob out of the genesis block's coin, and one of bob out of that. */
function payments(chain: ChainBuilder): { toBob: Transaction; toAlice: Transaction } {
  const [coin] = chain.coins(alice, 'genesis');
  const toBob = pay({ coins: [coin!], from: alice, to: bob, amount: 700, fee: 10 });
  const received: CoinEntry = {
    outpoint: { txid: txidOf(toBob), index: 0 },
    coin: { amount: 700, pubkeyHash: bob.address, height: 1, coinbase: false },
  };
  return { toBob, toAlice: pay({ coins: [received], from: bob, to: alice, amount: 300, fee: 10 }) };
}

const coinbaseOf = (chain: ChainBuilder, ...names: string[]): string[] =>
  names.map((name) => txidOf(chain.at(name).block.transactions[0]!));

describe('rows of a reorganisation', () => {
  it('are those of the coinbases where both branches have the same payments', () => {
    const chain = new ChainBuilder({ miner: alice });
    const { toBob, toAlice } = payments(chain);
    chain.block('a1', { txs: [toBob] }).block('a2', { txs: [toAlice] });
    chain
      .fork('genesis')
      .block('b1', { txs: [toBob], miner: bob })
      .block('b2', { txs: [toAlice] });
    chain.block('b3', { miner: bob });
    const rows = rowsOf(chain, { a: 2, b: 3 });
    expect(rows.coinsToDelete.map(({ txid }) => txid)).toEqual(coinbaseOf(chain, 'a1', 'a2'));
    expect(rows.coinsToInsert.map(({ outpoint }) => outpoint.txid)).toEqual(
      coinbaseOf(chain, 'b1', 'b2', 'b3'),
    );
    expect([rows.spentToDelete, rows.spentToInsert, rows.moved]).toEqual([[], [], []]);
    expect([...rows.transactionsToDelete].sort()).toEqual(coinbaseOf(chain, 'a1', 'a2').sort());
  });

  it('tell that a spent coin was created later, though the same payment spends it at the same height', () => {
    const chain = new ChainBuilder({ miner: alice });
    const { toBob, toAlice } = payments(chain);
    chain.block('a1', { txs: [toBob] }).block('a2', { txs: [toAlice] });
    chain
      .fork('genesis')
      .block('b1')
      .block('b2', { txs: [toBob, toAlice] })
      .block('b3');
    const rows = rowsOf(chain, { a: 2, b: 3 });
    const received = { txid: txidOf(toBob), index: 0 };
    expect(rows.spentToDelete).toContainEqual(received);
    expect(rows.spentToInsert).toContainEqual(
      expect.objectContaining({
        outpoint: received,
        coin: expect.objectContaining({ height: 2 }) as unknown,
        spentHeight: 2,
        spentBy: txidOf(toAlice),
      }),
    );
    // Its place in the block is another one as well.
    expect(rows.transactionsToInsert).toContainEqual({ txid: txidOf(toAlice), height: 2, position: 2 });
  });

  it('move a coin of a payment that stays, which only the new branch spends', () => {
    const chain = new ChainBuilder({ miner: alice });
    const { toBob, toAlice } = payments(chain);
    chain.block('a1', { txs: [toBob] });
    chain
      .fork('genesis')
      .block('b1', { txs: [toBob] })
      .block('b2', { txs: [toAlice] });
    const { moved, coinsToDelete, spentToInsert } = rowsOf(chain, { a: 1, b: 2 });
    expect(moved).toMatchObject([{ outpoint: { txid: txidOf(toBob), index: 0 }, spentHeight: 2 }]);
    expect(coinsToDelete.map(({ txid }) => txid)).toEqual(coinbaseOf(chain, 'a1'));
    expect(spentToInsert).toEqual([]);
  });
});
