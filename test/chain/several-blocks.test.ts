/**
 * Several blocks handed in at once: one commit where they follow the tip, and in the end the very state that one after the
 * other would have given.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChainEvent, Chainstate, type Verifier } from '../../src/chainstate/index.ts';
import { type Block, type Wtxid, wtxidOf } from '../../src/consensus/index.ts';
import { createVerifier } from '../../src/node/verifier.ts';
import { createMemoryStorage } from '../../src/storage/index.ts';
import { ChainBuilder, coinsAfter, key, pay } from '../support/chain-builder.ts';

const clock = { nowS: () => 1_800_000_000, nowMs: () => 1_800_000_000_000 };
const engine = createVerifier();
const alice = key('alice');
const bob = key('bob');

async function openNode(builder: ChainBuilder, store = createMemoryStorage().chain) {
  const verified = new Set<Wtxid>();
  const counts = { commits: 0, checks: 0 };
  const verifier: Verifier = {
    ...engine,
    firstInvalid: (checks) => {
      counts.checks += checks.length;
      return engine.firstInvalid(checks);
    },
  };
  const commit = store.commit.bind(store);
  store.commit = async (change) => {
    counts.commits++;
    await commit(change);
  };
  const chain = await Chainstate.open({ params: builder.params }, { store, verifier, clock, verified });
  const events: ChainEvent[] = [];
  chain.events.subscribe((event) => events.push(event));
  return { chain, store, events, counts, verified };
}
type Node = Awaited<ReturnType<typeof openNode>>;

/** What a node believes, in memory and on disk. */
async function stateOf({ chain, store }: Node) {
  const headers = [];
  for await (const portion of store.loadHeaders())
    headers.push(
      ...portion.map(({ hash, status, hasBody, invalidReason }) => [hash, status, hasBody, invalidReason]),
    );
  const coins = [];
  for await (const portion of store.allCoins()) coins.push(...portion);
  return { tip: chain.tip?.hash, coinCount: chain.coinCount, stored: await store.loadTip(), headers, coins };
}

/** `length` blocks after genesis, each with a payment of alice's last reward; the coins of a block are spent by the next. */
function payingChain(length: number): ChainBuilder {
  const builder = new ChainBuilder({ miner: alice });
  for (let height = 1; height <= length; height++) {
    const payment = pay({
      coins: builder.coins(alice).slice(-2),
      from: alice,
      to: bob,
      amount: 1_000 + height,
      fee: 10,
    });
    builder.block(`a${height}`, { txs: [payment] });
  }
  return builder;
}

const bodies = (builder: ChainBuilder): Block[] => builder.all.map(({ block }) => block);

/** The same block hash, but the signatures of the payment are another's. */
function spoil(block: Block): Block {
  return {
    ...block,
    transactions: block.transactions.map((tx, index) =>
      index === 0
        ? tx
        : { ...tx, inputs: tx.inputs.map((input) => ({ ...input, signature: input.signature.with(-1, 1) })) },
    ),
  };
}

describe('blocks that follow the tip', () => {
  it('are connected sixteen at a time by one commit, and told once', async () => {
    const builder = payingChain(40);
    const node = await openNode(builder);
    const verdicts = await node.chain.acceptBlocks(bodies(builder));
    expect(verdicts).toEqual(
      builder.all.map(({ hash, height }) => ({
        ok: true,
        value: { hash, height, status: 'active', disconnected: 0 },
      })),
    );
    expect(node.counts.commits).toBe(3);
    const told = node.events.map((event) =>
      event.type === 'tip-changed' ? event.connected.length : event.type,
    );
    expect(told).toEqual([16, 16, 9]);
    const expected = coinsAfter(builder.last);
    expect(node.chain.coinCount).toBe(expected.size);
    expect(await node.store.readCoins([...expected.keys()])).toEqual(new Map(expected));
  });

  it.each([
    { length: 12, most: 6, numRuns: 60 },
    // Several commits in a row: each is worked out while the one before is under way.
    { length: 40, most: 40, numRuns: 12 },
  ])(
    'of $length come to the same as one after the other, cut anyhow, one of them bad',
    async ({ length, most, numRuns }) => {
      const builder = payingChain(length);
      const good = bodies(builder);
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 0, max: length }),
          fc.constantFrom('none', 'spoiled', 'double-spend', 'unknown-parent'),
          fc.array(fc.integer({ min: 1, max: most }), { minLength: length + 1, maxLength: length + 1 }),
          fc.boolean(),
          async (at, damage, sizes, headersFirst) => {
            const blocks = [...good];
            if (damage === 'spoiled' && at > 0) blocks[at] = spoil(good[at]!);
            if (damage === 'unknown-parent') blocks.splice(at, 1);
            if (damage === 'double-spend' && at > 1) {
              const twice = good[at - 1]!.transactions[1]!;
              const other = new ChainBuilder({ miner: alice });
              for (let height = 1; height < at; height++)
                other.block(`a${height}`, { txs: good[height]!.transactions.slice(1) });
              other.block('double', { txs: [twice] });
              blocks.splice(at, length + 1, ...bodies(other.extend(length - at)).slice(at));
            }
            const [one, several] = [await openNode(builder), await openNode(builder)];
            if (headersFirst) {
              for (const node of [one, several]) node.chain.acceptHeaders(blocks.map(({ header }) => header));
            }
            for (const block of blocks) await one.chain.acceptBlock(block);
            for (let start = 0, i = 0; start < blocks.length; start += sizes[i++]!) {
              const part = blocks.slice(start, start + sizes[i]!);
              for (const block of part) several.chain.prepareBlock(block);
              const verdicts = await several.chain.acceptBlocks(part);
              expect(verdicts).toHaveLength(part.length);
            }
            const [a, b] = [await stateOf(one), await stateOf(several)];
            expect({ ...b, headers: undefined }).toEqual({ ...a, headers: undefined });
            // What came on top of a bad block may be forgotten, or wait for its parent: of the rest both say the same.
            const decided = ({ headers }: typeof a) =>
              headers.filter(([, status]) => status === 'active' || status === 'valid-fork');
            expect(decided(b)).toEqual(decided(a));
            for (const row of b.headers.filter(([, status]) => status === 'invalid'))
              expect(a.headers).toContainEqual(row);
            // And the good chain is still taken, whatever came before.
            await several.chain.acceptBlocks(good);
            expect(several.chain.tip?.hash).toBe(builder.last.hash);
          },
        ),
        { numRuns },
      );
    },
  );

  it('say of each what became of it', async () => {
    const builder = payingChain(4);
    const [genesis, a1, a2, a3, a4] = bodies(builder) as [Block, Block, Block, Block, Block];
    const node = await openNode(builder);
    const verdicts = await node.chain.acceptBlocks([genesis, a1, spoil(a2), a3, a4]);
    expect(verdicts).toMatchObject([
      { ok: true },
      { ok: true },
      { ok: false, class: 'mutated', reason: 'bad-signature' },
      { ok: false, class: 'missing-parent' },
      { ok: false, class: 'missing-parent' },
    ]);
    expect(node.chain.tip?.hash).toBe(builder.at('a1').hash);
    expect(await node.chain.acceptBlocks([a2, a3, a1, a4])).toMatchObject([
      { ok: true },
      { ok: true },
      { ok: false, class: 'duplicate' },
      { ok: true },
    ]);
    expect(await node.chain.acceptBlocks([])).toEqual([]);
  });

  it('leave memory as the disk is, when the disk fails', async () => {
    const builder = payingChain(20);
    const node = await openNode(builder);
    const blocks = bodies(builder);
    const commit = node.store.commit.bind(node.store);
    let left = 1;
    node.store.commit = (change) => (left-- > 0 ? commit(change) : Promise.reject(new Error('disk full')));
    await expect(node.chain.acceptBlocks(blocks)).rejects.toThrow('disk full');
    expect(node.chain.height).toBe(15);
    expect(node.chain.headers.size).toBe(16);
    node.store.commit = commit;
    expect((await node.chain.acceptBlocks(blocks.slice(16))).every(({ ok }) => ok)).toBe(true);
    expect(node.chain.tip?.hash).toBe(builder.last.hash);
  });
});

describe('a block that is prepared', () => {
  it('has its signatures checked before its turn, and never twice', async () => {
    const builder = payingChain(6);
    const node = await openNode(builder);
    const blocks = bodies(builder);
    node.chain.acceptHeaders(blocks.map(({ header }) => header));
    for (const block of blocks.toReversed()) {
      node.chain.prepareBlock(block);
      node.chain.prepareBlock(block);
    }
    await expect.poll(() => node.verified.size).toBe(6);
    const inputs = blocks
      .flatMap(({ transactions }) => transactions.slice(1))
      .flatMap((tx) => tx.inputs).length;
    expect(node.counts.checks).toBe(inputs);
    expect(blocks.slice(1).every(({ transactions }) => node.verified.has(wtxidOf(transactions[1]!)))).toBe(
      true,
    );
    expect((await node.chain.acceptBlocks(blocks)).every(({ ok }) => ok)).toBe(true);
    expect(node.counts.checks).toBe(inputs);
  });

  it('still has to spend what its keys own: good signatures alone say nothing', async () => {
    const builder = payingChain(2);
    // Alice signs as if bob's coins were hers: signature and key fit together, and that is all that is checked ahead.
    const asHers = builder.coins(bob).map((entry) => ({
      ...entry,
      coin: { ...entry.coin, pubkeyHash: alice.address },
    }));
    const thief = pay({ coins: asHers, from: alice, to: alice, amount: 900, fee: 10 });
    builder.block('theft', { txs: [thief] });
    const node = await openNode(builder);
    const blocks = bodies(builder);
    node.chain.acceptHeaders(blocks.map(({ header }) => header));
    for (const block of blocks) node.chain.prepareBlock(block);
    await expect.poll(() => node.verified.has(wtxidOf(thief))).toBe(true);
    const verdicts = await node.chain.acceptBlocks(blocks);
    expect(verdicts.at(-1)).toMatchObject({ ok: false, reason: 'pubkey-hash-mismatch' });
    expect(node.chain.height).toBe(2);
  });

  it('is of no use when nobody knows its header', async () => {
    const builder = payingChain(2);
    const node = await openNode(builder);
    for (const block of bodies(builder)) node.chain.prepareBlock(block);
    expect(node.counts.checks).toBe(0);
  });
});
