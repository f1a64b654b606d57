import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyTransaction } from '../../test/support/arbitraries.ts';
import { bytesToHex } from './bytes.ts';
import { type Address, sha256d, type Txid } from './hash.ts';
import { sighash, sighashes, sighashPreimage } from './sighash.ts';
import { identityBytes, type Transaction } from './transaction.ts';

const owner = 'cc'.repeat(20) as Address;
const input = (byte: string) => ({
  prevTxid: byte.repeat(32) as Txid,
  prevIndex: 0,
  signature: new Uint8Array(),
  pubkey: new Uint8Array(),
});
const tx: Transaction = {
  version: 1,
  inputs: [input('aa'), input('bb')],
  outputs: [{ amount: 1, pubkeyHash: 'dd'.repeat(20) as Address }],
  locktime: 0,
};

describe('the preimage', () => {
  it('is the identity bytes with the owner of the spent coin after the outpoint being signed', () => {
    const identity = bytesToHex(identityBytes(tx));
    const afterFirst = 2 * (4 + 1 + 36);
    expect(bytesToHex(sighashPreimage(tx, 0, owner))).toBe(
      identity.slice(0, afterFirst) + owner + identity.slice(afterFirst),
    );
    const afterSecond = afterFirst + 2 * 36;
    expect(bytesToHex(sighashPreimage(tx, 1, owner))).toBe(
      identity.slice(0, afterSecond) + owner + identity.slice(afterSecond),
    );
  });

  it('differs from input to input, so no signature can be used twice', () => {
    expect(sighash(tx, 0, owner)).not.toEqual(sighash(tx, 1, owner));
  });

  it('covers everything but signatures: nothing can be changed, added or redirected after signing', () => {
    const before = bytesToHex(sighash(tx, 0, owner));
    const changed: Transaction[] = [
      { ...tx, version: 2 },
      { ...tx, locktime: 1 },
      { ...tx, inputs: tx.inputs.slice(0, 1) },
      { ...tx, outputs: [...tx.outputs, ...tx.outputs] },
      { ...tx, outputs: [{ amount: 2, pubkeyHash: tx.outputs[0]!.pubkeyHash }] },
      { ...tx, outputs: [{ amount: 1, pubkeyHash: owner }] },
    ];
    for (const other of changed) expect(bytesToHex(sighash(other, 0, owner))).not.toBe(before);
    const signed = { ...tx, inputs: tx.inputs.map((one) => ({ ...one, signature: Uint8Array.of(1) })) };
    expect(bytesToHex(sighash(signed, 0, owner))).toBe(before);
  });

  it('is hashed twice, one by one or all in order', () => {
    fc.assert(
      fc.property(anyTransaction, (any) => {
        const owners = any.inputs.map((_, index) => bytesToHex(Uint8Array.of(index)).repeat(20) as Address);
        const all = sighashes(any, owners);
        expect(all).toHaveLength(any.inputs.length);
        for (const [index, each] of owners.entries()) {
          expect(all[index]).toEqual(sighash(any, index, each));
          expect(sighash(any, index, each)).toEqual(sha256d(sighashPreimage(any, index, each)));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('does not exist for an input that does not exist', () => {
    expect(() => sighashes(tx, [owner])).toThrow(RangeError);
    expect(() => sighash(tx, 2, owner)).toThrow(RangeError);
    expect(() => sighash(tx, -1, owner)).toThrow(RangeError);
  });
});
