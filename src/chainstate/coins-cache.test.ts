import { describe, expect, it, vi } from 'vitest';
import type { Address, Coin, OutpointKey, Txid } from '../consensus/index.ts';
import { CoinsCache } from './coins-cache.ts';

const txid = 'ab'.repeat(32) as Txid;
const key = (index: number) => `${txid}:${index}` as OutpointKey;
const coin = (amount: number): Coin => ({
  amount,
  pubkeyHash: '11'.repeat(20) as Address,
  height: 1,
  coinbase: false,
});
const entry = (index: number, amount: number) => ({ outpoint: { txid, index }, coin: coin(amount) });

function storeOf(...amounts: number[]) {
  const coins = new Map(amounts.map((amount, index) => [key(index), coin(amount)]));
  const readCoins = vi.fn((keys: readonly OutpointKey[]) =>
    Promise.resolve(new Map([...coins].filter(([outpoint]) => keys.includes(outpoint)))),
  );
  return { coins, readCoins };
}

describe('CoinsCache', () => {
  it('asks the store once for what it does not know, and not again', async () => {
    const store = storeOf(10, 20);
    const cache = new CoinsCache(store, 100);
    expect(await cache.fetch([key(0), key(1), key(2)])).toEqual(
      new Map([
        [key(0), coin(10)],
        [key(1), coin(20)],
      ]),
    );
    expect(store.readCoins).toHaveBeenCalledExactlyOnceWith([key(0), key(1), key(2)]);
    await cache.fetch([key(0), key(1)]);
    expect(store.readCoins).toHaveBeenCalledOnce();
  });

  it('follows blocks that connect and disconnect', async () => {
    const store = storeOf();
    const cache = new CoinsCache(store, 100);
    const changes = { created: [entry(5, 50)], spent: [{ ...entry(6, 60), spentBy: txid }] };
    cache.connect(changes);
    expect([...(await cache.fetch([key(5)])).keys()]).toEqual([key(5)]);
    cache.disconnect(changes);
    expect([...(await cache.fetch([key(5), key(6)])).keys()]).toEqual([key(6)]);
  });

  it('never holds more than it may, and forgets the oldest first', async () => {
    const store = storeOf();
    const cache = new CoinsCache(store, 2);
    cache.connect({ created: [entry(1, 1), entry(2, 2), entry(3, 3)], spent: [] });
    expect([...(await cache.fetch([key(1), key(2), key(3)])).keys()]).toEqual([key(2), key(3)]);
    expect(store.readCoins).toHaveBeenCalledWith([key(1)]);
  });

  it('does not remember a read that a commit overtook', async () => {
    const store = storeOf(10);
    const cache = new CoinsCache(store, 100);
    const reading = cache.fetch([key(0)]);
    cache.invalidateReads();
    cache.connect({ created: [], spent: [{ ...entry(0, 10), spentBy: txid }] });
    store.coins.clear();
    await reading;
    expect((await cache.fetch([key(0)])).size).toBe(0);
  });
});
