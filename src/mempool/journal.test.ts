import { describe, expect, test } from 'vitest';
import { coinbase, key } from '../../test/support/chain-builder.ts';
import { MemoryMempoolStore } from '../../test/support/mempool-node.ts';
import { type Txid, txidOf } from '../consensus/index.ts';
import { MempoolJournal } from './journal.ts';
import type { StoredMempoolTransaction } from './ports.ts';

const stored = Array.from({ length: 6 }, (_, height): StoredMempoolTransaction => {
  return { tx: coinbase(height, 1, key('alice')), receivedAtMs: 1, fee: 0 };
});
const at = (index: number): StoredMempoolTransaction => stored[index]!;
const txid = (index: number): Txid => txidOf(at(index).tx);

function setUp() {
  const store = new MemoryMempoolStore();
  const failed: Txid[][] = [];
  const removeErrors: unknown[] = [];
  const journal: MempoolJournal = new MempoolJournal(store, {
    addFailed: (txids, error) => {
      failed.push([...txids]);
      journal.abandon(txid(5), error);
    },
    removeFailed: (error) => removeErrors.push(error),
  });
  return { store, journal, failed, removeErrors };
}

describe('MempoolJournal', () => {
  test('what comes while the store is busy goes together', async () => {
    const { store, journal } = setUp();
    let open = (): void => {};
    store.gate = new Promise((resolve) => {
      open = resolve;
    });
    const first = journal.add(txid(0), at(0));
    await Promise.resolve();
    await Promise.resolve();
    const rest = [1, 2, 3].map((index) => journal.add(txid(index), at(index)));
    open();
    await Promise.all([first, ...rest]);
    expect(store.batches).toEqual([1, 3]);
    expect([...store.rows.keys()]).toEqual([0, 1, 2, 3].map(txid));
  });

  test('what left before it was written is not written, and nobody waits for it', async () => {
    const { store, journal } = setUp();
    const added = journal.add(txid(0), at(0));
    journal.remove(txid(0));
    await added;
    await journal.whenIdle();
    expect(store.rows.size).toBe(0);
  });

  test('what left while it was being written is deleted, and what came again stays', async () => {
    const { store, journal } = setUp();
    const added = [journal.add(txid(0), at(0)), journal.add(txid(1), at(1)), journal.add(txid(2), at(2))];
    await Promise.resolve();
    journal.remove(txid(0));
    journal.confirmed(txid(1));
    journal.remove(txid(2));
    const again = journal.add(txid(2), { ...at(2), fee: 9 });
    await Promise.all([...added, again]);
    await journal.whenIdle();
    expect([...store.rows.values()].map(({ fee }) => fee)).toEqual([9]);
  });

  test('a confirmed one is left to the chain', async () => {
    const { store, journal } = setUp();
    await journal.add(txid(0), at(0));
    journal.confirmed(txid(0));
    await journal.whenIdle();
    expect(store.rows.size).toBe(1);
  });

  test('a failed write is told to the listener first, then to all who wait', async () => {
    const { store, journal, failed, removeErrors } = setUp();
    store.failure = new Error('disk full');
    const added = journal.add(txid(0), at(0));
    await Promise.resolve();
    await Promise.resolve();
    const child = journal.add(txid(5), at(5));
    await expect(added).rejects.toThrow('disk full');
    await expect(child).rejects.toThrow('disk full');
    await journal.whenIdle();
    expect(failed).toEqual([[txid(0)]]);
    expect(removeErrors).toEqual([store.failure]);

    store.failure = undefined;
    await journal.add(txid(1), at(1));
    await journal.whenIdle();
    expect([...store.rows.keys()]).toEqual([txid(1)]);
  });
});
