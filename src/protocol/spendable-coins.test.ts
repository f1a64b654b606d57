import { describe, expect, it } from 'vitest';
import { createWallet } from '../wallet/index.ts';
import type { ApiClient } from './client.ts';
import { candidatesFor, type CoinSurvey, surveyCoins, totalOf } from './spendable-coins.ts';

const owner = createWallet();
const stranger = createWallet();
const id = (n: number): string => n.toString(16).padStart(64, '0');

const utxo = (n: number, amount: number, more: object = {}): object => ({
  txid: id(n),
  vout: 0,
  amount,
  pubkey_hash: owner.address,
  ...more,
});
const waiting = (n: number, from: string, spends: number[], outputs: [string, number][]): object => ({
  txid: id(n),
  version: 1,
  locktime: 0,
  inputs: spends.map((spent) => ({ prev_txid: id(spent), prev_index: 0, signature: '', pubkey: from })),
  outputs: outputs.map(([address, amount]) => ({ amount, pubkey_hash: address })),
});

/** A node with these coins and this mempool; counts how often the mempool is read. */
function node(utxos: object[], mempool: object[]): { client: ApiClient; reads: () => number } {
  let reads = 0;
  const client = {
    allUtxos: async function* () {
      yield* utxos;
    },
    mempool: async () => {
      reads++;
      return { size: mempool.length, transactions: mempool };
    },
  };
  return { client: client as unknown as ApiClient, reads: () => reads };
}

describe('which coins can be spent', () => {
  const told = { mature: true, spent_in_mempool: null };

  it('does not read the mempool when confirmed coins are enough', async () => {
    const { client, reads } = node([utxo(1, 100, told), utxo(2, 50, told)], []);
    expect(totalOf((await surveyCoins(client, owner, {}, 150)).confirmed)).toBe(150);
    expect(reads()).toBe(0);
    await surveyCoins(client, owner, {}, 151);
    expect(reads()).toBe(1);
  });

  it('leaves out what is being spent or not mature, and sorts what waits', async () => {
    const { client } = node(
      [
        utxo(1, 1, told),
        utxo(2, 2, { ...told, spent_in_mempool: id(9) }),
        utxo(3, 4, { ...told, mature: false }),
      ],
      [
        waiting(9, owner.publicKey, [2], [[owner.address, 8]]), // change
        waiting(
          10,
          stranger.publicKey,
          [77],
          [
            [owner.address, 16],
            [stranger.address, 3],
          ],
        ),
        waiting(11, stranger.publicKey, [78], [[owner.address, 32]]),
        waiting(12, owner.publicKey, [11], [[stranger.address, 32]]), // spends the one before
      ],
    );
    const survey = await surveyCoins(client, owner, {});
    expect(survey).toMatchObject({ immature: 4, beingSpent: 2 });
    expect(totalOf(survey.confirmed)).toBe(1);
    expect(totalOf(survey.ownChange)).toBe(8);
    expect(totalOf(survey.fromOthers)).toBe(16);
  });

  it('finds out by itself what the nodes of the original do not tell', async () => {
    const { client, reads } = node(
      [utxo(1, 10), utxo(2, 20)],
      [waiting(9, owner.publicKey, [1], [[owner.address, 5]])],
    );
    const survey = await surveyCoins(client, owner, {}, 1);
    expect(reads()).toBe(1);
    expect(totalOf(survey.confirmed)).toBe(20);
    expect(survey.beingSpent).toBe(10);
  });

  it('takes as few doubtful coins as it needs', () => {
    const coin = (n: number, amount: number, confirmed: boolean): CoinSurvey['confirmed'][number] => ({
      txid: id(n) as CoinSurvey['confirmed'][number]['txid'],
      index: 0,
      amount,
      confirmed,
    });
    const survey: CoinSurvey = {
      confirmed: [coin(1, 10, true)],
      ownChange: [coin(2, 5, false)],
      fromOthers: [coin(3, 3, false)],
      immature: 0,
      beingSpent: 0,
    };
    const total = (needed: number, use: Parameters<typeof candidatesFor>[2]): number =>
      totalOf(candidatesFor(survey, needed, use));
    expect([total(10, 'all'), total(15, 'all'), total(16, 'all')]).toEqual([10, 15, 18]);
    expect([total(99, 'own-change'), total(99, 'confirmed')]).toEqual([15, 10]);
  });
});
