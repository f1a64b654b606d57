import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyTransaction, damaged } from '../../test/support/arbitraries.ts';
import { bytesToHex, concatBytes, hexToBytes } from './bytes.ts';
import { type Address, NO_TXID, type Txid } from './hash.ts';
import {
  decodeTransaction,
  encodeTransaction,
  identityBytes,
  isCoinbase,
  NULL_INDEX,
  type Transaction,
  transactionSize,
  txidOf,
  wtxidOf,
} from './transaction.ts';

const payment: Transaction = {
  version: 1,
  inputs: [
    {
      prevTxid: 'aa'.repeat(32) as Txid,
      prevIndex: 2,
      signature: Uint8Array.of(0x30, 0x31),
      pubkey: Uint8Array.of(0x02),
    },
  ],
  outputs: [{ amount: 5_000_000_000, pubkeyHash: 'bb'.repeat(20) as Address }],
  locktime: 7,
};

describe('the two encodings', () => {
  //  version  #in  prev_txid           index    [sig | key]        #out  amount           pubkey_hash         locktime
  const start = `0100000001${'aa'.repeat(32)}02000000`;
  const end = `0100f2052a01000000${'bb'.repeat(20)}07000000`;

  it('identity bytes leave out signature and key', () => {
    expect(bytesToHex(identityBytes(payment))).toBe(start + end);
  });

  it('full bytes have them, each with its length, after the outpoint', () => {
    expect(bytesToHex(encodeTransaction(payment))).toBe(`${start}0230310102${end}`);
    expect(transactionSize(payment)).toBe(encodeTransaction(payment).length);
  });

  it('so another signature is another wtxid, but the same txid', () => {
    const resigned = {
      ...payment,
      inputs: payment.inputs.map((input) => ({ ...input, signature: Uint8Array.of(1) })),
    };
    expect(txidOf(resigned)).toBe(txidOf(payment));
    expect(wtxidOf(resigned)).not.toBe(wtxidOf(payment));
  });
});

describe('decoding', () => {
  it('gives back what was encoded, and the size is known beforehand', () => {
    fc.assert(
      fc.property(anyTransaction, (tx) => {
        const bytes = encodeTransaction(tx);
        expect(bytes).toHaveLength(transactionSize(tx));
        expect(decodeTransaction(bytes)).toEqual({ ok: true, value: tx });
      }),
    );
  });

  it('has one encoding for each transaction: whatever decodes, encodes to the same bytes', () => {
    fc.assert(
      fc.property(damaged(anyTransaction.map(encodeTransaction)), (bytes) => {
        const decoded = decodeTransaction(bytes);
        if (decoded.ok) expect(encodeTransaction(decoded.value)).toEqual(bytes);
        else
          expect(['malformed-encoding', 'bad-txns-vout-toolarge', 'bad-txns-vout-negative']).toContain(
            decoded.reason,
          );
      }),
      { numRuns: 300 },
    );
  });

  it('never throws on noise', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void decodeTransaction(bytes)));
  });

  it.each([
    ['ends too early', (bytes: Uint8Array) => bytes.slice(0, -1)],
    ['goes on too long', (bytes: Uint8Array) => concatBytes(bytes, Uint8Array.of(0))],
    ['is empty', () => new Uint8Array()],
  ])('refuses bytes when it %s', (_, spoil) => {
    const verdict = decodeTransaction(spoil(encodeTransaction(payment)));
    expect(verdict).toMatchObject({ ok: false, class: 'malformed', reason: 'malformed-encoding' });
  });

  it('refuses amounts that a number cannot hold, with the reason of the rule they break', () => {
    const withAmount = (hex: string): Uint8Array =>
      hexToBytes(bytesToHex(encodeTransaction(payment)).replace('00f2052a01000000', hex));
    expect(decodeTransaction(withAmount('ffffffffffffff7f'))).toMatchObject({
      reason: 'bad-txns-vout-toolarge',
    });
    expect(decodeTransaction(withAmount('0000000000000080'))).toMatchObject({
      reason: 'bad-txns-vout-negative',
    });
    // −1 can be held. It is read, so that the rule itself can refuse it.
    expect(decodeTransaction(withAmount('ffffffffffffffff'))).toMatchObject({ ok: true });
  });
});

describe('a coinbase', () => {
  const nullInput = {
    prevTxid: NO_TXID,
    prevIndex: NULL_INDEX,
    signature: new Uint8Array(),
    pubkey: new Uint8Array(),
  };

  it('has exactly one input, which points at nothing', () => {
    expect(isCoinbase({ ...payment, inputs: [nullInput] })).toBe(true);
    expect(isCoinbase({ ...payment, inputs: [nullInput, nullInput] })).toBe(false);
    expect(isCoinbase({ ...payment, inputs: [{ ...nullInput, prevIndex: 0 }] })).toBe(false);
    expect(isCoinbase({ ...payment, inputs: [{ ...nullInput, prevTxid: 'aa'.repeat(32) as Txid }] })).toBe(
      false,
    );
    expect(isCoinbase({ ...payment, inputs: [] })).toBe(false);
  });
});

it('cannot pass for an inner node of a merkle tree (CVE-2017-12842)', () => {
  // An inner node hashes 64 bytes. Were there a transaction with 64 identity bytes, a light client could be shown a node as
  // a transaction, or the other way round. 10 + 36 × inputs + 28 × outputs is never 64.
  const sizes = new Set<number>();
  for (let inputs = 0; inputs < 3; inputs++) {
    for (let outputs = 0; outputs < 4; outputs++) {
      const tx = {
        ...payment,
        inputs: new Array(inputs).fill(payment.inputs[0]),
        outputs: new Array(outputs).fill(payment.outputs[0]),
      };
      sizes.add(identityBytes(tx).length);
    }
  }
  expect([...sizes].sort((a, b) => a - b).slice(0, 6)).toEqual([10, 38, 46, 66, 74, 82]);
});
