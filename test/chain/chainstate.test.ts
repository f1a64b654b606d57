/**
 * The chain state over the in-memory store: blocks in any order, forks, reorgs, bad bodies, failing disks.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ChainEvent,
  type ChainQueries,
  Chainstate,
  type ChainStore,
  ReorgLog,
  StoreUnusableError,
  verifyCoins,
} from '../../src/chainstate/index.ts';
import { type Block, type ChainParams, outpointKey, txidOf, type Wtxid } from '../../src/consensus/index.ts';
import { createVerifier } from '../../src/node/verifier.ts';
import { createMemoryStorage } from '../../src/storage/index.ts';
import { ChainBuilder, coinsAfter, key, pay } from '../support/chain-builder.ts';

type Store = ChainStore & ChainQueries;

const clock = { nowS: () => 1_800_000_000, nowMs: () => 1_800_000_000_000 };
const verifier = createVerifier();

async function openChain(params: ChainParams, store: Store = createMemoryStorage().chain) {
  const verified = new Set<Wtxid>();
  const chainstate = await Chainstate.open({ params }, { store, verifier, clock, verified });
  const events: ChainEvent[] = [];
  chainstate.events.subscribe((event) => events.push(event));
  const reorgs = new ReorgLog(clock);
  chainstate.events.subscribe((event) => reorgs.note(event));
  return {
    chainstate,
    store,
    events,
    reorgs,
    accept: (block: Block) => chainstate.acceptBlock(block),
    tip: () => chainstate.tip?.hash,
  };
}

/** Coins in the store are those that the blocks give, counted the naive way. */
async function expectCoinsOf(builder: ChainBuilder, name: string, store: Store, chainstate: Chainstate) {
  const expected = coinsAfter(builder.at(name));
  expect(await store.readCoins([...expected.keys()])).toEqual(new Map(expected));
  expect(chainstate.coinCount).toBe(expected.size);
  const report = await verifyCoins({ store, verifier, clock }, { params: builder.params, signatures: true });
  expect(report).toEqual({ blocks: builder.at(name).height + 1, coins: expected.size, problems: [] });
}

const alice = key('alice');
const bob = key('bob');

/** genesis ─ a1 ─ a2 ─ a3 ─ a4 with a payment in a2; b2 … b5 fork off at a1 without it. */
function forkedChain(): ChainBuilder {
  const builder = new ChainBuilder({ miner: alice });
  builder.extend(1);
  const payment = pay({ coins: builder.coins(alice), from: alice, to: bob, amount: 1_000, fee: 10 });
  return builder
    .block('a2', { txs: [payment] })
    .extend(2)
    .fork('a1')
    .extend(4, 'b');
}

describe('blocks', () => {
  it('follows the most work and keeps what lost', async () => {
    const builder = forkedChain();
    const node = await openChain(builder.params);
    const told = builder.tell(node);
    await told.accepts('genesis', 'a1', 'a2', 'a3', 'a4', 'b2', 'b3', 'b4');
    await told.expectTip('a4'); // b4 has as much work, but was seen later
    await told.accepts('b5');
    await told.expectTip('b5');
    await expectCoinsOf(builder, 'b5', node.store, node.chainstate);

    const tips = node.chainstate.headers
      .tips()
      .map((tip) => [tip.hash, node.chainstate.headers.statusOf(tip)]);
    expect(tips).toEqual([
      [builder.at('b5').hash, 'active'],
      [builder.at('a4').hash, 'valid-fork'],
    ]);
    const reorg = node.events.findLast((event) => event.type === 'tip-changed');
    expect(reorg).toMatchObject({ forkHeight: 1, returned: [builder.at('a2').block.transactions[1]] });
    expect(reorg?.disconnected.map(({ height }) => height)).toEqual([4, 3, 2]);
    expect(reorg?.connected.map(({ height }) => height)).toEqual([2, 3, 4, 5]);
  });

  it('does not return transactions that the new branch contains too', async () => {
    const builder = new ChainBuilder({ miner: alice }).extend(1);
    const payment = pay({ coins: builder.coins(alice), from: alice, to: bob, amount: 5, fee: 1 });
    builder
      .block('a2', { txs: [payment] })
      .fork('a1')
      .block('b2', { txs: [payment] })
      .extend(1, 'b');
    const node = await openChain(builder.params);
    await builder.tell(node).accepts('genesis', 'a1', 'a2', 'b2', 'b3');
    expect(node.events.at(-1)).toMatchObject({ type: 'tip-changed', returned: [] });
    expect(await node.chainstate.isConfirmed(txidOf(payment))).toBe(true);
  });

  it('tells a reorganisation as a story', async () => {
    const builder = forkedChain();
    const node = await openChain(builder.params);
    await builder.tell(node).accepts('genesis', 'a1', 'a2', 'a3', 'a4', 'b2', 'b3', 'b4', 'b5');
    const { hash: forkHash } = builder.at('a1');
    expect(node.reorgs.latest()).toMatchObject([
      {
        atMs: clock.nowMs(),
        fork: { height: 1, hash: forkHash },
        depth: 3,
        oldTip: { height: 4, hash: builder.at('a4').hash },
        newTip: { height: 5, hash: builder.at('b5').hash },
        ...{ connectedCount: 4, paymentsLeft: 1, paymentsKept: 0, paymentsReturned: 1 },
        story:
          `3 blocks after height 1 (${forkHash.slice(0, 10)}…) left the chain because a branch of 4 blocks had more work; ` +
          'their one payment waits again.',
      },
    ]);
  });

  it('takes another genesis block when it leads to more work', async () => {
    const builder = new ChainBuilder()
      .extend(2)
      .block('other', { on: null, timestamp: 1_700_000_001 })
      .extend(3, 'o');
    const node = await openChain(builder.params);
    await builder.tell(node).accepts('genesis', 'a1', 'a2', 'other', 'o1', 'o2', 'o3');
    expect(node.tip()).toBe(builder.at('o3').hash);
    expect(node.events.at(-1)).toMatchObject({ forkHeight: -1 });
    await expectCoinsOf(builder, 'o3', node.store, node.chainstate);
  });

  it('holds blocks whose parent is unknown, and takes them when it comes', async () => {
    const builder = forkedChain();
    const node = await openChain(builder.params);
    const told = builder.tell(node);
    for (const name of ['b5', 'b4', 'b3', 'b2', 'a1']) await told.expectReason(name, 'prev-blk-not-found');
    await told.accepts('genesis');
    await told.expectTip('b5');
    expect(node.chainstate.orphanCount).toBe(0);
  });

  it('knows what it has', async () => {
    const builder = forkedChain();
    const node = await openChain(builder.params);
    const told = builder.tell(node);
    await told.accepts('genesis', 'a1');
    await told.expectReason('a1', 'duplicate');
    await told.accepts('b2', 'a2');
    await told.expectReason('a2', 'duplicate');
  });

  it('reaches one tip and one coin set in whatever order blocks arrive', async () => {
    const builder = forkedChain().fork('b3').extend(4, 'c'); // c4 … c7 has the most work, alone
    const names = builder.all.map(({ name }) => name);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(names, { minLength: names.length }), async (order) => {
        const node = await openChain(builder.params);
        for (const name of order) await node.accept(builder.at(name).block);
        await builder.tell(node).expectTip('c7');
        await expectCoinsOf(builder, 'c7', node.store, node.chainstate);
      }),
      { numRuns: 25 },
    );
  });
});

describe('invalid blocks', () => {
  it('leave the active chain untouched, are remembered with their reason, and so are their children', async () => {
    const builder = new ChainBuilder({ miner: alice }).extend(2);
    const tooMuch = (block: Block): Block => ({
      ...block,
      transactions: block.transactions.map((tx) => ({
        ...tx,
        outputs: tx.outputs.map((output) => ({ ...output, amount: output.amount + 1 })),
      })),
    });
    builder.fork('a1').block('bad2', { mutate: tooMuch }).extend(2, 'bad');
    const node = await openChain(builder.params);
    const told = builder.tell(node);
    await told.accepts('genesis', 'a1', 'a2', 'bad2'); // a side branch is not connected, so nobody knows yet
    await told.expectReason('bad3', 'bad-prevblk'); // it would win: now it is looked at
    await told.expectTip('a2');
    await told.expectReason('bad2', 'duplicate-invalid');
    await told.expectReason('bad4', 'bad-prevblk');
    expect(node.events.at(-1)).toMatchObject({
      type: 'block-invalid',
      height: 2,
      failure: { reason: 'bad-cb-amount' },
    });
    await expectCoinsOf(builder, 'a2', node.store, node.chainstate);

    const again = await openChain(builder.params, node.store);
    expect(again.chainstate.headers.get(builder.at('bad3').hash)?.invalidReason).toBe('bad-cb-amount');
    await builder.tell(again).expectTip('a2');
  });

  it('are kept for explaining when they fail alone', async () => {
    const builder = new ChainBuilder().block('bad', {
      mutate: (block) => ({
        ...block,
        transactions: block.transactions.map((tx) => ({ ...tx, locktime: 7 })),
      }),
    });
    const node = await openChain(builder.params);
    await builder.tell(node).accepts('genesis');
    await builder.tell(node).expectReason('bad', 'bad-cb-height');
    expect(await node.store.readBlock(builder.at('bad').hash)).toEqual(builder.at('bad').block);
  });

  it('go back to what was best before when the better branch breaks half way', async () => {
    const builder = new ChainBuilder({ miner: alice }).extend(3);
    const stolen = pay({ coins: builder.coins(alice, 'a1'), from: bob, to: bob, amount: 5, fee: 0 });
    builder
      .fork('a1')
      .extend(2, 'b')
      .block('bad4', { txs: [stolen] })
      .block('bad5');
    const node = await openChain(builder.params);
    const told = builder.tell(node);
    await told.accepts('genesis', 'a1', 'a2', 'b2', 'b3');
    await told.expectTip('b3');
    await told.accepts('a3');
    await told.expectTip('b3');
    await told.expectReason('bad4', 'pubkey-hash-mismatch');
    await told.expectReason('bad5', 'prev-blk-not-found');
    await told.expectTip('b3');
    await expectCoinsOf(builder, 'b3', node.store, node.chainstate);
  });
});

describe('a bad body never poisons a good hash', () => {
  /** `bad` has the hash of `good`, and one spoiled signature. */
  function twins() {
    const builder = new ChainBuilder({ miner: alice }).extend(1);
    const payment = pay({ coins: builder.coins(alice), from: alice, to: bob, amount: 1_000, fee: 10 });
    builder.block('good', { txs: [payment] });
    const { block } = builder.at('good');
    const spoiled = pay({ coins: builder.coins(alice, 'a1'), from: alice, to: bob, amount: 999, fee: 11 });
    const bad: Block = {
      ...block,
      transactions: block.transactions.map((tx, index) =>
        index === 0
          ? tx
          : {
              ...tx,
              inputs: tx.inputs.map((input, i) => ({
                ...input,
                signature: spoiled.inputs[i]?.signature ?? input.signature,
              })),
            },
      ),
    };
    return { builder, bad };
  }

  it('on the tip', async () => {
    const { builder, bad } = twins();
    const node = await openChain(builder.params);
    await builder.tell(node).accepts('genesis', 'a1');
    expect(await node.accept(bad)).toMatchObject({ ok: false, reason: 'bad-signature', class: 'mutated' });
    expect(await node.accept(bad)).toMatchObject({ ok: false, reason: 'bad-signature' });
    await builder.tell(node).accepts('good');
    await builder.tell(node).expectTip('good');
  });

  it('and of the long branch that the good one completes, the first step is told', async () => {
    const { builder, bad } = twins();
    const payment = builder.at('good').block.transactions[1]!;
    const late = pay({ coins: builder.coins(bob), from: bob, to: alice, amount: 500, fee: 10 });
    builder
      .extend(20, 'c')
      .block('c-late', { txs: [late] })
      .extend(4, 'c')
      .fork('a1')
      .block('b2', { txs: [payment] })
      .block('b3', { txs: [late] });
    const node = await openChain(builder.params);
    const told = builder.tell(node);
    await told.accepts('genesis', 'a1', 'b2', 'b3');
    expect(await node.accept(bad)).toMatchObject({ ok: true });
    const others = builder.all.map(({ name }) => name).filter((name) => name.startsWith('c'));
    await told.accepts(...others);
    await told.expectTip('b3');
    await told.accepts('good');
    await told.expectTip(others.at(-1)!);
    const changes = node.events.filter((event) => event.type === 'tip-changed').slice(-2);
    expect(changes.map(({ connected }) => connected.length)).toEqual([16, 10]);
    expect(node.reorgs.latest()).toMatchObject([
      {
        depth: 2,
        newTip: { height: 17 },
        // The other one is in a block of the second step.
        ...{ connectedCount: 16, paymentsLeft: 2, paymentsKept: 1, paymentsReturned: 1 },
        story: expect.stringContaining('a branch of at least 16 blocks had more work'),
      },
    ]);
  });

  it('in the middle of a branch that was stored before it was looked at', async () => {
    const { builder, bad } = twins();
    builder.block('next').block('top').fork('a1').extend(2, 'b');
    const node = await openChain(builder.params);
    const told = builder.tell(node);
    await told.accepts('genesis', 'a1', 'b2', 'b3');
    expect(await node.accept(bad)).toMatchObject({ ok: true, value: { status: 'valid-fork' } });
    await told.accepts('next', 'top'); // would win, but for the bad copy
    await told.expectTip('b3');
    expect(node.chainstate.headers.statusOf(node.chainstate.headers.tips()[0]!)).toBe('headers-only');

    const again = await openChain(builder.params, node.store);
    await builder.tell(again).expectTip('b3');
    await builder.tell(again).accepts('good');
    await builder.tell(again).expectTip('top');
    await expectCoinsOf(builder, 'top', node.store, again.chainstate);
  });

  it('when the bad copy is held as an orphan before the good one comes', async () => {
    const { builder, bad } = twins();
    const node = await openChain(builder.params);
    await builder.tell(node).accepts('genesis');
    expect(await node.accept(bad)).toMatchObject({ reason: 'prev-blk-not-found' });
    await builder.tell(node).expectReason('good', 'prev-blk-not-found');
    await builder.tell(node).accepts('a1');
    await builder.tell(node).expectTip('good');
  });

  it('as a repeated merkle node (CVE-2012-2459)', async () => {
    const builder = new ChainBuilder({ miner: alice }).extend(2);
    const [first, second] = builder.coins(alice);
    const payments = [first, second].map((coin, index) =>
      pay({ coins: [coin!], from: alice, to: bob, amount: 1_000 + index, fee: 10 }),
    );
    builder.block('good', { txs: payments });
    const { block } = builder.at('good');
    const node = await openChain(builder.params);
    await builder.tell(node).accepts('genesis', 'a1', 'a2');
    const doubled: Block = { ...block, transactions: [...block.transactions, block.transactions[2]!] };
    expect(await node.accept(doubled)).toMatchObject({ ok: false, reason: 'bad-txns-duplicate' });
    await builder.tell(node).accepts('good');
  });
});

describe('stores that fail', () => {
  it('leave memory as it was, and the block can be sent again', async () => {
    const builder = forkedChain();
    const node = await openChain(builder.params);
    const told = builder.tell(node);
    await told.accepts('genesis', 'a1', 'a2');
    const commit = node.store.commit.bind(node.store);
    node.store.commit = () => Promise.reject(new Error('disk full'));
    await expect(node.accept(builder.at('a3').block)).rejects.toThrow('disk full');
    await expect(node.accept(builder.at('b2').block)).rejects.toThrow('disk full');
    await told.expectTip('a2');
    expect(node.chainstate.headers.size).toBe(3);
    node.store.commit = commit;
    await told.accepts('b2', 'a3', 'a4');
    await told.expectTip('a4');
    await expectCoinsOf(builder, 'a4', node.store, node.chainstate);
  });

  it('may have committed although the answer got lost', async () => {
    const builder = forkedChain();
    const node = await openChain(builder.params);
    await builder.tell(node).accepts('genesis');
    const commit = node.store.commit.bind(node.store);
    node.store.commit = async (change) => {
      await commit(change);
      throw new Error('connection lost');
    };
    await builder.tell(node).accepts('a1');
    await builder.tell(node).expectTip('a1');
  });

  it('stop the chain state where nobody can tell what they hold', async () => {
    const builder = forkedChain();
    const node = await openChain(builder.params);
    await builder.tell(node).accepts('genesis');
    node.store.commit = () => Promise.reject(new Error('connection lost'));
    node.store.loadTip = () => Promise.reject(new Error('still lost'));
    await expect(node.accept(builder.at('a1').block)).rejects.toThrow(StoreUnusableError);
    await expect(node.accept(builder.at('a1').block)).rejects.toThrow(StoreUnusableError);
  });
});

describe('coins', () => {
  it('are found in the cache and in the store, and never after they were spent', async () => {
    const builder = forkedChain();
    const node = await openChain(builder.params);
    await builder.tell(node).accepts('genesis', 'a1');
    const [genesisCoin] = builder.coins(alice, 'genesis');
    const wanted = outpointKey(genesisCoin!.outpoint.txid, 0);
    expect((await node.chainstate.fetchCoins([wanted])).get(wanted)).toEqual(genesisCoin!.coin);

    // A read that begins before the commit and ends after it must not be remembered.
    const readCoins = node.store.readCoins.bind(node.store);
    let finishRead = (): void => undefined;
    const cold = await openChain(builder.params, node.store);
    node.store.readCoins = async (keys) => {
      const early = await readCoins(keys);
      await new Promise<void>((resolve) => (finishRead = resolve));
      return early;
    };
    const early = cold.chainstate.fetchCoins([wanted]);
    node.store.readCoins = readCoins;
    await builder.tell(cold).accepts('a2');
    finishRead();
    await early;
    const spent = builder.at('a2').block.transactions[1]!.inputs[0]!;
    expect((await cold.chainstate.fetchCoins([outpointKey(spent.prevTxid, spent.prevIndex)])).size).toBe(0);
  });

  it('are reported by verifyCoins when they are not what the blocks say', async () => {
    const builder = forkedChain();
    const node = await openChain(builder.params);
    await builder.tell(node).accepts('genesis', 'a1', 'a2');
    const allCoins = node.store.allCoins.bind(node.store);
    node.store.allCoins = async function* () {
      for await (const portion of allCoins()) yield portion.slice(1);
    };
    const report = await verifyCoins(
      { store: node.store, verifier, clock },
      { params: builder.params, signatures: false },
    );
    expect(report.problems).toEqual([expect.stringContaining('missing in the database')]);
  });
});
