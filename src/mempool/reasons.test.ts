/** Every reason that only the mempool gives, each with a transaction that is refused for it, by accept and by check alike. */
import { describe, expect, test } from 'vitest';
import { coinbase, key, pay, spend } from '../../test/support/chain-builder.ts';
import { MempoolNode, type MempoolNodeOptions, outputOf } from '../../test/support/mempool-node.ts';
import { signatureOfOtherNonce } from '../../test/support/other-signature.ts';
import {
  ALL_REASONS,
  type Reason,
  REASONS,
  type Transaction,
  transactionSize,
  txidOf,
} from '../consensus/index.ts';

type MempoolReason = {
  [R in Reason]: (typeof REASONS)[R]['about'] extends 'mempool' ? R : never;
}[Reason];

interface Case {
  readonly options?: MempoolNodeOptions;
  /** Prepares the mempool and gives the transaction to be refused. */
  readonly prepare: (node: MempoolNode) => Transaction | Promise<Transaction>;
}

const alice = key('alice');
const miner = key('miner');

/** Pays the nth coin of the miner to alice. */
const fromMiner = (node: MempoolNode, coin: number, fee: number, amount = 1_000_000): Transaction =>
  pay({ coins: [node.coin(coin)], from: miner, to: alice, amount, fee });

async function accepted(node: MempoolNode, tx: Transaction): Promise<Transaction> {
  const verdict = await node.mempool.accept(tx);
  if (!verdict.ok) throw new Error(`${verdict.reason}: ${verdict.detail}`);
  return tx;
}

const cases: Record<MempoolReason, Case> = {
  coinbase: { prepare: () => coinbase(7, 50, alice) },
  'txn-already-in-mempool': { prepare: (node) => accepted(node, fromMiner(node, 0, 1000)) },
  'txn-already-known': {
    prepare: async (node) => {
      const tx = await accepted(node, fromMiner(node, 0, 1000));
      node.mineWaiting();
      return tx;
    },
  },
  'txn-same-nonwitness-data-in-mempool': {
    prepare: async (node) => {
      const coin = node.coin(0);
      const tx = await accepted(node, pay({ coins: [coin], from: miner, to: alice, amount: 5, fee: 1000 }));
      const twin = signatureOfOtherNonce(tx, [coin], miner);
      expect(txidOf(twin)).toBe(txidOf(tx));
      return twin;
    },
  },
  'min relay fee not met': {
    prepare: (node) => {
      const size = transactionSize(fromMiner(node, 0, 1000));
      return fromMiner(node, 0, Math.ceil(size / 10) - 1);
    },
  },
  'mempool min fee not met': {
    options: { policy: { maxPoolBytes: 600 } },
    prepare: async (node) => {
      for (const coin of [0, 1, 2]) await accepted(node, fromMiner(node, coin, 1000 + 100 * coin));
      expect(node.mempool.size).toBe(2);
      return fromMiner(node, 3, 900);
    },
  },
  'mempool full': {
    options: { policy: { maxPoolBytes: 600 } },
    prepare: async (node) => {
      for (const coin of [0, 1]) await accepted(node, fromMiner(node, coin, 1000));
      return fromMiner(node, 2, 900);
    },
  },
  'insufficient fee': {
    prepare: async (node) => {
      await accepted(node, fromMiner(node, 0, 1000));
      return fromMiner(node, 0, 1010, 2_000_000);
    },
  },
  'too many potential replacements': {
    options: { policy: { maxReplaced: 2 } },
    prepare: async (node) => {
      let last = await accepted(node, fromMiner(node, 0, 1000));
      for (let left = 2; left > 0; left--) {
        last = await accepted(
          node,
          pay({ coins: [outputOf(last, 1)], from: miner, to: alice, amount: 5, fee: 1000 }),
        );
      }
      return fromMiner(node, 0, 1_000_000);
    },
  },
  'replacement-adds-unconfirmed': {
    prepare: async (node) => {
      await accepted(node, fromMiner(node, 0, 1000));
      const other = await accepted(node, fromMiner(node, 1, 1000));
      const coins = [node.coin(0), outputOf(other, 1)];
      return pay({ coins, from: miner, to: alice, amount: 5, fee: 100_000 });
    },
  },
  'bad-txns-spends-conflicting-tx': {
    prepare: async (node) => {
      const first = await accepted(node, fromMiner(node, 0, 1000));
      const coins = [node.coin(0), outputOf(first, 1)];
      return pay({ coins, from: miner, to: alice, amount: 5, fee: 100_000 });
    },
  },
  'too-long-mempool-chain': {
    options: { policy: { maxAncestors: 3 } },
    prepare: async (node) => {
      let last = await accepted(node, fromMiner(node, 0, 1000));
      const next = (): Transaction =>
        spend({
          coins: [outputOf(last, 0)],
          owner: alice,
          outputs: [{ ...last.outputs[0]!, amount: last.outputs[0]!.amount - 1000 }],
        });
      last = await accepted(node, next());
      last = await accepted(node, next());
      return next();
    },
  },
};

describe('reasons of the mempool', () => {
  test('none lacks its case', () => {
    const expected = ALL_REASONS.filter((reason) => REASONS[reason].about === 'mempool');
    expect(Object.keys(cases).sort()).toEqual([...expected].sort());
  });

  test.each(Object.entries(cases))('%s', async (reason, { options, prepare }) => {
    const node = new MempoolNode(options);
    for (let blocks = 0; blocks < 4; blocks++) node.mine();
    const tx = await prepare(node);
    const before = node.mempool.entries();
    const rows = [...node.store.rows.keys()];

    const report = await node.mempool.check(tx);
    expect(report.verdict).toMatchObject({ ok: false, reason, class: REASONS[reason as Reason].class });
    const verdict = await node.mempool.accept(tx);
    expect(verdict).toMatchObject({ ok: false, reason, heldAsOrphan: false });
    if (!verdict.ok) expect(verdict.detail).not.toBe('');

    await node.mempool.whenIdle();
    expect(node.mempool.entries(), 'a refused transaction changes nothing').toEqual(before);
    expect([...node.store.rows.keys()]).toEqual(rows);
  });
});
