import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { key, pay, spend } from '../../test/support/chain-builder.ts';
import { MempoolNode, type MempoolNodeOptions, outputOf } from '../../test/support/mempool-node.ts';
import {
  blockSize,
  type CoinEntry,
  HEADER_BYTES,
  isCoinbase,
  NO_BLOCK,
  type Transaction,
  transactionSize,
  txidOf,
} from '../consensus/index.ts';
import { compareFeeRates, type FeeAndSize } from '../mempool/index.ts';
import { type BlockTemplate, buildTemplate, fateOf } from './block-template.ts';

const [alice, miner] = [key('alice'), key('miner')];

function nodeWith(coins: number, options: MempoolNodeOptions = {}): MempoolNode {
  const node = new MempoolNode(options);
  while (node.coins().length < coins) node.mine();
  return node;
}

const fromMiner = (node: MempoolNode, coin: number, fee: number): Transaction =>
  pay({ coins: [node.coin(coin)], from: miner, to: alice, amount: 1_000_000, fee });
const onward = (tx: Transaction, fee: number): Transaction =>
  pay({ coins: [outputOf(tx, 1)], from: miner, to: alice, amount: 5, fee });

async function accept(node: MempoolNode, ...txs: readonly Transaction[]): Promise<void> {
  for (const tx of txs) expect(await node.mempool.accept(tx)).toMatchObject({ ok: true });
}

/** All but the coinbase. */
const chosen = ({ transactions }: BlockTemplate): string[] => transactions.slice(1).map(txidOf);

describe('a template', () => {
  test('without transactions pays the subsidy to the miner, on the tip, with the next target', () => {
    const node = nodeWith(1);
    const template = node.template();
    expect(template).toMatchObject({ height: 1, fees: 0, subsidy: 5_000_000_000, leftOut: 0 });
    const [coinbase] = template.transactions;
    expect(coinbase).toMatchObject({
      locktime: 1,
      outputs: [{ amount: 5_000_000_000, pubkeyHash: miner.address }],
    });
    expect(isCoinbase(coinbase!)).toBe(true);
    expect(template.header).toMatchObject({ prevHash: node.tip.hash, target: node.tip.target });
    expect(template.header.timestamp).toBe(node.clock.nowS());
    node.mineTemplate(template);
    expect(node.tip.height).toBe(1);
  });

  test('before genesis stands on nothing', () => {
    const template = buildTemplate({
      mempool: { size: 0, byMiningScore: () => [] },
      tip: {
        ...{ height: -1, hash: NO_BLOCK, medianTimePast: 0, earliestTimestamp: 0 },
        expectedTarget: nodeWith(1).params.defaultTarget,
      },
      params: nodeWith(1).params,
      ...{ minerAddress: miner.address, maxBlockTxs: 100, nowS: 1_700_000_000 },
    });
    expect(template).toMatchObject({ height: 0, header: { prevHash: NO_BLOCK, timestamp: 1_700_000_000 } });
    expect(template.transactions[0]?.locktime).toBe(0);
  });

  test('never has a timestamp before the earliest that is allowed', () => {
    const node = nodeWith(1);
    node.clock.ms = 1000;
    expect(node.template().header.timestamp).toBe(node.templateTip.earliestTimestamp);
  });

  test('takes the best fee rates first and claims their fees', async () => {
    const node = nodeWith(4);
    const payments = [500, 4000, 100, 2000].map((fee, coin) => fromMiner(node, coin, fee));
    await accept(node, ...payments);
    const template = node.template();
    expect(chosen(template)).toEqual([1, 3, 0, 2].map((n) => txidOf(payments[n]!)));
    expect(template.fees).toBe(6600);
    expect(template.transactions[0]?.outputs[0]?.amount).toBe(5_000_006_600);
    expect(template.sizeBytes).toBe(
      blockSize({ header: { ...template.header, nonce: 0 }, transactions: template.transactions }),
    );
    node.mineTemplate(template);
    expect(node.mempool.size).toBe(0);
  });

  test('takes as many as MAX_BLOCK_TXS says besides the coinbase, and tells what became of the others', async () => {
    const node = nodeWith(4);
    const payments = [500, 4000, 100, 2000].map((fee, coin) => fromMiner(node, coin, fee));
    await accept(node, ...payments);
    const template = node.template(2);
    expect(chosen(template)).toEqual([1, 3].map((n) => txidOf(payments[n]!)));
    expect(template.leftOut).toBe(2);
    expect(fateOf(template, txidOf(payments[3]!))).toEqual({ status: 'included', position: 2 });
    expect(fateOf(template, txidOf(payments[0]!))).toEqual({ status: 'left-out', reason: 'outbid' });
    expect(chosen(node.template(0))).toEqual([]);
  });

  test('a rich child brings in its poor parent, before others that pay more than the parent', async () => {
    const node = nodeWith(2);
    const poor = fromMiner(node, 0, 50);
    const rich = onward(poor, 20_000);
    const middling = fromMiner(node, 1, 1500);
    await accept(node, poor, middling, rich);
    expect(chosen(node.template())).toEqual([poor, rich, middling].map(txidOf));
    expect(chosen(node.template(2))).toEqual([poor, rich].map(txidOf));
    const tight = node.template(1);
    expect(chosen(tight)).toEqual([txidOf(middling)]);
    expect(fateOf(tight, txidOf(rich))).toEqual({ status: 'left-out', reason: 'too-many' });
  });

  test('a poor child does not profit from a rich parent', async () => {
    const node = nodeWith(2);
    const rich = fromMiner(node, 0, 20_000);
    const poor = onward(rich, 50);
    const middling = fromMiner(node, 1, 1500);
    await accept(node, rich, poor, middling);
    expect(chosen(node.template(2))).toEqual([rich, middling].map(txidOf));
  });

  test('a parent that one child has paid for is free for the other', async () => {
    const node = nodeWith(2);
    const parent = fromMiner(node, 0, 50);
    const richChild = onward(parent, 20_000);
    const otherChild = pay({ coins: [outputOf(parent, 0)], from: alice, to: miner, amount: 5, fee: 1500 });
    const rival = fromMiner(node, 1, 1200);
    await accept(node, parent, richChild, otherChild, rival);
    // With the parent, the other child would pay (50 + 1500) / 2 a transaction, less than the rival.
    expect(chosen(node.template(3))).toEqual([parent, richChild, otherChild].map(txidOf));
  });

  test('what does not fit is passed over for what does', async () => {
    const node = nodeWith(10, { params: { maxBlockSizeBytes: 1300 } });
    const coins = [1, 2, 3, 4, 5, 6, 7, 8].map((coin) => node.coin(coin));
    const wide = pay({ coins, from: miner, to: alice, amount: 5, fee: 90_000 });
    expect(transactionSize(wide)).toBeGreaterThan(1000);
    const small = fromMiner(node, 0, 100);
    const child = onward(small, 3000);
    await accept(node, wide, small, child);
    const template = node.template();
    expect(chosen(template)).toEqual([small, child].map(txidOf));
    expect(fateOf(template, txidOf(wide))).toEqual({ status: 'left-out', reason: 'too-large' });
    node.mineTemplate(template);
  });

  test('never exceeds MAX_BLOCK_SIZE, and comes close', async () => {
    const node = nodeWith(12, { params: { maxBlockSizeBytes: 1500 } });
    for (let coin = 0; coin < 12; coin++) await accept(node, fromMiner(node, coin, 1000 + coin));
    const template = node.template();
    expect(template.sizeBytes).toBeLessThanOrEqual(1500);
    expect(template.sizeBytes).toBeGreaterThan(1500 - 250);
    expect(template.sizeBytes).toBeGreaterThan(HEADER_BYTES);
    node.mineTemplate(template);
  });

  test('takes nothing before its time, even where the mempool holds it', async () => {
    const node = nodeWith(2);
    const height = node.tip.height + 1;
    const coin = node.coin(0);
    const locked = pay({ coins: [coin], from: miner, to: alice, amount: 5, fee: 1000, locktime: height });
    await accept(node, locked);
    const { mempool, templateTip, params } = node;
    const tip = { ...templateTip, height: templateTip.height - 1 };
    const template = buildTemplate({
      ...{ mempool, tip, params, maxBlockTxs: 100 },
      ...{ minerAddress: miner.address, nowS: node.clock.nowS() },
    });
    expect(fateOf(template, txidOf(locked))).toEqual({ status: 'left-out', reason: 'not-yet' });
    expect(chosen(node.template())).toEqual([txidOf(locked)]);
  });

  test('a coinbase above MAX_MONEY is avoided', async () => {
    const node = nodeWith(2, { params: { blockReward: 900, maxMoney: 1000, halvingInterval: 0 } });
    const first = pay({ coins: [node.coin(0)], from: miner, to: alice, amount: 820, fee: 80 });
    const second = pay({ coins: [node.coin(1)], from: miner, to: alice, amount: 830, fee: 70 });
    await accept(node, first, second);
    const template = node.template();
    expect(chosen(template)).toEqual([txidOf(first)]);
    expect(fateOf(template, txidOf(second))).toEqual({ status: 'left-out', reason: 'fees-out-of-range' });
    node.mineTemplate(template);
  });
});

// --- Against the plainest algorithm ------------------------------------------------------------------------------------

/** Step 1 to 3 of block-template.ts, looking at everything anew each time. */
function naiveSelection(node: MempoolNode, maxBlockTxs: number): string[] {
  const block: string[] = [];
  for (;;) {
    let best: { score: FeeAndSize; sequence: number; whole: string[] } | undefined;
    for (const entry of node.mempool.entries()) {
      if (block.includes(entry.txid)) continue;
      const family = new Set([entry]);
      for (const member of family) for (const parent of member.parents) family.add(parent);
      const open = [...family].filter(({ txid }) => !block.includes(txid));
      if (block.length + open.length > maxBlockTxs) continue;
      const fee = open.reduce((sum, member) => sum + member.fee, 0);
      const sizeBytes = open.reduce((sum, member) => sum + member.sizeBytes, 0);
      const score = compareFeeRates(entry, { fee, sizeBytes }) < 0 ? entry : { fee, sizeBytes };
      const order = best === undefined ? 1 : compareFeeRates(score, best.score);
      if (best === undefined || order > 0 || (order === 0 && entry.sequence < best.sequence)) {
        const whole = open.sort((a, b) => a.sequence - b.sequence).map(({ txid }) => txid);
        best = { score, sequence: entry.sequence, whole };
      }
    }
    if (best === undefined) return block;
    block.push(...best.whole);
  }
}

test(
  'chooses what the plainest algorithm chooses, whatever hangs on whatever',
  { timeout: 60_000 },
  async () => {
    const wish = fc.record({
      coins: fc.array(fc.nat(30), { minLength: 1, maxLength: 3 }),
      fee: fc.nat(5000),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(wish, { minLength: 3, maxLength: 14 }),
        fc.integer({ min: 1, max: 12 }),
        async (wishes, maxBlockTxs) => {
          const node = nodeWith(3);
          let coins: CoinEntry[] = node.coins();
          for (const { coins: wanted, fee } of wishes) {
            const picked = new Set(wanted.map((index) => coins[index % coins.length]!));
            const total = [...picked].reduce((sum, { coin }) => sum + coin.amount, 0);
            const each = Math.floor((total - fee) / 2);
            const outputs = [each, total - fee - each].map((amount) => ({
              amount,
              pubkeyHash: miner.address,
            }));
            const tx = spend({ coins: [...picked], owner: miner, outputs });
            if (!(await node.mempool.accept(tx)).ok) continue;
            coins = coins.filter((coin) => !picked.has(coin));
            coins.push(outputOf(tx, 0), outputOf(tx, 1));
          }
          const template = node.template(maxBlockTxs);
          expect(chosen(template)).toEqual(naiveSelection(node, maxBlockTxs));
          node.mineTemplate(template);
        },
      ),
      { numRuns: 60 },
    );
  },
);
