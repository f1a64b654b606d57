import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChainBuilder, coinsAfter, coinsOf, key, pay, spend } from '../../test/support/chain-builder.ts';
import { MemoryCoins, ReferenceChain } from '../../test/support/reference-chain.ts';
import { type BuiltBlock, GENESIS_TIME_S } from '../../test/support/chain-builder.ts';
import { CoinsOverlay, outpointKey } from './coins.ts';
import { coinsCreatedBy, connectBlock, outpointsToFetch } from './connect-block.ts';
import { medianTimePast } from './check-header.ts';
import { disconnectBlock } from './disconnect-block.ts';
import { type Transaction, txidOf, wtxidOf } from './transaction.ts';

const alice = key('alice');
const bob = key('bob');
const NOW_S = GENESIS_TIME_S + 100_000;

const contextOf = (built: BuiltBlock, params: ChainBuilder['params']) => ({
  height: built.height,
  medianTimePast: medianTimePast(built.parent),
  params,
});

/** What tests of one block need: Alice's coins, a payment of hers and a payment out of that. */
function chainWithPayments() {
  const chain = new ChainBuilder({ miner: alice }).extend(2);
  const [coin] = chain.coins(alice);
  const first = pay({ coins: [coin!], from: alice, to: bob, amount: 1_000, fee: 10 });
  const second = pay({
    coins: coinsCreatedBy(first, 0).slice(0, 1),
    from: bob,
    to: alice,
    amount: 900,
    fee: 100,
  });
  return { chain: chain.block('paid', { txs: [first, second] }), first, second, coin: coin! };
}

describe('connecting a block', () => {
  const { chain, first, second, coin } = chainWithPayments();
  const built = chain.at('paid');
  const before = new MemoryCoins(coinsAfter(built.parent));
  const verdict = connectBlock(built.block, before, contextOf(built, chain.params));
  if (!verdict.ok) throw new Error(verdict.detail);
  const connected = verdict.value;

  it('tells what it creates and spends, in order, coins of its own among them', () => {
    expect(connected.created.map(({ outpoint }) => outpoint)).toEqual([
      { txid: txidOf(built.block.transactions[0]!), index: 0 },
      { txid: txidOf(first), index: 0 },
      { txid: txidOf(first), index: 1 },
      { txid: txidOf(second), index: 0 },
    ]);
    expect(connected.spent.map(({ outpoint, spentBy }) => [outpoint.txid, spentBy])).toEqual([
      [coin.outpoint.txid, txidOf(first)],
      [txidOf(first), txidOf(second)],
    ]);
  });

  it('adds up the fees, which the coinbase may take', () => {
    expect(connected.fees).toBe(110);
    expect(built.block.transactions[0]?.outputs[0]?.amount).toBe(chain.params.blockReward + 110);
  });

  it('marks new coins with height and origin', () => {
    expect(connected.created.map(({ coin: { height, coinbase } }) => [height, coinbase])).toEqual([
      [3, true],
      [3, false],
      [3, false],
      [3, false],
    ]);
  });

  it('changes nothing: the coins are those of before', () => {
    expect(before.map).toEqual(coinsAfter(built.parent));
  });

  it('needs only the coins that the block does not create itself', () => {
    const wanted = outpointsToFetch(built.block);
    expect([...wanted]).toEqual([outpointKey(coin.outpoint.txid, coin.outpoint.index)]);
    const fetched = new MemoryCoins([...wanted].map((outpoint) => [outpoint, before.get(outpoint)!]));
    expect(connectBlock(built.block, fetched, contextOf(built, chain.params))).toEqual(verdict);
  });

  it('leaves the signatures to the caller, apart from those known to be good', () => {
    expect(
      connected.pendingSignatures.map(({ transactionIndex, checks }) => [transactionIndex, checks.length]),
    ).toEqual([
      [1, 1],
      [2, 1],
    ]);
    const alreadyVerified = new Set([wtxidOf(first)]);
    const again = connectBlock(built.block, before, { ...contextOf(built, chain.params), alreadyVerified });
    expect(again.ok && again.value.pendingSignatures.map(({ tx }) => tx)).toEqual([second]);
  });

  it('does not take another copy of a known transaction for known: the txid leaves signatures out', () => {
    const unsigned = {
      ...first,
      inputs: first.inputs.map((input) => ({ ...input, signature: new Uint8Array() })),
    };
    const block = { ...built.block, transactions: [built.block.transactions[0]!, unsigned, second] };
    const alreadyVerified = new Set([wtxidOf(first), wtxidOf(second)]);
    expect(txidOf(unsigned)).toBe(txidOf(first));
    expect(connectBlock(block, before, { ...contextOf(built, chain.params), alreadyVerified })).toMatchObject(
      {
        ok: false,
        class: 'mutated',
        reason: 'bad-signature-encoding',
      },
    );
  });
});

describe('disconnecting a block', () => {
  const { chain } = chainWithPayments();
  const built = chain.at('paid');
  const verdict = connectBlock(
    built.block,
    new MemoryCoins(coinsAfter(built.parent)),
    contextOf(built, chain.params),
  );
  const undo = verdict.ok ? verdict.value.spent : [];

  it('rebuilds the changes that connecting made', () => {
    const { created, spent } = disconnectBlock(built.block, built.height, undo);
    expect(verdict).toMatchObject({ ok: true, value: { created, spent } });
  });

  it('stops the node when undo and block do not belong together', () => {
    expect(() => disconnectBlock(built.block, built.height, undo.slice(1))).toThrow(/invariant: no undo/);
    expect(() => disconnectBlock(built.parent!.block, 2, undo)).toThrow(/invariant: block at height 2/);
  });
});

/** A random history: in each block some coins are split, joined or passed on, some of them at once again. */
const anyHistory = fc.array(
  fc.array(fc.record({ pick: fc.nat(), second: fc.boolean(), parts: fc.integer({ min: 1, max: 3 }) }), {
    maxLength: 3,
  }),
  { minLength: 1, maxLength: 6 },
);
type History = typeof anyHistory extends fc.Arbitrary<infer T> ? T : never;

function paymentsOf(steps: History[number], parent: BuiltBlock | null): Transaction[] {
  const purse = coinsOf(alice, parent);
  const transactions: Transaction[] = [];
  for (const { pick, second, parts } of steps) {
    const coins = purse.splice(pick % Math.max(purse.length, 1), second ? 2 : 1);
    const worth = coins.reduce((sum, { coin }) => sum + coin.amount, 0);
    if (worth < parts + 1) continue;
    const outputs = Array.from({ length: parts }, (_, i) => ({
      amount: Math.floor((worth - 1) / parts),
      pubkeyHash: i === 1 ? bob.address : alice.address,
    }));
    const tx = spend({ coins, owner: alice, outputs });
    transactions.push(tx);
    purse.push(...coinsCreatedBy(tx, 0).filter(({ coin }) => coin.pubkeyHash === alice.address));
  }
  return transactions;
}

it('connect, then disconnect, gives back the same coins, block by block, for any history', () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const chain = new ChainBuilder({ miner: alice });
      for (const [i, steps] of history.entries()) {
        chain.block(`a${i + 1}`, { txs: (parent) => paymentsOf(steps, parent) });
      }
      const everything = new Set(chain.all.flatMap((built) => [...coinsAfter(built).keys()]));
      const overlay = new CoinsOverlay(new MemoryCoins());
      const expectCoins = (at: BuiltBlock | null): void => {
        for (const outpoint of everything)
          expect(overlay.get(outpoint)).toEqual(coinsAfter(at).get(outpoint));
      };

      const undos = chain.last.chain.map((built) => {
        const verdict = connectBlock(built.block, overlay, contextOf(built, chain.params));
        if (!verdict.ok) throw new Error(verdict.detail);
        overlay.connect(verdict.value);
        expectCoins(built);
        return verdict.value.spent;
      });
      for (const built of chain.last.chain.reverse()) {
        overlay.disconnect(disconnectBlock(built.block, built.height, undos[built.height]!));
        expectCoins(built.parent);
      }
    }),
    { numRuns: 12 },
  );
});

it('no money comes from nowhere: coins = subsidies, whatever was paid', () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const chain = new ChainBuilder({ miner: alice });
      for (const [i, steps] of history.entries()) {
        chain.block(`a${i + 1}`, { txs: (parent) => paymentsOf(steps, parent) });
      }
      const total = [...coinsAfter(chain.last).values()].reduce((sum, { amount }) => sum + amount, 0);
      expect(total).toBe(chain.params.blockReward * (chain.last.height + 1));
    }),
    { numRuns: 8 },
  );
});

it('the same blocks in any order give the same tip and the same coins', () => {
  const anyTree = fc.array(fc.record({ on: fc.nat(), pay: fc.boolean() }), { minLength: 3, maxLength: 9 });
  fc.assert(
    fc.property(anyTree, fc.infiniteStream(fc.nat()), (tree, luck) => {
      const chain = new ChainBuilder({ miner: alice });
      for (const [i, { on, pay: paying }] of tree.entries()) {
        const parent = chain.all[on % chain.all.length]!;
        const steps = paying ? [{ pick: on, second: false, parts: 2 }] : [];
        chain.block(`x${i}`, { on: parent.name, txs: (below) => paymentsOf(steps, below) });
      }
      // On a tie the first seen wins, so that the order matters: let one branch be the longest.
      const longest = chain.all.reduce((a, b) => (b.height > a.height ? b : a));
      chain
        .fork(longest.name)
        .block('longest', { txs: (below) => paymentsOf([{ pick: 0, second: true, parts: 1 }], below) });

      const reference = new ReferenceChain(chain.params, NOW_S);
      const waiting = [...chain.all];
      while (waiting.length > 0) {
        const next = waiting.splice(luck.next().value % waiting.length, 1)[0]!;
        const verdict = reference.accept(next.block);
        if (!verdict.ok && verdict.reason === 'prev-blk-not-found') waiting.push(next);
        else expect(verdict).toMatchObject({ ok: true });
      }
      expect(reference.tip?.hash).toBe(chain.at('longest').hash);
      expect(reference.coins.map).toEqual(coinsAfter(chain.at('longest')));
    }),
    { numRuns: 15 },
  );
});
