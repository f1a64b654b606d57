import { describe, expect, test } from 'vitest';
import { key, pay, spend } from '../../test/support/chain-builder.ts';
import { MempoolNode, type MempoolNodeOptions, outputOf } from '../../test/support/mempool-node.ts';
import { signatureOfOtherNonce } from '../../test/support/other-signature.ts';
import {
  connectBlock,
  type Reason,
  type Transaction,
  transactionSize,
  txidOf,
  wtxidOf,
} from '../consensus/index.ts';
import type { Accepted, Refusal } from './index.ts';

const [alice, bob, miner] = [key('alice'), key('bob'), key('miner')];

/** A node whose miner owns `coins` coins. */
function nodeWith(coins: number, options: MempoolNodeOptions = {}): MempoolNode {
  const node = new MempoolNode(options);
  while (node.coins().length < coins) node.mine();
  return node;
}

const fromMiner = (node: MempoolNode, coin: number, fee: number, amount = 1_000_000): Transaction =>
  pay({ coins: [node.coin(coin)], from: miner, to: alice, amount, fee });

/** Spends the change of a payment of the miner. */
const onward = (tx: Transaction, fee: number, index = 1): Transaction =>
  pay({ coins: [outputOf(tx, index)], from: index === 1 ? miner : alice, to: bob, amount: 5, fee });

async function accept(node: MempoolNode, tx: Transaction): Promise<Accepted> {
  const verdict = await node.mempool.accept(tx);
  if (!verdict.ok) throw new Error(`${verdict.reason}: ${verdict.detail}`);
  return verdict.value;
}

async function refuse(node: MempoolNode, tx: Transaction, reason: Reason): Promise<Refusal> {
  const verdict = await node.mempool.accept(tx);
  if (verdict.ok) throw new Error(`should be ${reason}, but was taken`);
  expect(verdict.reason).toBe(reason);
  return verdict;
}

const waiting = (node: MempoolNode): string[] => node.mempool.entries().map(({ txid }) => txid);
const story = (node: MempoolNode): string[] =>
  node.told.map((event) => (event.type === 'removed' ? event.cause : event.type));

describe('accept', () => {
  test('takes a payment, tells everybody, and has it in the store when it answers', async () => {
    const node = nodeWith(1);
    const tx = fromMiner(node, 0, 1000);
    const value = await accept(node, tx);
    const sizeBytes = transactionSize(tx);
    const [txid, wtxid] = [txidOf(tx), wtxidOf(tx)];
    expect(value).toEqual({ txid, wtxid, fee: 1000, sizeBytes, replaced: [], evicted: [] });
    expect(node.store.rows.get(txid)).toEqual({ tx, receivedAtMs: node.clock.ms, fee: 1000 });
    expect(node.told).toMatchObject([{ type: 'accepted', sequence: 1, entry: { txid } }]);
    expect(node.mempool.stats()).toMatchObject({ size: 1, bytes: sizeBytes, fees: 1000, orphans: 0 });
    expect(node.mempool.spenderOf(node.coin(0).outpoint)?.txid).toBe(txid);
  });

  test('takes chains of unconfirmed transactions', async () => {
    const node = nodeWith(1);
    const parent = fromMiner(node, 0, 1000);
    const child = onward(parent, 500);
    await accept(node, parent);
    await accept(node, child);
    const [first, second] = node.mempool.entries();
    expect(first?.withDescendants).toMatchObject({ count: 2, fee: 1500 });
    expect(second?.withAncestors).toMatchObject({ count: 2, fee: 1500 });
    expect([...second!.parents]).toEqual([first]);
    node.mineWaiting();
    expect(node.mempool.size).toBe(0);
  });

  test('checks everything that consensus checks', async () => {
    const node = nodeWith(1, { params: { coinbaseMaturity: 3 } });
    const coins = [node.coin(0)];
    const good = fromMiner(node, 0, 1000);
    await refuse(node, { ...good, outputs: [] }, 'bad-txns-vout-empty');
    expect((await refuse(node, good, 'bad-txns-premature-spend-of-coinbase')).class).toBe('time-future');
    node.mine();
    node.mine();
    const output = { amount: coins[0]!.coin.amount + 1, pubkeyHash: alice.address };
    await refuse(node, spend({ coins, owner: miner, outputs: [output] }), 'bad-txns-in-belowout');
    await refuse(
      node,
      spend({ coins, owner: bob, outputs: [{ ...output, amount: 5 }] }),
      'pubkey-hash-mismatch',
    );
    const locked = { coins, from: miner, to: alice, amount: 5, fee: 1000 };
    expect(
      (await refuse(node, pay({ ...locked, locktime: node.chain.height + 2 }), 'bad-txns-nonfinal')).class,
    ).toBe('time-future');
    const lockedTime = pay({ ...locked, locktime: node.chain.medianTimePast + 1 });
    await refuse(node, lockedTime, 'bad-txns-nonfinal');
    const spoiled = {
      ...good,
      inputs: good.inputs.map((input) => ({ ...input, signature: onward(good, 1).inputs[0]!.signature })),
    };
    expect((await refuse(node, spoiled, 'bad-signature')).class).toBe('mutated');
    await accept(node, pay({ ...locked, locktime: node.chain.height + 1 }));
  });

  test('the original’s samples pay enough: a fee of 1000', async () => {
    const node = nodeWith(1);
    await accept(node, fromMiner(node, 0, 1000));
    expect(node.mempool.stats().minimumFeePerKb).toBe(100);
    const generous = new MempoolNode({ policy: { minRelayFeePerKb: 0 } });
    await accept(generous, fromMiner(generous, 0, 0));
  });

  test('verifies a signature once: blocks and second tries find it done', async () => {
    const node = nodeWith(1);
    const tx = fromMiner(node, 0, 1000);
    await node.mempool.check(tx);
    await accept(node, tx);
    expect(node.verifier.checked).toBe(1);
    const { block, height } = node.build([tx], node.tip);
    const context = { height, medianTimePast: node.chain.medianTimePast, params: node.params };
    const coins = node.chain.reference.coins;
    const connected = connectBlock(block, coins, { ...context, alreadyVerified: node.verified });
    expect(connected.ok && connected.value.pendingSignatures).toEqual([]);
    const twin = {
      ...block,
      transactions: [block.transactions[0]!, signatureOfOtherNonce(tx, [node.coin(0)], miner)],
    };
    const pending = connectBlock(twin, coins, { ...context, alreadyVerified: node.verified });
    expect(pending.ok && pending.value.pendingSignatures.length).toBe(1);
  });
});

describe('while others act', () => {
  test('of two rivals that arrive at once one wins, and the sums are right', async () => {
    const node = nodeWith(1);
    const rivals = [1000, 1010, 1020].map((fee, n) => fromMiner(node, 0, fee, 1_000_000 + n));
    const verdicts = await Promise.all(rivals.map((tx) => node.mempool.accept(tx)));
    expect(verdicts.map((verdict) => (verdict.ok ? 'ok' : verdict.reason))).toEqual([
      'ok',
      'insufficient fee',
      'insufficient fee',
    ]);
    expect(node.mempool.size).toBe(1);
  });

  test('the same transaction twice at once is accepted once', async () => {
    const node = nodeWith(1);
    const tx = fromMiner(node, 0, 1000);
    const verdicts = await Promise.all([node.mempool.accept(tx), node.mempool.accept(tx)]);
    expect(verdicts.map(({ ok }) => ok)).toEqual([true, false]);
  });

  test('a block that comes while signatures are checked is taken into account', async () => {
    const node = nodeWith(1);
    const tx = fromMiner(node, 0, 1000);
    node.verifier.meanwhile = () => node.mine([fromMiner(node, 0, 1000, 7)]);
    await refuse(node, tx, 'bad-txns-inputs-missingorspent');
    expect(node.mempool.size).toBe(0);
  });

  test('a block that comes while coins are fetched, too', async () => {
    const node = nodeWith(1);
    const tx = fromMiner(node, 0, 1000);
    node.chain.meanwhile = () => node.mine([tx]);
    await refuse(node, tx, 'txn-already-known');
  });

  test('a parent that is replaced while the child’s signature is checked leaves the child an orphan', async () => {
    const node = nodeWith(1);
    const parent = fromMiner(node, 0, 1000);
    await accept(node, parent);
    const better = fromMiner(node, 0, 5000);
    let replacing: Promise<unknown> = Promise.resolve();
    await node.mempool.check(better);
    node.verifier.meanwhile = () => {
      replacing = node.mempool.accept(better);
    };
    const verdict = await node.mempool.accept(onward(parent, 1000));
    await replacing;
    // Either the child came in first and was replaced with its parent, or it found its parent gone.
    expect(waiting(node)).toEqual([txidOf(better)]);
    expect(verdict.ok || verdict.heldAsOrphan).toBe(true);
  });

  test('questions for coins go together', async () => {
    const node = nodeWith(20);
    const payments = Array.from({ length: 20 }, (_, coin) => fromMiner(node, coin, 1000));
    await Promise.all(payments.map((tx) => node.mempool.accept(tx)));
    expect(node.mempool.size).toBe(20);
    expect(node.chain.queries).toBeLessThanOrEqual(2);
    expect(node.store.batches.length).toBeLessThanOrEqual(3);
  });
});

describe('check', () => {
  test('says what would happen and does nothing', async () => {
    const node = nodeWith(2);
    const parent = fromMiner(node, 0, 1000);
    const child = onward(parent, 500);
    await accept(node, parent);
    await accept(node, child);
    const report = await node.mempool.check(fromMiner(node, 0, 5000));
    expect(report).toMatchObject({ verdict: { ok: true }, fee: 5000, ancestors: [], evicted: [] });
    expect(report.replaced).toEqual([txidOf(parent), txidOf(child)]);
    const grandchild = await node.mempool.check(onward(child, 400));
    expect(grandchild.ancestors).toEqual([txidOf(parent), txidOf(child)]);
    expect(grandchild.withAncestors).toMatchObject({ count: 3, fee: 1900 });
    expect(waiting(node)).toEqual([txidOf(parent), txidOf(child)]);
    expect(node.store.rows.size).toBe(2);
    expect(node.told.length).toBe(2);
  });

  test('an orphan would be held, but is not', async () => {
    const node = nodeWith(1);
    const parent = fromMiner(node, 0, 1000);
    const report = await node.mempool.check(onward(parent, 1000));
    expect(report).toMatchObject({ wouldBeHeld: true, missingParents: [txidOf(parent)], fee: undefined });
    expect(node.mempool.stats().orphans).toBe(0);
  });
});

describe('replacement', () => {
  test('throws out the rival and what hangs on it', async () => {
    const node = nodeWith(1);
    const rival = fromMiner(node, 0, 1000);
    const child = onward(rival, 1000);
    await accept(node, rival);
    await accept(node, child);
    const better = fromMiner(node, 0, 2100);
    expect((await accept(node, better)).replaced).toEqual([txidOf(rival), txidOf(child)]);
    expect(waiting(node)).toEqual([txidOf(better)]);
    await node.mempool.whenIdle();
    expect([...node.store.rows.keys()]).toEqual([txidOf(better)]);
    expect(story(node)).toEqual(['accepted', 'accepted', 'replaced', 'replaced', 'accepted']);
    expect(node.told[2]).toMatchObject({ by: txidOf(better) });
  });

  test('must pay for all of them and for its own bytes', async () => {
    const node = nodeWith(1);
    const rival = fromMiner(node, 0, 1000);
    await accept(node, rival);
    await accept(node, onward(rival, 1000));
    await refuse(node, fromMiner(node, 0, 2010), 'insufficient fee');
    await accept(node, fromMiner(node, 0, 2030));
  });

  test('must pay more per byte than the rival with its rich child', async () => {
    const node = nodeWith(9);
    const rival = fromMiner(node, 0, 100);
    await accept(node, rival);
    await accept(node, onward(rival, 10_000));
    const coins = Array.from({ length: 9 }, (_, coin) => node.coin(coin));
    const wide = pay({ coins, from: miner, to: alice, amount: 5, fee: 20_000 });
    const refusal = await refuse(node, wide, 'insufficient fee');
    expect(refusal.detail).toContain('what hangs on it');
  });

  test('may keep the unconfirmed parent of the rival', async () => {
    const node = nodeWith(1);
    const parent = fromMiner(node, 0, 1000);
    await accept(node, parent);
    await accept(node, onward(parent, 1000));
    const better = onward(parent, 2000);
    await accept(node, better);
    expect(waiting(node)).toEqual([txidOf(parent), txidOf(better)]);
  });

  test('does not count what it throws out when the family is measured', async () => {
    const node = nodeWith(1, { policy: { maxDescendants: 3 } });
    const parent = fromMiner(node, 0, 1000);
    const child = onward(parent, 1000);
    for (const tx of [parent, child, onward(child, 1000)]) await accept(node, tx);
    await refuse(node, onward(parent, 1000, 0), 'too-long-mempool-chain');
    await accept(node, onward(parent, 5000));
    await accept(node, onward(parent, 1000, 0));
  });
});

describe('limits', () => {
  test('descendants are counted for every ancestor', async () => {
    const node = nodeWith(1, { policy: { maxDescendants: 2 } });
    const parent = fromMiner(node, 0, 1000);
    await accept(node, parent);
    await accept(node, onward(parent, 1000));
    await refuse(node, onward(parent, 1000, 0), 'too-long-mempool-chain');
  });

  test('bytes too', async () => {
    const size = 450;
    for (const policy of [{ maxAncestorBytes: size }, { maxDescendantBytes: size }]) {
      const node = nodeWith(1, { policy });
      const parent = fromMiner(node, 0, 1000);
      const child = onward(parent, 1000);
      await accept(node, parent);
      await accept(node, child);
      await refuse(node, onward(child, 1000), 'too-long-mempool-chain');
    }
  });

  test('too many parents are refused on sight', async () => {
    const node = nodeWith(3, { policy: { maxAncestors: 3 } });
    const parents = [0, 1, 2].map((coin) => fromMiner(node, coin, 1000));
    for (const tx of parents) await accept(node, tx);
    const coins = parents.map((tx) => outputOf(tx, 1));
    await refuse(node, pay({ coins, from: miner, to: bob, amount: 5, fee: 1000 }), 'too-long-mempool-chain');
  });

  test('when it is full the worst package goes, and the minimum rises until blocks make room', async () => {
    const node = nodeWith(5, { policy: { maxPoolBytes: 1000 } });
    const poorParent = fromMiner(node, 0, 50);
    const richChild = onward(poorParent, 9000);
    const middling = fromMiner(node, 1, 900);
    const fair = fromMiner(node, 2, 1500);
    for (const tx of [poorParent, richChild, middling, fair]) await accept(node, tx);
    const before = await node.mempool.check(fromMiner(node, 3, 2000));
    expect(before.evicted).toEqual([txidOf(middling)]);
    expect(waiting(node).length, 'the check did nothing').toBe(4);
    const { evicted } = await accept(node, fromMiner(node, 3, 2000));
    expect(evicted).toEqual([txidOf(middling)]);
    expect(node.mempool.has(txidOf(poorParent)), 'its child pays for it').toBe(true);
    const { minimumFeePerKb } = node.mempool.stats();
    expect(minimumFeePerKb).toBeGreaterThan(4000);
    await refuse(node, fromMiner(node, 4, 900), 'mempool min fee not met');
    expect(story(node)).toEqual(['accepted', 'accepted', 'accepted', 'accepted', 'accepted', 'evicted']);

    node.mineWaiting();
    node.clock.ms += 48 * 3_600_000;
    expect(node.mempool.stats().minimumFeePerKb).toBe(100);
    await node.mempool.whenIdle();
    expect(node.store.rows.size).toBe(0);
  });

  test('what waited too long leaves with what hangs on it', async () => {
    const node = nodeWith(2);
    const parent = fromMiner(node, 0, 1000);
    await accept(node, parent);
    node.clock.ms += node.mempool.policy.expiryMs - 1;
    await accept(node, onward(parent, 1000));
    expect(node.mempool.expire()).toBe(0);
    node.clock.ms += 60_001;
    const fresh = fromMiner(node, 1, 1000);
    await accept(node, fresh);
    expect(waiting(node)).toEqual([txidOf(fresh)]);
    await node.mempool.whenIdle();
    expect([...node.store.rows.keys()]).toEqual([txidOf(fresh)]);
    expect(story(node)).toEqual(['accepted', 'accepted', 'expired', 'expired', 'accepted']);
  });
});

describe('orphans', () => {
  test('wait for a parent that is accepted, and bring in their own orphans', async () => {
    const node = nodeWith(1);
    const parent = fromMiner(node, 0, 1000);
    const child = onward(parent, 1000);
    const grandchild = onward(child, 1000);
    for (const tx of [grandchild, child]) {
      const refusal = await refuse(node, tx, 'bad-txns-inputs-missingorspent');
      expect(refusal).toMatchObject({ class: 'missing-inputs', heldAsOrphan: true });
      expect(refusal.detail).toContain('held until');
      expect(node.mempool.holdsOrphan(wtxidOf(tx))).toBe(true);
    }
    await accept(node, parent);
    await node.mempool.whenIdle();
    expect(waiting(node)).toEqual([parent, child, grandchild].map(txidOf));
    expect(node.mempool.stats().orphans).toBe(0);
    expect(node.store.rows.size).toBe(3);
  });

  test('wait for a parent that comes in a block', async () => {
    const node = nodeWith(1);
    const parent = fromMiner(node, 0, 1000);
    const child = onward(parent, 1000);
    await refuse(node, child, 'bad-txns-inputs-missingorspent');
    node.mine([parent]);
    await node.mempool.whenIdle();
    expect(waiting(node)).toEqual([txidOf(child)]);
  });

  test('an orphan with two unknown parents waits for both', async () => {
    const node = nodeWith(2);
    const parents = [0, 1].map((coin) => fromMiner(node, coin, 1000));
    const coins = parents.map((tx) => outputOf(tx, 1));
    const child = pay({ coins, from: miner, to: bob, amount: 5, fee: 1000 });
    const refusal = await refuse(node, child, 'bad-txns-inputs-missingorspent');
    expect(refusal.missingParents).toEqual(parents.map(txidOf));
    await accept(node, parents[0]!);
    await node.mempool.whenIdle();
    expect(node.mempool.stats()).toMatchObject({ size: 1, orphans: 1 });
    await accept(node, parents[1]!);
    await node.mempool.whenIdle();
    expect(node.mempool.stats()).toMatchObject({ size: 3, orphans: 0 });
  });

  test('what can never come true is not held', async () => {
    const node = nodeWith(2);
    const spent = fromMiner(node, 0, 1000);
    const rival = fromMiner(node, 0, 1000, 7);
    const parent = fromMiner(node, 1, 1000);
    node.mine([spent]);
    await accept(node, parent);
    const noSuchOutput = { outpoint: { txid: txidOf(parent), index: 9 }, coin: outputOf(parent, 1).coin };
    for (const tx of [rival, pay({ coins: [noSuchOutput], from: miner, to: bob, amount: 5, fee: 1000 })]) {
      const refusal = await refuse(node, tx, 'bad-txns-inputs-missingorspent');
      expect(refusal).toMatchObject({ heldAsOrphan: false, missingParents: [] });
    }
  });

  test('a spoiled copy does not keep the good one out', async () => {
    const node = nodeWith(1);
    const parent = fromMiner(node, 0, 1000);
    const child = onward(parent, 1000);
    const spoiled = {
      ...child,
      inputs: child.inputs.map((input) => ({ ...input, signature: parent.inputs[0]!.signature })),
    };
    await refuse(node, spoiled, 'bad-txns-inputs-missingorspent');
    await refuse(node, child, 'bad-txns-inputs-missingorspent');
    await accept(node, parent);
    await node.mempool.whenIdle();
    expect(node.mempool.get(txidOf(child))?.wtxid).toBe(wtxidOf(child));
  });
});
