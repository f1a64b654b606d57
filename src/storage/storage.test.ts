/** One suite over every engine: whatever a store is made of, it behaves the same. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BadCursorError, type ChainChange, type StoredHeader } from '../chainstate/ports.ts';
import {
  blockSize,
  outpointKey,
  txidOf,
  type Address,
  type BlockHash,
  type OutpointKey,
  type Txid,
} from '../consensus/index.ts';
import { ChainBuilder, coinsAfter, key, pay, spend } from '../../test/support/chain-builder.ts';
import { createTestStore, TEST_ENGINES } from '../../test/support/postgres-server.ts';
import { openStorage, StorageClosedError, StorageInvariantError, type Storage } from './index.ts';
import { Replay } from './replay.ts';

const alice = key('alice');
const bob = key('bob');
const NOW_MS = 1_700_000_123_456;

async function allOf<T>(portions: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const portion of portions) all.push(...portion);
  return all;
}

/** Everything that can be asked, to compare before and after. */
async function snapshot(storage: Storage, addresses: readonly Address[]) {
  const { chain } = storage;
  const headers = await allOf(chain.loadHeaders());
  const tip = await chain.loadTip();
  const undo = [];
  for (let height = 0; height <= (tip?.height ?? -1) + 3; height++) {
    const spent = await chain.readUndo(height);
    undo.push(spent.map((entry) => JSON.stringify(entry)).sort());
  }
  const pages = await Promise.all(addresses.map((address) => chain.historyOf(address, { limit: 1000 })));
  return {
    headers,
    tip,
    undo,
    history: pages.map(({ items }) => items),
    coins: await allOf(chain.allCoins()),
    bodies: await chain.readBlocks(headers.map(({ hash }) => hash)),
    mempool: await storage.mempool.load(),
  };
}

/**
 *   genesis ─ a1 ─ a2 ─ a3       a2: alice pays bob, and bob spends that in the same block
 *              └── b2 ─ b3 ─ b4  b2: alice pays herself twice     (and z0: another genesis)
 */
function forkedChain(): ChainBuilder {
  const chain = new ChainBuilder({ miner: alice }).extend(1, 'a');
  const [coin] = chain.coins(alice, 'genesis');
  const toBob = pay({ coins: [coin!], from: alice, to: bob, amount: 700, fee: 10 });
  const onwards = spend({
    coins: [
      {
        outpoint: { txid: txidOf(toBob), index: 0 },
        coin: { amount: 700, pubkeyHash: bob.address, height: 2, coinbase: false },
      },
    ],
    owner: bob,
    outputs: [
      { amount: 300, pubkeyHash: alice.address },
      { amount: 390, pubkeyHash: bob.address },
    ],
  });
  const twice = spend({
    coins: [coin!],
    owner: alice,
    outputs: [
      { amount: 1000, pubkeyHash: alice.address },
      { amount: 2000, pubkeyHash: alice.address },
    ],
  });
  return chain
    .block('a2', { txs: [toBob, onwards] })
    .block('a3', { miner: bob })
    .fork('a1')
    .block('b2', { txs: [twice] })
    .extend(2, 'b')
    .block('z0', { on: null, miner: bob, timestamp: 1_600_000_000 });
}

const bodyOf = (builder: ChainBuilder, ...names: string[]) => names.map((name) => builder.at(name).block);

describe.each(TEST_ENGINES)('storage on %s', (engine) => {
  let storage: Storage;
  let place: Awaited<ReturnType<typeof createTestStore>>;

  beforeAll(async () => {
    place = await createTestStore(engine);
    storage = await openStorage({ ...place, nowMs: () => NOW_MS });
  });
  afterAll(async () => {
    await storage.close();
    await expect(storage.chain.loadTip()).rejects.toThrow(StorageClosedError);
    await storage.close(); // again does no harm
    await place.remove();
  });
  // An engine takes long to start and a schema does not, so each test that leaves something gets a new schema.
  beforeEach(async () => {
    if ((await storage.chain.loadTip()) === undefined) return;
    if (engine === 'memory') storage = await openStorage({ ...place, nowMs: () => NOW_MS });
    while ((await storage.migrations.rollback()) !== undefined);
    await storage.migrations.migrate();
  });

  const coinsInStore = async (): Promise<Map<OutpointKey, unknown>> =>
    new Map(
      (await allOf(storage.chain.allCoins())).map(({ outpoint, coin }) => [
        outpointKey(outpoint.txid, outpoint.index),
        coin,
      ]),
    );

  describe('chain', () => {
    it('is empty at first', async () => {
      const { chain } = storage;
      expect(storage.engine).toBe(engine);
      expect(await chain.loadTip()).toBeUndefined();
      expect(await allOf(chain.loadHeaders())).toEqual([]);
      expect(await allOf(chain.allCoins())).toEqual([]);
      expect(await chain.balance(alice.address)).toEqual({ balance: 0, coinCount: 0 });
      expect(await chain.balance(alice.address, 7)).toEqual({ balance: 0, coinCount: 0 });
      expect(await chain.coinsOf(alice.address, { limit: 5 })).toEqual({ items: [], next: undefined });
      expect(await chain.historyOf(alice.address, { limit: 5 })).toEqual({ items: [], next: undefined });
      expect(await chain.readBlocks([])).toEqual(new Map());
      expect(await chain.readBlockBytes([])).toEqual(new Map());
      expect(await chain.readCoins([])).toEqual(new Map());
      expect(await chain.readUndo(0)).toEqual([]);
      expect(await chain.findTransaction('ab'.repeat(32) as Txid)).toBeUndefined();
      expect(await chain.findCoin(outpointKey('ab'.repeat(32) as Txid, 0xffffffff))).toBeUndefined();
      expect(await chain.readBlock('ab'.repeat(32) as BlockHash)).toBeUndefined();
    });

    it('gives back what was committed', async () => {
      const builder = forkedChain();
      const replay = new Replay();
      const { chain } = storage;
      const main = ['genesis', 'a1', 'a2', 'a3'];
      await chain.commit(replay.step({ connect: bodyOf(builder, ...main) }));
      expect(await chain.loadTip()).toEqual(replay.tip);
      expect(await coinsInStore()).toEqual(coinsAfter(builder.at('a3')));
      const headers = await allOf(chain.loadHeaders());
      expect(headers.map(({ hash }) => hash)).toEqual(main.map((name) => builder.at(name).hash));
      expect(headers[2]).toEqual({
        hash: builder.at('a2').hash,
        header: builder.at('a2').block.header,
        height: 2,
        chainWork: (replay.tip!.chainWork * 3n) / 4n,
        status: 'active',
        hasBody: true,
        invalidReason: undefined,
      });
      const [a1, a2] = [builder.at('a1'), builder.at('a2')];
      expect(await chain.readBlock(a2.hash)).toEqual(a2.block);
      expect(await chain.readBlocks([a2.hash, 'cd'.repeat(32) as BlockHash, a1.hash])).toEqual(
        new Map([
          [a1.hash, a1.block],
          [a2.hash, a2.block],
        ]),
      );
      const [, toBob, onwards] = a2.block.transactions.map(txidOf);
      expect(await chain.findTransaction(onwards!)).toEqual({ blockHash: a2.hash, height: 2, position: 2 });
      const undo = await chain.readUndo(2);
      expect((await chain.readUndoFrom(2)).get(2)).toEqual(undo);
      expect(new Map(undo.map((entry) => [entry.outpoint.txid, entry]))).toEqual(
        new Map(replay.blocks[2]!.coins.spent.map((entry) => [entry.outpoint.txid, entry])),
      );
      expect(await chain.findCoin(outpointKey(toBob!, 0))).toEqual({
        outpoint: { txid: toBob, index: 0 },
        coin: { amount: 700, pubkeyHash: bob.address, height: 2, coinbase: false },
        spent: { height: 2, txid: onwards },
      });
      const unspent = outpointKey(onwards!, 1);
      expect(await chain.findCoin(unspent)).toMatchObject({ coin: { amount: 390 }, spent: undefined });
      const asked = [unspent, outpointKey(toBob!, 0), outpointKey(toBob!, 0xffffffff)];
      expect(await chain.readCoins(asked)).toEqual(new Map([[unspent, coinsAfter(a2).get(unspent)]]));
    });

    it.each([
      ['one block', ['a3'], [] as string[]],
      ['two blocks for three', ['a2', 'a3'], ['b2', 'b3', 'b4']],
      ['everything, for another genesis', ['genesis', 'a1', 'a2', 'a3'], ['z0']],
    ])('takes back %s, and returns', async (_, back, forth) => {
      const builder = forkedChain();
      const replay = new Replay();
      const all = ['genesis', 'a1', 'a2', 'a3'];
      await storage.chain.commit(replay.step({ connect: bodyOf(builder, ...all) }));
      const before = await snapshot(storage, [alice.address, bob.address]);

      await storage.chain.commit(
        replay.step({ disconnect: back.length, connect: bodyOf(builder, ...forth) }),
      );
      const end = builder.at(forth.at(-1) ?? all.at(-2)!);
      expect(await storage.chain.loadTip()).toEqual(replay.tip);
      expect((await storage.chain.loadTip())?.hash).toBe(end.hash);
      expect(await coinsInStore()).toEqual(coinsAfter(end));
      const status = new Map((await allOf(storage.chain.loadHeaders())).map((row) => [row.hash, row.status]));
      for (const name of back) expect(status.get(builder.at(name).hash)).toBe('valid-fork');
      for (const name of forth) expect(status.get(builder.at(name).hash)).toBe('active');
      const gone = builder.at('a3').block.transactions.map(txidOf)[0]!;
      expect(await storage.chain.findTransaction(gone)).toBeUndefined();

      await storage.chain.commit(
        replay.step({ disconnect: forth.length, connect: bodyOf(builder, ...back) }),
      );
      const after = await snapshot(storage, [alice.address, bob.address]);
      const isOld = ({ hash }: StoredHeader): boolean => before.bodies.has(hash);
      const bodies = new Map([...after.bodies].filter(([hash]) => before.bodies.has(hash)));
      expect({ ...after, headers: after.headers.filter(isOld), bodies }).toEqual(before);
    });

    it('keeps side branches, states and headers whose bodies are gone', async () => {
      const builder = forkedChain();
      const replay = new Replay();
      const { chain } = storage;
      const nothing = { ...replay.step({}), tip: undefined };
      await chain.commit(replay.step({ connect: bodyOf(builder, 'genesis', 'a1', 'a2') }));
      const [b2, b3, b4] = ['b2', 'b3', 'b4'].map((name) => builder.at(name));
      const stored = [b2!, b3!, b4!].map(({ hash, block, height }) => ({
        hash,
        block,
        height,
        chainWork: replay.tip!.chainWork,
        status: 'headers-only' as const,
      }));
      const headerOnly = { ...stored[2]!, block: { ...b4!.block, transactions: [] } };
      await chain.commit({ ...nothing, storeBlocks: [stored[1]!, stored[0]!, headerOnly] });
      await chain.commit({
        ...nothing,
        statuses: [
          { hash: b2!.hash, status: 'valid-fork' },
          { hash: b3!.hash, status: 'invalid', invalidReason: 'bad-cb-amount' },
        ],
      });
      const find = async (hash: BlockHash) =>
        (await allOf(chain.loadHeaders())).find((row) => row.hash === hash);
      expect(await find(b2!.hash)).toMatchObject({ status: 'valid-fork', hasBody: true });
      expect(await find(b3!.hash)).toMatchObject({ status: 'invalid', invalidReason: 'bad-cb-amount' });
      expect(await find(b4!.hash)).toMatchObject({ status: 'headers-only', hasBody: false });
      expect(await chain.readBlock(b4!.hash)).toBeUndefined();

      await chain.commit({ ...nothing, dropBodies: [b3!.hash], storeBlocks: [stored[2]!] });
      expect(await find(b3!.hash)).toMatchObject({
        status: 'headers-only',
        hasBody: false,
        invalidReason: undefined,
      });
      expect(await chain.readBlock(b3!.hash)).toBeUndefined();
      expect(await chain.readBlock(b4!.hash)).toEqual(b4!.block);
      const heights = (await allOf(chain.loadHeaders())).map(({ height }) => height);
      expect(heights).toEqual([...heights].sort((a, b) => a - b));
      expect((await chain.loadTip())?.hash).toBe(builder.at('a2').hash);
    });

    it('holds a block of a megabyte', async () => {
      const builder = new ChainBuilder({ miner: alice });
      const coins = builder.coins(alice, 'genesis');
      const outputs = Array.from({ length: 35_000 }, (_, i) => ({
        amount: i,
        pubkeyHash: (i % 2 === 0 ? alice : bob).address,
      }));
      builder.block('big', { txs: [spend({ coins, owner: alice, outputs })] });
      const big = builder.at('big');
      expect(blockSize(big.block)).toBeGreaterThan(980_000);
      await storage.chain.commit(new Replay().step({ connect: bodyOf(builder, 'genesis', 'big') }));
      expect(await storage.chain.readBlock(big.hash)).toEqual(big.block);
      expect((await storage.chain.balance(bob.address)).coinCount).toBe(17_500);
      const page = await storage.chain.coinsOf(bob.address, { limit: 2 });
      expect(page.items.map(({ coin }) => coin.amount)).toEqual([1, 3]);
      expect(await coinsInStore()).toEqual(coinsAfter(big));
    });

    const broken: [what: string, breakIt: (change: ChainChange) => ChainChange][] = [
      ['spends a coin that is not there', (change) => ({ ...change, connected: spendTwice(change) })],
      [
        'expects another number of coins',
        (change) => withTip(change, { coinCount: change.tip!.coinCount + 1 }),
      ],
      ['ends in another tip', (change) => withTip(change, { hash: 'ee'.repeat(32) as BlockHash })],
      ['ends at another height', (change) => withTip(change, { height: 9 })],
      ['has no tip', (change) => ({ ...change, tip: undefined })],
      ['leaves out a block', (change) => ({ ...change, connected: change.connected.slice(1) })],
      [
        'disconnects less than it should',
        (change) => ({ ...change, disconnected: change.disconnected.slice(1) }),
      ],
      [
        'disconnects in the wrong order',
        (change) => ({ ...change, disconnected: change.disconnected.toReversed() }),
      ],
      [
        'disconnects a block that is not active',
        (change) => ({
          ...change,
          disconnected: change.disconnected.map((block) => ({
            ...block,
            hash: 'ee'.repeat(32) as BlockHash,
          })),
        }),
      ],
      ['connects a block that is not stored', (change) => ({ ...change, storeBlocks: [] })],
      [
        'names the state of an unknown block',
        (change) => ({ ...change, statuses: [{ hash: 'ee'.repeat(32) as BlockHash, status: 'invalid' }] }),
      ],
      ['drops an unknown body', (change) => ({ ...change, dropBodies: ['ee'.repeat(32) as BlockHash] })],
    ];
    it('changes nothing when a change is not made for it, and goes on working', async () => {
      const builder = forkedChain();
      const replay = new Replay();
      await storage.chain.commit(replay.step({ connect: bodyOf(builder, 'genesis', 'a1', 'a2', 'a3') }));
      const tx = builder.at('b2').block.transactions[1]!;
      await storage.mempool.add([{ tx, receivedAtMs: NOW_MS, fee: 5 }]);
      const before = await snapshot(storage, [alice.address, bob.address]);
      const good = {
        ...replay.step({ disconnect: 2, connect: bodyOf(builder, 'b2', 'b3', 'b4') }),
        confirmed: [txidOf(tx)],
      };
      for (const [what, breakIt] of broken) {
        await expect(storage.chain.commit(breakIt(good)), what).rejects.toThrow(StorageInvariantError);
        expect(await snapshot(storage, [alice.address, bob.address]), what).toEqual(before);
      }
      await storage.chain.commit(good);
      expect(await coinsInStore()).toEqual(coinsAfter(builder.at('b4')));
      expect(await storage.mempool.load()).toEqual([]);
    });
  });

  describe('queries', () => {
    it('know every past height', async () => {
      const builder = forkedChain();
      const names = ['genesis', 'a1', 'a2', 'a3'];
      await storage.chain.commit(new Replay().step({ connect: bodyOf(builder, ...names) }));
      for (const { address } of [alice, bob]) {
        for (let height = -1; height <= 5; height++) {
          const built = height < 0 ? null : builder.at(names[Math.min(height, 3)]!);
          const expected = [...coinsAfter(built)].filter(([, coin]) => coin.pubkeyHash === address);
          const balance = expected.reduce((sum, [, coin]) => sum + coin.amount, 0);
          expect(await storage.chain.balance(address, height)).toEqual({
            balance,
            coinCount: expected.length,
          });
          const { items } = await storage.chain.coinsOf(address, { limit: 100, atHeight: height });
          const found = items.map(({ outpoint, coin }) => [outpointKey(outpoint.txid, outpoint.index), coin]);
          expect(new Map(found as [])).toEqual(new Map(expected));
        }
        expect(await storage.chain.balance(address)).toEqual(await storage.chain.balance(address, 3));
      }
    });

    it('tell the history of an address, latest first', async () => {
      const builder = forkedChain();
      await storage.chain.commit(
        new Replay().step({ connect: bodyOf(builder, 'genesis', 'a1', 'a2', 'a3') }),
      );
      const [, toBob, onwards] = builder.at('a2').block.transactions.map(txidOf);
      const { items } = await storage.chain.historyOf(bob.address, { limit: 10 });
      const sameHeight = [
        { txid: toBob, height: 2, received: 700, sent: 0 },
        { txid: onwards, height: 2, received: 390, sent: 700 },
      ].sort((a, b) => (a.txid! > b.txid! ? -1 : 1));
      expect(items.slice(1)).toEqual(sameHeight);
      expect(items[0]).toMatchObject({ height: 3, sent: 0 });
    });

    it('page through lists of any length, each item once', async () => {
      const builder = new ChainBuilder({ miner: alice });
      for (let i = 1; i < 12; i++) {
        const coins = builder.coins(alice).slice(0, 1);
        const third = Math.floor(coins[0]!.coin.amount / 3);
        const outputs = [1, 2, 3].map(() => ({ amount: third, pubkeyHash: alice.address }));
        builder.block(`a${i}`, { txs: [spend({ coins, owner: alice, outputs })] });
      }
      await storage.chain.commit(new Replay().step({ connect: builder.all.map(({ block }) => block) }));
      const lists = {
        coins: (options: { limit: number; after?: string }) => storage.chain.coinsOf(alice.address, options),
        pastCoins: (options: { limit: number; after?: string }) =>
          storage.chain.coinsOf(alice.address, { ...options, atHeight: 6 }),
        history: (options: { limit: number; after?: string }) =>
          storage.chain.historyOf(alice.address, options),
      };
      for (const list of Object.values(lists)) {
        const whole = (await list({ limit: 1000 })) as {
          items: readonly unknown[];
          next: string | undefined;
        };
        expect(whole.next).toBeUndefined();
        expect(whole.items.length).toBeGreaterThan(15);
        for (const limit of [1, 4, 7, whole.items.length]) {
          const items: unknown[] = [];
          let after: string | undefined;
          do {
            const page = await list(after === undefined ? { limit } : { limit, after });
            expect(page.items.length).toBeLessThanOrEqual(limit);
            items.push(...page.items);
            after = page.next;
          } while (after !== undefined);
          expect(items).toEqual(whole.items);
        }
      }
    });

    it('refuse cursors that no page gave out', async () => {
      const id = 'ab'.repeat(32);
      const bad = ['', 'x', '1', '1.2', `-1.${id}.0`, `1.${id.toUpperCase()}.0`, `1.${id}.0.0`, `01.${id}.0`];
      for (const after of [...bad, `99999999999.${id}.0`, `1.${id}.4294967295`]) {
        for (const list of [
          storage.chain.coinsOf(alice.address, { limit: 1, after }),
          storage.chain.historyOf(alice.address, { limit: 1, after }),
        ]) {
          await expect(list, after).rejects.toThrow(BadCursorError);
        }
      }
    });

    it('tell a coin cursor from a history cursor', async () => {
      const cursor = `1.${'ab'.repeat(32)}`;
      expect((await storage.chain.historyOf(alice.address, { limit: 1, after: cursor })).items).toEqual([]);
      await expect(storage.chain.coinsOf(alice.address, { limit: 1, after: cursor })).rejects.toThrow(
        BadCursorError,
      );
      expect((await storage.chain.coinsOf(alice.address, { limit: 1, after: `${cursor}.0` })).items).toEqual(
        [],
      );
      await expect(
        storage.chain.historyOf(alice.address, { limit: 1, after: `${cursor}.0` }),
      ).rejects.toThrow(BadCursorError);
    });
  });
});

function withTip(change: ChainChange, changed: Partial<NonNullable<ChainChange['tip']>>): ChainChange {
  return { ...change, tip: { ...change.tip!, ...changed } };
}

/** The second block spends again what the first one spent. */
function spendTwice({ connected }: ChainChange): ChainChange['connected'] {
  const [first, second, ...rest] = connected;
  return [first!, { ...second!, coins: { ...second!.coins, spent: first!.coins.spent } }, ...rest];
}
