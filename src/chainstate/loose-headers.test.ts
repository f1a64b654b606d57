import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BuiltBlock,
  ChainBuilder,
  coinsAfter,
  EASY_PARAMS,
  key,
  pay,
} from '../../test/support/chain-builder.ts';
import { HeaderChain } from '../../test/support/header-chain.ts';
import { openMemoryChain, TestClock } from '../../test/support/scripted-peer.ts';
import {
  type BlockHeader,
  blockHashOf,
  type ChainParams,
  type HeaderNode,
  HeaderTree,
  MAX_FUTURE_BLOCK_TIME_S,
  type Target,
} from '../consensus/index.ts';
import { LooseHeaders } from './loose-headers.ts';
import { verifyCoins } from './verify-coins.ts';
import { createVerifier } from '../node/verifier.ts';

const PARAMS: ChainParams = { ...EASY_PARAMS, retargetInterval: 0 };
const NOW_S = new TestClock().nowS();
const alice = key('alice');
const verifier = createVerifier();

function looseOf(maxHeaders?: number): { tree: HeaderTree; loose: LooseHeaders } {
  const tree = new HeaderTree();
  return { tree, loose: new LooseHeaders(tree, PARAMS, maxHeaders) };
}

describe('headers without bodies', () => {
  const chain = new HeaderChain(PARAMS).extend(20);

  it('become part of the tree, once', () => {
    const { tree, loose } = looseOf();
    const first = loose.accept(chain.headers, NOW_S);
    expect(first.failure).toBeUndefined();
    expect(first.nodes.map(({ hash }) => hash)).toEqual(chain.mined.map(({ hash }) => hash));
    expect(first.nodes.every((node) => loose.has(node))).toBe(true);
    const again = loose.accept(chain.headers, NOW_S);
    expect(again).toEqual(first);
    expect(tree.size).toBe(21);
    expect(loose.size).toBe(21);
  });

  it('are taken up to the first that is wrong', () => {
    const wrong: [Partial<BlockHeader>, string][] = [
      [{ target: 1n as Target }, 'bad-diffbits'],
      [{ timestamp: 1 }, 'high-hash'],
      [{ prevHash: 'ab'.repeat(32) as BlockHeader['prevHash'] }, 'prev-blk-not-found'],
    ];
    for (const [changes, reason] of wrong) {
      const { tree, loose } = looseOf();
      let spoiled: BlockHeader = { ...chain.headers[5]!, ...changes };
      // Whatever nonce: above the target, so that nothing but `reason` is the first thing wrong.
      while (BigInt(`0x${blockHashOf(spoiled)}`) <= PARAMS.defaultTarget)
        spoiled = { ...spoiled, nonce: spoiled.nonce + 1 };
      const { nodes, failure } = loose.accept(chain.headers.with(5, spoiled), NOW_S);
      expect(failure?.reason).toBe(reason);
      expect(nodes.length).toBe(5);
      expect(tree.size).toBe(5);
    }
  });

  it('from the future are not kept, and are good later', () => {
    const { loose } = looseOf();
    const late = new HeaderChain(PARAMS).extend(3, () => NOW_S);
    const [, first] = late.mined;
    const early = first!.timestamp - MAX_FUTURE_BLOCK_TIME_S;
    expect(loose.accept(late.headers, early - 1)).toMatchObject({ failure: { class: 'time-future' } });
    expect(loose.size).toBe(1);
    expect(loose.accept(late.headers.slice(0, 2), early).failure).toBeUndefined();
  });

  it('on an invalid block are invalid for its reason', () => {
    const { tree, loose } = looseOf();
    loose.accept(chain.headers.slice(0, 11), NOW_S);
    tree.markInvalid(tree.get(chain.mined[10]!.hash)!, 'bad-cb-amount');
    expect(loose.accept(chain.headers.slice(10), NOW_S)).toMatchObject({
      nodes: [],
      failure: { reason: 'duplicate-invalid', detail: expect.stringContaining('bad-cb-amount') },
    });
    expect(loose.accept(chain.headers.slice(11), NOW_S)).toMatchObject({
      failure: { reason: 'bad-prevblk', detail: expect.stringContaining('bad-cb-amount') },
    });
    expect(tree.size).toBe(11);
  });
});

describe('room for headers', () => {
  it('is made by forgetting the branches with the least work, a tenth at a time', () => {
    const { tree, loose } = looseOf(100);
    const main = new HeaderChain(PARAMS).extend(70);
    loose.accept(main.headers, NOW_S);
    const side = main.fork(10, 'side').extend(20);
    loose.accept(side.headers, NOW_S);
    expect(loose.size).toBe(91);
    const other = main.fork(50, 'other').extend(10);
    loose.accept(other.headers, NOW_S);
    expect(loose.size).toBe(90);
    // The side branch went from its end on, as far as it took; what has more work stayed.
    for (const { hash } of [...main.mined, ...other.mined]) expect(tree.get(hash)).toBeDefined();
    expect(side.mined.filter(({ hash }) => tree.get(hash) === undefined).map(({ height }) => height)).toEqual(
      [...Array(11).keys()].map((i) => 20 + i),
    );
  });

  it('is never made by forgetting what has a body, or what a body stands on', () => {
    const { tree, loose } = looseOf(50);
    const main = new HeaderChain(PARAMS).extend(30);
    const { nodes } = loose.accept(main.headers, NOW_S);
    const kept = nodes[12]!;
    tree.addBody(kept);
    loose.stored(kept);
    expect(loose.size).toBe(18);
    loose.accept(main.fork(20, 'better').extend(40).headers, NOW_S);
    expect(loose.size).toBeLessThanOrEqual(50);
    expect(tree.get(kept.hash)).toBe(kept);
    for (const node of nodes.slice(0, 13)) expect(tree.get(node.hash)).toBe(node);
  });

  it('is not made of a header whose body is on its way into the store', () => {
    const { tree, loose } = looseOf(50);
    const main = new HeaderChain(PARAMS).extend(30);
    const { nodes } = loose.accept(main.headers, NOW_S);
    tree.addBody(nodes[30]!); // written, but not told to be stored yet
    loose.accept(main.fork(20, 'better').extend(40).headers, NOW_S);
    expect(loose.size).toBe(45);
    for (const node of nodes) expect(tree.get(node.hash)).toBe(node);
  });

  it('is bounded whatever is sent, and what is left hangs together', () => {
    const branches = fc.array(fc.record({ from: fc.nat(), length: fc.integer({ min: 1, max: 25 }) }), {
      minLength: 1,
      maxLength: 12,
    });
    const root = new HeaderChain(PARAMS);
    fc.assert(
      fc.property(branches, fc.integer({ min: 10, max: 60 }), (all, room) => {
        const { tree, loose } = looseOf(room);
        const known: HeaderChain[] = [root];
        let sent = root;
        for (const [i, { from, length }] of all.entries()) {
          const base = known[from % known.length]!;
          sent = base.fork(from % base.mined.length, `branch ${i}`).extend(length);
          known.push(sent);
          const { failure } = loose.accept(sent.headers, NOW_S);
          // A branch that is larger than all room leaves too little of itself; the rest is known.
          expect(failure).toBeUndefined();
          expect(loose.size).toBeLessThanOrEqual(room);
          expect(tree.size).toBe(loose.size);
        }
        const best = known.reduce((a, b) => (b.tip.work > a.tip.work ? b : a));
        const kept = known.flatMap(({ mined }) => mined).filter(({ hash }) => tree.get(hash) !== undefined);
        for (const { hash, parent } of kept)
          expect(tree.get(hash)?.parent?.hash).toBe(parent === null ? undefined : parent.hash);
        if (best.mined.length <= Math.floor(room * 0.9) && sent === best)
          expect(tree.get(best.tip.hash)).toBeDefined();
      }),
      { numRuns: 60 },
    );
  });
});

describe('what is stored with a body', () => {
  it('is every header below it that the store has not, lowest first, once', () => {
    const chain = new HeaderChain(PARAMS).extend(6);
    const { loose } = looseOf();
    const { nodes } = loose.accept(chain.headers, NOW_S);
    const heights = (node: HeaderNode): number[] => loose.ancestorsToStore(node).map(({ height }) => height);
    expect(heights(nodes[4]!)).toEqual([0, 1, 2, 3]);
    expect(loose.ancestorsToStore(nodes[2]!)[1]).toEqual({
      hash: nodes[1]!.hash,
      block: { header: nodes[1]!.header, transactions: [] },
      height: 1,
      chainWork: nodes[1]!.chainWork,
      status: 'headers-only',
    });
    loose.stored(nodes[4]!);
    expect(loose.size).toBe(2);
    expect(heights(nodes[4]!)).toEqual([]);
    expect(heights(nodes[6]!)).toEqual([5]);
    loose.stored(nodes[0]!); // known already
    expect(loose.size).toBe(2);
  });
});

// --- In the chain state ------------------------------------------------------------------------------------------------

/** genesis ─ a1 … a9 with payments, and b4 … b12 off a3: more work. */
function forkedChain(): ChainBuilder {
  const builder = new ChainBuilder({ params: PARAMS, miner: alice }).extend(3);
  const paid = (name: string): void => {
    const coins = builder.coins(alice).slice(0, 1);
    builder.block(name, { txs: [pay({ coins, from: alice, to: key('bob'), amount: 1_000, fee: 10 })] });
  };
  for (let height = 4; height <= 9; height++) paid(`a${height}`);
  builder.fork('a3');
  for (let height = 4; height <= 12; height++) paid(`b${height}`);
  return builder;
}

const FORKED = forkedChain();
const headersOf = (builder: ChainBuilder): BlockHeader[] => builder.all.map(({ block }) => block.header);
type Node = Awaited<ReturnType<typeof openMemoryChain>>;

async function expectSameAs(node: Node, tip: BuiltBlock): Promise<void> {
  expect(node.chain.tip?.hash).toBe(tip.hash);
  const expected = coinsAfter(tip);
  expect(node.chain.coinCount).toBe(expected.size);
  expect(await node.store.readCoins([...expected.keys()])).toEqual(new Map(expected));
}

describe('headers first, bodies later', () => {
  it('gives the chain that plain blocks give, whatever the order of the bodies, over restarts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(FORKED.all, { minLength: FORKED.all.length }),
        fc.uniqueArray(fc.nat({ max: FORKED.all.length }), { maxLength: 3 }),
        async (order, restarts) => {
          let node = await openMemoryChain(PARAMS);
          expect(node.chain.acceptHeaders(headersOf(FORKED)).failure).toBeUndefined();
          for (const [i, { block }] of order.entries()) {
            if (restarts.includes(i)) {
              const before = node.chain.tip?.hash;
              node = await openMemoryChain(PARAMS, { store: node.store });
              expect(node.chain.tip?.hash).toBe(before);
              // Headers in memory are gone; asking for them again is cheap.
              expect(node.chain.acceptHeaders(headersOf(FORKED)).failure).toBeUndefined();
            }
            const verdict = await node.chain.acceptBlock(block);
            expect(verdict.ok).toBe(true);
          }
          await expectSameAs(node, FORKED.at('b12'));
          const report = await verifyCoins(
            { store: node.store, verifier, clock: node.clock },
            { params: PARAMS, signatures: false },
          );
          expect(report.problems).toEqual([]);
          await expectSameAs(await openMemoryChain(PARAMS, { store: node.store }), FORKED.at('b12'));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('stores a body that comes before its parents with their headers, and a restart knows them', async () => {
    const node = await openMemoryChain(PARAMS);
    node.chain.acceptHeaders(headersOf(FORKED));
    expect(await node.chain.acceptBlock(FORKED.at('a5').block)).toMatchObject({
      ok: true,
      value: { height: 5, status: 'headers-only', disconnected: 0 },
    });
    expect(node.chain.tip).toBeNull();

    const again = await openMemoryChain(PARAMS, { store: node.store });
    expect(again.chain.headers.size).toBe(6); // genesis to a5; the rest was in memory only
    expect(again.chain.headers.get(FORKED.at('a5').hash)).toMatchObject({ height: 5, hasBody: true });
    expect(again.chain.headers.get(FORKED.at('a4').hash)).toMatchObject({ height: 4, hasBody: false });
    for (const name of ['a4', 'a2', 'a1', 'a3', 'genesis'])
      expect((await again.chain.acceptBlock(FORKED.at(name).block)).ok).toBe(true);
    await expectSameAs(again, FORKED.at('a5'));
  });

  it('stores nothing of headers alone', async () => {
    const node = await openMemoryChain(PARAMS);
    node.chain.acceptHeaders(headersOf(FORKED));
    const again = await openMemoryChain(PARAMS, { store: node.store });
    expect(again.chain.headers.size).toBe(0);
  });

  it('takes headers and whole blocks as they come', async () => {
    const node = await openMemoryChain(PARAMS);
    node.chain.acceptHeaders([FORKED.at('genesis').block.header]);
    await FORKED.tell({ accept: (block) => node.chain.acceptBlock(block) }).accepts('genesis', 'a1', 'a2');
    node.chain.acceptHeaders(headersOf(FORKED));
    await FORKED.tell({ accept: (block) => node.chain.acceptBlock(block) }).accepts('a3', 'a4');
    await expectSameAs(node, FORKED.at('a4'));
    expect(node.chain.headers.tips()[0]?.hash).toBe(FORKED.at('b12').hash);
  });
});

describe('a chain of headers that proves invalid', () => {
  /** genesis ─ a1 ─ a2 ─ bad3 ─ bad4 ─ bad5, and c3 on a2: bad3 pays its miner too much. */
  const builder = new ChainBuilder({ params: PARAMS, miner: alice })
    .extend(2)
    .block('bad3', {
      mutate: (draft) => {
        const [coinbase] = draft.transactions;
        return {
          ...draft,
          transactions: [{ ...coinbase!, outputs: [{ ...coinbase!.outputs[0]!, amount: 50e8 + 1 }] }],
        };
      },
    })
    .extend(2, 'bad')
    .fork('a2')
    .extend(1, 'c');
  const say = (node: Node) => builder.tell({ accept: (block) => node.chain.acceptBlock(block) });

  it('is left as a whole, and the best of what is left is followed', async () => {
    const node = await openMemoryChain(PARAMS);
    node.chain.acceptHeaders(headersOf(builder));
    const told = say(node);
    // bad3 has as much work as c3 and came later: it is looked at only when bad4 makes it the better branch.
    await told.accepts('genesis', 'a1', 'a2', 'c3', 'bad3', 'bad5');
    await told.expectReason('bad4', 'bad-prevblk');
    await told.expectReason('bad5', 'duplicate-invalid');
    await expectSameAs(node, builder.at('c3'));
  });

  it.each([
    [['genesis', 'a1', 'a2', 'bad3', 'bad4', 'bad5', 'c3']],
    [['bad5', 'bad4', 'bad3', 'a2', 'a1', 'genesis', 'c3']],
    [['bad4', 'genesis', 'a1', 'a2', 'bad3', 'c3', 'bad5']],
    [['genesis', 'bad3', 'bad5', 'a1', 'c3', 'a2', 'bad4']],
  ])('does so in any order, and after a restart: %j', async (order) => {
    const node = await openMemoryChain(PARAMS);
    node.chain.acceptHeaders(headersOf(builder));
    for (const name of order) await node.chain.acceptBlock(builder.at(name).block);
    await expectSameAs(node, builder.at('c3'));
    for (const name of ['bad3', 'bad4', 'bad5'])
      expect(node.chain.headers.get(builder.at(name).hash)?.invalidReason).toBe('bad-cb-amount');
    expect(node.chain.acceptHeaders([builder.at('bad5').block.header]).failure?.reason).toBe(
      'duplicate-invalid',
    );

    const again = await openMemoryChain(PARAMS, { store: node.store });
    await expectSameAs(again, builder.at('c3'));
    expect(again.chain.headers.get(builder.at('bad3').hash)?.invalidReason).toBe('bad-cb-amount');
    expect(again.chain.acceptHeaders(headersOf(builder)).failure).toMatchObject({ ok: false });
    for (const name of order) await again.chain.acceptBlock(builder.at(name).block);
    await expectSameAs(again, builder.at('c3'));
  });

  it('is not the end of a header whose body was only spoiled', async () => {
    const node = await openMemoryChain(PARAMS);
    node.chain.acceptHeaders(headersOf(FORKED));
    for (const name of ['genesis', 'a1', 'a2', 'a3']) await node.chain.acceptBlock(FORKED.at(name).block);
    const { block, hash } = FORKED.at('a4');
    const [coinbase, payment] = block.transactions;
    const inputs = payment!.inputs.map((input) => ({ ...input, signature: input.signature.with(20, 0) }));
    const spoiled = { ...block, transactions: [coinbase!, { ...payment!, inputs }] };
    expect(await node.chain.acceptBlock(spoiled)).toMatchObject({ ok: false, class: 'mutated' });
    expect(node.chain.headers.get(hash)).toMatchObject({ hasBody: false, invalidReason: undefined });
    expect((await node.chain.acceptBlock(block)).ok).toBe(true);
    await expectSameAs(node, FORKED.at('a4'));
  });
});
