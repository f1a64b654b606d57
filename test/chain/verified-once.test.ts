/**
 * A signature is verified once in its life: whoever meets the transaction again (the mempool, a block, a reorg, the check
 * before sending) finds it among those that were found good. Then its digests and key hashes are not computed again either.
 */
import { expect, it } from 'vitest';
import { Chainstate, type Verifier } from '../../src/chainstate/index.ts';
import {
  type Block,
  bytesToHex,
  type CoinEntry,
  concatBytes,
  decodeBlock,
  decodeTransaction,
  encodeBlock,
  encodeTransaction,
  type SignatureCheck,
  type Transaction,
  txidOf,
} from '../../src/consensus/index.ts';
import { Mempool, VerifiedTransactions } from '../../src/mempool/index.ts';
import { createVerifier } from '../../src/node/verifier.ts';
import { createMemoryStorage } from '../../src/storage/index.ts';
import { type BuiltBlock, ChainBuilder, coinsAfter, key, pay, spend } from '../support/chain-builder.ts';
import { signatureOfOtherNonce } from '../support/other-signature.ts';

const clock = { nowS: () => 1_800_000_000, nowMs: () => 1_800_000_000_000 };
const alice = key('alice');
const bob = key('bob');

/** Counts how often each curve operation is asked for. */
class CountingVerifier implements Verifier {
  readonly name = 'counting';
  readonly counts = new Map<string, number>();
  private readonly real = createVerifier({ threads: 0 });

  firstInvalid(checks: readonly SignatureCheck[]): Promise<number> {
    for (const { digest, compactSignature, pubkey } of checks) {
      const name = bytesToHex(concatBytes(digest, compactSignature, pubkey));
      this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    }
    return this.real.firstInvalid(checks);
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  close(): Promise<void> {
    return this.real.close();
  }
}

async function openNode(builder: ChainBuilder) {
  const storage = createMemoryStorage();
  const [verifier, verified] = [new CountingVerifier(), new VerifiedTransactions()];
  const { params } = builder;
  const chain = await Chainstate.open({ params }, { store: storage.chain, verifier, clock, verified });
  const onBackgroundError = (error: unknown): never => {
    throw error;
  };
  const mempool = new Mempool(
    { params },
    { chain, store: storage.mempool, verifier, clock, verified, onBackgroundError },
  );
  chain.events.subscribe((event) => {
    if (event.type === 'tip-changed') mempool.onBlocksChanged(event);
  });
  return { verifier, chain, mempool };
}

/** As it comes from elsewhere: other objects, so nothing is remembered by object identity. */
function copyOf(block: Block): Block {
  const decoded = decodeBlock(encodeBlock(block));
  if (!decoded.ok) throw new Error(decoded.detail);
  return decoded.value;
}
function copyOfTransaction(tx: Transaction): Transaction {
  const decoded = decodeTransaction(encodeTransaction(tx));
  if (!decoded.ok) throw new Error(decoded.detail);
  return decoded.value;
}

/** Two payments of Alice with two inputs each, and one out of the first. */
function familyOf(builder: ChainBuilder): [Transaction, Transaction, Transaction] {
  const coins = builder.coins(alice);
  const first = pay({ coins: coins.slice(0, 2), from: alice, to: bob, amount: 5_000_000, fee: 10_000 });
  const second = pay({ coins: coins.slice(2, 4), from: alice, to: bob, amount: 6_000_000, fee: 10_000 });
  const coin = { amount: 5_000_000, pubkeyHash: bob.address, height: 0, coinbase: false };
  const child = spend({
    coins: [{ outpoint: { txid: txidOf(first), index: 0 }, coin }],
    owner: bob,
    outputs: [{ amount: 4_900_000, pubkeyHash: alice.address }],
  });
  return [first, second, child];
}

it('through check, orphan room, mempool, block, reorg and the way back', async () => {
  const builder = new ChainBuilder({ miner: alice }).extend(5);
  const node = await openNode(builder);
  const accept = async (built: BuiltBlock): Promise<void> => {
    expect(await node.chain.acceptBlock(copyOf(built.block))).toMatchObject({ ok: true });
    await node.mempool.whenIdle();
  };
  for (const built of builder.all) await accept(built);
  const [first, second, child] = familyOf(builder);
  const signatures = 2 + 2 + 1;

  // Checked before it is sent; a child before its parent; then again by somebody else.
  for (const tx of [child, first, second]) await node.mempool.check(copyOfTransaction(tx));
  expect(await node.mempool.accept(copyOfTransaction(child))).toMatchObject({ heldAsOrphan: true });
  for (const tx of [first, second]) {
    expect(await node.mempool.accept(copyOfTransaction(tx))).toMatchObject({ ok: true });
    await node.mempool.whenIdle();
    expect(await node.mempool.check(copyOfTransaction(tx))).toBeDefined();
    expect(await node.mempool.accept(copyOfTransaction(tx))).toMatchObject({ ok: false });
  }
  expect(node.mempool.size).toBe(3);
  expect(node.verifier.total).toBe(signatures);

  // Mined, by somebody else; two empty blocks beside it win; mined once more, over two blocks.
  const txs = [first, second, child];
  await accept(builder.block('a6', { txs }).last);
  expect(node.mempool.size).toBe(0);
  builder.fork('a5').extend(2, 'b');
  for (const name of ['b6', 'b7']) await accept(builder.at(name));
  expect(node.mempool.size, 'they wait again').toBe(3);
  await accept(builder.block('b8', { txs: [second] }).last);
  await accept(builder.block('b9', { txs: [first, child] }).last);
  expect(node.mempool.size).toBe(0);

  // The branch on which they were first comes back, and the other once more.
  builder.fork('a6').extend(4, 'c');
  for (let height = 7; height <= 10; height++) await accept(builder.at(`c${height}`));
  expect(node.chain.tip?.hash).toBe(builder.at('c10').hash);
  builder.fork('b9').extend(2, 'd');
  for (const name of ['d10', 'd11']) await accept(builder.at(name));
  expect(node.chain.tip?.hash).toBe(builder.at('d11').hash);
  expect(node.chain.coinCount).toBe(coinsAfter(builder.at('d11')).size);

  expect([...node.verifier.counts.values()]).toEqual(Array.from({ length: signatures }, () => 1));
  await node.verifier.close();
});

it('what a block brought is known when it comes back as a loose transaction', async () => {
  const builder = new ChainBuilder({ miner: alice }).extend(5);
  const node = await openNode(builder);
  const txs = familyOf(builder);
  builder.block('a6', { txs }).fork('a5').extend(2, 'b');
  for (const { block } of builder.all) {
    expect(await node.chain.acceptBlock(copyOf(block))).toMatchObject({ ok: true });
    await node.mempool.whenIdle();
  }
  expect(node.mempool.size).toBe(3);
  expect([...node.verifier.counts.values()]).toEqual([1, 1, 1, 1, 1]);
  await node.verifier.close();
});

it('copies that arrive at the same moment are verified together', async () => {
  const builder = new ChainBuilder({ miner: alice }).extend(5);
  const node = await openNode(builder);
  for (const { block } of builder.all) await node.chain.acceptBlock(copyOf(block));
  const tx = pay({
    coins: builder.coins(alice).slice(0, 1),
    from: alice,
    to: bob,
    amount: 1_000,
    fee: 10_000,
  });
  const verdicts = await Promise.all(
    [1, 2, 3].map(async () => {
      const copy = decodeTransaction(encodeTransaction(tx));
      return copy.ok ? node.mempool.accept(copy.value) : copy;
    }),
  );
  expect(verdicts).toMatchObject([
    { ok: true },
    ...[1, 2].map(() => ({ ok: false, reason: 'txn-already-in-mempool' })),
  ]);
  expect(node.verifier.total).toBe(1);
  await node.verifier.close();
});

it('another signature of the same transaction is another matter', async () => {
  const builder = new ChainBuilder({ miner: alice }).extend(5);
  const node = await openNode(builder);
  for (const { block } of builder.all) await node.chain.acceptBlock(copyOf(block));
  const [coin] = builder.coins(alice);
  const tx = pay({ coins: [coin!], from: alice, to: bob, amount: 1_000_000, fee: 10_000 });
  const twin = signatureOfOtherNonce(tx, [coin!], alice);
  expect(txidOf(twin)).toBe(txidOf(tx));
  expect(await node.mempool.accept(tx)).toMatchObject({ ok: true });
  const { block } = builder.block('a6', { txs: [twin] }).last;
  expect(await node.chain.acceptBlock(copyOf(block))).toMatchObject({ ok: true });
  expect(node.verifier.total).toBe(2);
  await node.verifier.close();
});

it('good signatures by the wrong key stay wrong, even if a block was prepared that has them', async () => {
  const builder = new ChainBuilder({ miner: alice }).extend(5);
  const node = await openNode(builder);
  for (const { block } of builder.all) await node.chain.acceptBlock(copyOf(block));
  // Bob signs, in good order and with his own key, for a coin of Alice.
  const [{ outpoint, coin }] = builder.coins(alice) as [CoinEntry, ...CoinEntry[]];
  const theft = spend({
    coins: [{ outpoint, coin: { ...coin, pubkeyHash: bob.address } }],
    owner: bob,
    outputs: [{ amount: 1_000_000, pubkeyHash: bob.address }],
  });
  const { block } = builder.block('a6', { txs: [theft] }).last;
  expect(node.chain.acceptHeaders([block.header])).toMatchObject({ failure: undefined });
  node.chain.prepareBlock(block);
  await node.chain.prepared.signaturesDone(block);
  expect(node.verifier.total, 'its signature was verified').toBe(1);

  expect(await node.chain.acceptBlock(block)).toMatchObject({ ok: false, reason: 'pubkey-hash-mismatch' });
  expect(await node.mempool.accept(theft)).toMatchObject({ ok: false, reason: 'pubkey-hash-mismatch' });
  expect(node.mempool.size).toBe(0);
  await node.verifier.close();
});
