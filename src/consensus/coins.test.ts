import { describe, expect, it } from 'vitest';
import { MemoryCoins } from '../../test/support/reference-chain.ts';
import { type Coin, type CoinEntry, CoinsOverlay, outpointKey, parseOutpointKey } from './coins.ts';
import type { Address, Txid } from './hash.ts';

const txid = (byte: string): Txid => byte.repeat(32) as Txid;
const coin = (amount: number): Coin => ({
  amount,
  pubkeyHash: 'ee'.repeat(20) as Address,
  height: 1,
  coinbase: false,
});
const entry = (byte: string, amount: number): CoinEntry => ({
  outpoint: { txid: txid(byte), index: 0 },
  coin: coin(amount),
});
const keyOf = (byte: string) => outpointKey(txid(byte), 0);
const spentBy = txid('99');

it('an outpoint and its key are one and the same', () => {
  expect(keyOf('aa')).toBe(`${'aa'.repeat(32)}:0`);
  expect(parseOutpointKey(outpointKey(txid('ab'), 4_294_967_295))).toEqual({
    txid: txid('ab'),
    index: 4_294_967_295,
  });
});

describe('an overlay', () => {
  const base = new MemoryCoins([[keyOf('aa'), coin(1)]]);

  it('shows the coins of its base, until it knows better', () => {
    const overlay = new CoinsOverlay(base);
    expect(overlay.get(keyOf('aa'))).toEqual(coin(1));
    overlay.spend(keyOf('aa'));
    expect(overlay.get(keyOf('aa'))).toBeUndefined();
    overlay.add(keyOf('bb'), coin(2));
    expect(overlay.get(keyOf('bb'))).toEqual(coin(2));
  });

  it('never changes its base: a reorg can be tried out and forgotten', () => {
    const overlay = new CoinsOverlay(base);
    overlay.spend(keyOf('aa'));
    expect(base.get(keyOf('aa'))).toEqual(coin(1));
  });

  it('connects a block that spends what it creates itself', () => {
    const overlay = new CoinsOverlay(base);
    const changes = {
      created: [entry('bb', 2), entry('cc', 3)],
      spent: [
        { ...entry('aa', 1), spentBy },
        { ...entry('bb', 2), spentBy },
      ],
    };
    const shown = () => ['aa', 'bb', 'cc'].map((byte) => overlay.get(keyOf(byte))?.amount);
    overlay.connect(changes);
    expect(shown()).toEqual([undefined, undefined, 3]);
    overlay.disconnect(changes);
    expect(shown()).toEqual([1, undefined, undefined]);
  });
});
