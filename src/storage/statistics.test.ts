/** Figures of blocks and ages of coins: the same from every engine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockSize } from '../consensus/index.ts';
import { ChainBuilder, coinsAfter, key, pay } from '../../test/support/chain-builder.ts';
import { createTestStore, TEST_ENGINES } from '../../test/support/postgres-server.ts';
import { openStorage, type Storage } from './index.ts';
import { Replay } from './replay.ts';

const [alice, bob] = [key('alice'), key('bob')];

/** genesis ─ a1 ─ a2 (alice pays bob 700 and a fee of 10) ─ a3, and from a1 on: b2 ─ b3 ─ b4. */
function forkedChain(): ChainBuilder {
  const chain = new ChainBuilder({ miner: alice }).extend(1, 'a');
  const coins = chain.coins(alice, 'genesis').slice(0, 1);
  const toBob = pay({ coins, from: alice, to: bob, amount: 700, fee: 10 });
  return chain
    .block('a2', { txs: [toBob] })
    .block('a3')
    .fork('a1')
    .extend(3, 'b');
}

describe.each(TEST_ENGINES)('statistics on %s', (engine) => {
  let storage: Storage;
  let place: Awaited<ReturnType<typeof createTestStore>>;

  beforeAll(async () => {
    place = await createTestStore(engine);
    storage = await openStorage(place);
  });
  afterAll(async () => {
    await storage.close();
    await place.remove();
  });

  it('follow the active chain, also through a reorganisation', async () => {
    const { chain } = storage;
    expect(await chain.blockFigures(0, 10)).toEqual([]);
    expect(await chain.coinAges(0, 1)).toEqual([]);
    const builder = forkedChain();
    const replay = new Replay();

    const follow = async (...names: string[]): Promise<void> => {
      const built = names.map((name) => builder.at(name));
      const figures = built.map(({ hash, block }, height) => ({
        ...{ hash, height, sizeBytes: blockSize(block), transactionCount: block.transactions.length },
        coinbaseAmount: block.transactions[0]?.outputs.reduce((sum, { amount }) => sum + amount, 0),
      }));
      expect(await chain.blockFigures(0, 99)).toEqual(figures);
      expect(await chain.blockFigures(1, 2)).toEqual(figures.slice(1, 3));
      for (const from of [0, 2]) {
        const rewards = [...coinsAfter(built.at(-1)!).values()].filter(
          (coin) => coin.coinbase && coin.pubkeyHash === alice.address && coin.height >= from,
        );
        const sum = rewards.reduce((total, { amount }) => total + amount, 0);
        expect(await chain.rewardsSince(alice.address, from)).toBe(sum);
      }
      expect(await chain.rewardsSince(bob.address, 0)).toBe(0);
      const height = names.length - 1;
      const coins = [...coinsAfter(built.at(-1)!).values()];
      for (const width of [1, 2, 100]) {
        const bins = new Map<number, { bin: number; coinCount: number; amount: number }>();
        for (const coin of coins) {
          const bin = Math.floor((height - coin.height) / width);
          const { coinCount, amount } = bins.get(bin) ?? { coinCount: 0, amount: 0 };
          bins.set(bin, { bin, coinCount: coinCount + 1, amount: amount + coin.amount });
        }
        const youngestFirst = [...bins.values()].sort((a, b) => a.bin - b.bin);
        expect(await chain.coinAges(height, width)).toEqual(youngestFirst);
      }
      // Coins above the height that is asked for do not count.
      const ages = await chain.coinAges(0, 1);
      expect(ages.reduce((sum, { coinCount }) => sum + coinCount, 0)).toBe(
        coins.filter((coin) => coin.height === 0).length,
      );
    };

    const blocks = (...names: string[]) => names.map((name) => builder.at(name).block);
    await chain.commit(replay.step({ connect: blocks('genesis', 'a1', 'a2', 'a3') }));
    await follow('genesis', 'a1', 'a2', 'a3');
    await chain.commit(replay.step({ disconnect: 2, connect: blocks('b2', 'b3', 'b4') }));
    await follow('genesis', 'a1', 'b2', 'b3', 'b4');
  });
});
