/**
 * The language that other tests are written in, spoken to the rules themselves.
 */
import { describe, expect, it } from 'vitest';
import { ChainBuilder, coinsAfter, GENESIS_TIME_S, key, mineBlock, pay } from './chain-builder.ts';
import { ReferenceChain } from './reference-chain.ts';

const alice = key('alice');
const bob = key('bob');

function listen(builder: ChainBuilder) {
  const chain = new ReferenceChain(builder.params, GENESIS_TIME_S + 1000);
  const node = builder.tell({ accept: (block) => chain.accept(block), tip: () => chain.tip?.hash });
  return { chain, node };
}

describe('a conversation', () => {
  it('forks, extends and reorganises', async () => {
    const builder = new ChainBuilder().extend(2, 'a').fork('a1').extend(2, 'b');
    const { node } = listen(builder);
    await node.accepts('genesis', 'a1', 'a2', 'b2');
    await node.expectTip('a2'); // a tie: the first seen stays
    await node.accepts('b3');
    await node.expectTip('b3');
    await node.expectReason('b3', 'duplicate');
  });

  it('leaves the old chain untouched when the new branch breaks a rule half-way', async () => {
    const builder = new ChainBuilder({ miner: alice }).extend(2);
    const payment = pay({ coins: builder.coins(alice).slice(0, 1), from: alice, to: bob, amount: 5, fee: 1 });
    builder
      .block('a3', { txs: [payment] })
      .fork('a1')
      .block('b2', { txs: [payment] })
      .block('b3', { txs: [payment] }) // spent in b2 already
      .block('b4');
    const { node, chain } = listen(builder);
    await node.accepts('genesis', 'a1', 'a2', 'a3', 'b2', 'b3'); // b3 is no better than a3: nobody has looked yet
    await node.expectReason('b4', 'bad-prevblk');
    await node.expectTip('a3');
    expect(chain.coins.map).toEqual(coinsAfter(builder.at('a3')));
  });

  it('says what came instead', async () => {
    const { node } = listen(new ChainBuilder().extend(1));
    await expect(node.accepts('a1')).rejects.toThrow('a1 was refused: prev-blk-not-found');
    await expect(node.expectReason('genesis', 'high-hash')).rejects.toThrow(
      'genesis should be high-hash, but was taken',
    );
    await expect(node.expectTip('a1')).rejects.toThrow('the tip should be a1, but is genesis');
  });
});

describe('building', () => {
  it('gives the same blocks each time, and different ones for different names', () => {
    const hashes = () =>
      new ChainBuilder()
        .extend(2, 'a')
        .fork('a1')
        .extend(1, 'b')
        .all.map(({ hash }) => hash);
    expect(hashes()).toEqual(hashes());
    expect(new Set(hashes()).size).toBe(4);
  });

  it('gives the coinbase subsidy and fees, and counts the coins', () => {
    const builder = new ChainBuilder({ miner: alice }).extend(1);
    const coins = builder.coins(alice);
    builder.block('a2', { txs: [pay({ coins, from: alice, to: bob, amount: 700, fee: 30 })], miner: bob });
    const { blockReward } = builder.params;
    expect(builder.coins(bob).map(({ coin }) => coin.amount)).toEqual([blockReward + 30, 700]);
    expect(builder.coins(alice).map(({ coin }) => coin.amount)).toEqual([2 * blockReward - 730]);
  });

  it('can change a block before the work, or spoil it after', () => {
    const lazy = mineBlock({
      parent: null,
      mutate: (draft) => ({ ...draft, header: { ...draft.header, version: 7 } }),
    });
    expect(lazy.block.header.version).toBe(7);
    const spoiled = mineBlock({ parent: null, spoil: (mined) => ({ ...mined, transactions: [] }) });
    expect(spoiled.hash).toBe(mineBlock({ parent: null }).hash);
  });
});
