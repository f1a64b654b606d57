import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Address,
  identityBytes,
  merkleProof,
  merkleRoot,
  NO_TXID,
  NULL_INDEX,
  type Transaction,
  txidOf,
} from '../../../src/consensus/index.ts';
import { climb, climbFrom, topOf } from './merkle-path.ts';
import { spoiledCopy } from './spoiled-copy.ts';

const leaves = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => index.toString(16).padStart(64, '0'));

const paying = (amount: number): Transaction => ({
  version: 1,
  inputs: [
    { prevTxid: NO_TXID, prevIndex: NULL_INDEX, signature: new Uint8Array(), pubkey: new Uint8Array() },
  ],
  outputs: [{ amount, pubkeyHash: '11'.repeat(20) as Address }],
  locktime: 0,
});

describe('the way up to the merkle root', () => {
  test.each([1, 2, 3, 5, 8, 200])(
    'leads from each of %i leaves to the root that the rules compute',
    (count) => {
      const txids = leaves(count);
      const { root } = merkleRoot(txids);
      txids.forEach((txid, index) => {
        const steps = climb(txid, merkleProof(txids, index));
        expect(topOf(txid, steps)).toBe(root);
        for (const step of steps) expect(step.isRepeated).toBe(step.left === step.right);
      });
    },
  );

  test.each([2, 7, 12])('from another leaf of %i leads where a tree with that leaf does', (count) => {
    const txids = leaves(count);
    const other = 'ff'.repeat(32);
    txids.forEach((txid, index) => {
      const good = climb(txid, merkleProof(txids, index));
      const bad = climbFrom(other, good);
      bad.forEach(({ parent }, level) => expect(parent).not.toBe(good[level]!.parent));
      expect(topOf(other, bad)).toBe(merkleRoot(txids.with(index, other)).root);
    });
  });
});

test('a spoiled copy differs in one byte, and so has another txid', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (amount) => {
      const tx = paying(amount);
      const copy = spoiledCopy(tx);
      const bytes = identityBytes(tx);
      const differing = identityBytes(copy.tx).filter((byte, index) => byte !== bytes[index]);
      expect(differing).toHaveLength(1);
      expect(copy.before).toBe(amount);
      expect(copy.tx.outputs[0]!.amount).toBe(copy.after);
      expect(txidOf(copy.tx)).not.toBe(txidOf(tx));
    }),
  );
});
