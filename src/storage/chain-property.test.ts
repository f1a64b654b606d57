/** Any sequence of connects and disconnects leaves what a replay of the blocks gives, now and at every past height. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  coinsCreatedBy,
  outpointKey,
  parseOutpointKey,
  type Coin,
  type OutpointKey,
  type Transaction,
  txidOf,
  type Txid,
} from '../consensus/index.ts';
import { type BuiltBlock, coinsAfter, key, mineBlock } from '../../test/support/chain-builder.ts';
import { createTestStore, runSql, TEST_ENGINES } from '../../test/support/postgres-server.ts';
import { openStorage, type Storage } from './index.ts';
import { Replay } from './replay.ts';

const OWNERS = ['alice', 'bob', 'carol'].map(key);
const nothing = new Uint8Array();

/** One change: so many blocks off the end, then these on. Each payment of a block is two numbers that pick coins. */
const aStep = fc.record({
  disconnect: fc.nat({ max: 4 }),
  /** Which payments of the blocks that leave come back: at the same height, or a block later (then before those of that block). */
  again: fc.array(fc.constantFrom('never', 'same', 'later', 'same'), { maxLength: 6 }),
  blocks: fc.array(fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 4 }), { minLength: 1, maxLength: 4 }),
});

let lastNonce = 0;

/** A block of payments that spend any coin there is, also those that the same block created. */
function buildBlock(
  parent: BuiltBlock | null,
  payments: readonly (readonly [number, number])[],
  again: readonly Transaction[] = [],
): BuiltBlock {
  const height = (parent?.height ?? -1) + 1;
  const coins = new Map(coinsAfter(parent));
  const transactions: Transaction[] = [];
  // Payments of the branch that leaves, as far as what they spend is there.
  for (const tx of again) {
    const spent = tx.inputs.map(({ prevTxid, prevIndex }) => outpointKey(prevTxid, prevIndex));
    if (!spent.every((name) => coins.has(name))) continue;
    for (const name of spent) coins.delete(name);
    for (const { outpoint, coin } of coinsCreatedBy(tx, height))
      coins.set(outpointKey(outpoint.txid, outpoint.index), coin);
    transactions.push(tx);
  }
  for (const [first, second] of coins.size === 0 ? [] : payments) {
    const keys = [...coins.keys()];
    const picked = [...new Set([keys[first % keys.length]!, keys[second % keys.length]!])];
    const amount = picked.reduce((sum, name) => sum + coins.get(name)!.amount, 0);
    const half = Math.floor(amount / 2);
    const tx: Transaction = {
      version: ++lastNonce,
      inputs: picked.map((name) => {
        const { txid, index } = parseOutpointKey(name);
        return { prevTxid: txid, prevIndex: index, signature: nothing, pubkey: nothing };
      }),
      outputs: [half, amount - half].map((part, i) => ({
        amount: part,
        pubkeyHash: OWNERS[(first + i) % OWNERS.length]!.address,
      })),
      locktime: 0,
    };
    for (const name of picked) coins.delete(name);
    for (const { outpoint, coin } of coinsCreatedBy(tx, height)) {
      coins.set(outpointKey(outpoint.txid, outpoint.index), coin);
    }
    transactions.push(tx);
  }
  const minerAddress = OWNERS[transactions.length % OWNERS.length]!;
  return mineBlock({ parent, transactions, minerAddress, extraNonce: ++lastNonce });
}

async function storedCoins(storage: Storage): Promise<Map<OutpointKey, Coin>> {
  const coins = new Map<OutpointKey, Coin>();
  for await (const portion of storage.chain.allCoins()) {
    for (const { outpoint, coin } of portion) coins.set(outpointKey(outpoint.txid, outpoint.index), coin);
  }
  return coins;
}

describe.each(TEST_ENGINES)('any history on %s', (engine) => {
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

  const reset = async (): Promise<void> => {
    if (engine === 'memory') storage = await openStorage(place);
    while ((await storage.migrations.rollback()) !== undefined);
    await storage.migrations.migrate();
  };

  /** Every row that tells of the active chain, as text. A server only: the embedded engine has one connection. */
  const dumpTables = async (): Promise<unknown> => {
    if (engine !== 'postgresql') return undefined;
    const tables = ['coins', 'spent_coins', 'transactions', 'chain_state'];
    const rows = tables
      .map((table) => `SELECT '${table}' || t::text AS row FROM ${table} t`)
      .join(' UNION ALL ');
    return runSql(place.databaseUrl, `SELECT array_agg(row ORDER BY row) FROM (${rows}) AS everything`);
  };

  it('is what its blocks say', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(aStep, { minLength: 1, maxLength: 5 }), async (steps) => {
        await reset();
        const replay = new Replay();
        const active: BuiltBlock[] = [];
        for (const { disconnect, again, blocks } of steps) {
          const leaving = active.splice(Math.max(0, active.length - disconnect));
          const joining: BuiltBlock[] = [];
          blocks.forEach((payments, index) => {
            const back = (from: BuiltBlock | undefined, when: 'same' | 'later'): Transaction[] =>
              from?.block.transactions.slice(1).filter((_, position) => again[position] === when) ?? [];
            const rival = [...back(leaving[index - 1], 'later'), ...back(leaving[index], 'same')];
            joining.push(buildBlock(joining.at(-1) ?? active.at(-1) ?? null, payments, rival));
          });
          const [back, forth] = [leaving, joining].map((built) => built.map(({ block }) => block));
          const before = await dumpTables();
          await storage.chain.commit(replay.step({ disconnect: leaving.length, connect: forth! }));
          if (leaving.length > 0) {
            // There and back again is the identity on all tables.
            const after = await dumpTables();
            await storage.chain.commit(replay.step({ disconnect: joining.length, connect: back! }));
            expect(await dumpTables()).toEqual(before);
            await storage.chain.commit(replay.step({ disconnect: leaving.length, connect: forth! }));
            expect(await dumpTables()).toEqual(after);
          }
          active.push(...joining);
          expect(await storedCoins(storage)).toEqual(coinsAfter(active.at(-1)!));
        }
        expect(await storage.chain.loadTip()).toEqual(replay.tip);
        for (const built of active) {
          for (const { address } of OWNERS) {
            const own = [...coinsAfter(built)].filter(([, coin]) => coin.pubkeyHash === address);
            expect(await storage.chain.balance(address, built.height)).toEqual({
              balance: own.reduce((sum, [, coin]) => sum + coin.amount, 0),
              coinCount: own.length,
            });
          }
          const undo = await storage.chain.readUndo(built.height);
          expect(undo.length).toBe(replay.blocks[built.height]!.coins.spent.length);
        }
        await expectHistoryAddsUp(storage, active);
        await expectAnswersTogether(storage, active);
      }),
      { numRuns: engine === 'memory' ? 100 : 12 },
    );
  });
});

/** What came less what went is what is there; and each event is in the block that the index names. */
async function expectHistoryAddsUp(storage: Storage, active: readonly BuiltBlock[]): Promise<void> {
  for (const { address } of OWNERS) {
    const { items } = await storage.chain.historyOf(address, { limit: 1000 });
    const { balance } = await storage.chain.balance(address);
    expect(items.reduce((sum, { received, sent }) => sum + received - sent, 0)).toBe(balance);
    for (const { txid, height } of items) {
      const place = await storage.chain.findTransaction(txid);
      expect(place).toMatchObject({ height, blockHash: active[height]!.hash });
    }
  }
}

/** Asked all at once (so that the store gathers them), everybody gets the own answer. */
async function expectAnswersTogether({ chain }: Storage, active: readonly BuiltBlock[]): Promise<void> {
  const coins = [...coinsAfter(active.at(-1)!)];
  const transactions = active.flatMap(({ block, hash, height }) =>
    block.transactions.map((tx, position) => ({
      txid: txidOf(tx),
      place: { blockHash: hash, height, position },
    })),
  );
  const nobody = 'ab'.repeat(32) as Txid;
  const [balances, places, found] = await Promise.all([
    Promise.all([...OWNERS, ...OWNERS].map(({ address }) => chain.balance(address))),
    Promise.all([nobody, ...transactions.map(({ txid }) => txid)].map((txid) => chain.findTransaction(txid))),
    Promise.all([outpointKey(nobody, 0), ...coins.map(([key]) => key)].map((key) => chain.findCoin(key))),
  ]);
  const balancesExpected = OWNERS.map(({ address }) => {
    const own = coins.filter(([, coin]) => coin.pubkeyHash === address);
    return { balance: own.reduce((sum, [, coin]) => sum + coin.amount, 0), coinCount: own.length };
  });
  expect(balances).toEqual([...balancesExpected, ...balancesExpected]);
  expect(places).toEqual([undefined, ...transactions.map(({ place }) => place)]);
  expect(found.map((one) => one?.coin)).toEqual([undefined, ...coins.map(([, coin]) => coin)]);
}
