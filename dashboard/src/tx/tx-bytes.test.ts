import { describe, expect, test } from 'vitest';
import {
  type Address,
  bytesToHex,
  encodeTransaction,
  sighash,
  sighashPreimage,
  type Transaction,
} from '../../../src/consensus/index.ts';
import { verifySignature } from '../../../src/wallet/index.ts';
import { ChainBuilder, key, spend } from '../../../test/support/chain-builder.ts';
import { withHighS } from '../../../test/support/keys.ts';
import { spoiledCopy } from '../parts/spoiled-copy.ts';
import { checkSignature } from './signature-check.ts';
import { fullBytes, signedBytes, type TxBytes } from './tx-fields.ts';

const alice = key('alice');
const bob = key('bob');
const chain = new ChainBuilder({ miner: alice }).extend(2);
const payment: Transaction = spend({
  coins: chain.coins(alice),
  owner: alice,
  outputs: [
    { amount: 120_00000000, pubkeyHash: bob.address },
    { amount: 29_99990000, pubkeyHash: alice.address },
  ],
});

function expectCovered({ hex, fields }: TxBytes): void {
  expect(fields.map(({ bytes }) => bytes).join('')).toBe(hex);
  let next = 0;
  for (const { offset, length, tone } of fields) {
    expect(offset).toBe(next);
    expect(tone).toBeDefined();
    next += length;
  }
}

describe('the bytes of a transaction', () => {
  test('every byte has its field, and each field knows its input or output', () => {
    const bytes = fullBytes(payment);
    expect(bytes.hex).toBe(bytesToHex(encodeTransaction(payment)));
    expectCovered(bytes);
    expect(bytes.fields.map(({ kind, index }) => `${kind}${index ?? ''}`)).toEqual([
      ...['version', 'inputs'],
      ...[0, 1, 2].flatMap((i) =>
        ['prev_txid', 'prev_index', 'signature length', 'signature', 'pubkey length', 'pubkey'].map(
          (kind) => `${kind}${i}`,
        ),
      ),
      ...['outputs', 'amount0', 'pubkey_hash0', 'amount1', 'pubkey_hash1', 'locktime'],
    ]);
  });

  test('a coinbase has no signatures', () => {
    const bytes = fullBytes(chain.last.block.transactions[0]!);
    expectCovered(bytes);
    expect(bytes.fields.some(({ kind }) => kind === 'signature' || kind === 'pubkey')).toBe(false);
  });

  test('what an input signs is what the rules hash, the owner after its outpoint', () => {
    payment.inputs.forEach((_, index) => {
      const bytes = signedBytes(payment, index, alice.address);
      expect(bytes.hex).toBe(bytesToHex(sighashPreimage(payment, index, alice.address)));
      expectCovered(bytes);
      const kinds = bytes.fields.map(({ kind, index: of }) => `${kind}${of ?? ''}`);
      expect(kinds.indexOf(`owner${index}`)).toBe(kinds.indexOf(`prev_index${index}`) + 1);
      expect(kinds.filter((kind) => kind.startsWith('owner'))).toHaveLength(1);
    });
  });
});

describe('the check of a signature', () => {
  const input = payment.inputs[1]!;
  const { hex } = signedBytes(payment, 1, alice.address);

  test('a good one', () => {
    const checked = checkSignature(hex, input, alice.address, verifySignature);
    expect(checked).toMatchObject({ keyAddress: alice.address, isOwner: true, isValid: true });
    expect(checked.digest).toBe(bytesToHex(sighash(payment, 1, alice.address)));
    expect(checked.numbers?.r).toMatch(/^[0-9a-f]{64}$/);
  });

  test('one byte of the transaction changed: another digest, not valid', () => {
    const changed = signedBytes(spoiledCopy(payment).tx, 1, alice.address);
    expect(changed.hex).toHaveLength(hex.length);
    const checked = checkSignature(changed.hex, input, alice.address, verifySignature);
    expect(checked).toMatchObject({ isOwner: true, isValid: false });
    expect(checked.digest).not.toBe(bytesToHex(sighash(payment, 1, alice.address)));
  });

  test('of somebody else, of another input, with a high S, or none at all', () => {
    const valid = (signed: string, other = input, owner: Address = alice.address): boolean =>
      checkSignature(signed, other, owner, verifySignature).isValid;
    expect(valid(signedBytes(payment, 1, bob.address).hex, input, bob.address)).toBe(false);
    expect(valid(hex, payment.inputs[0])).toBe(false);
    expect(valid(hex, { ...input, signature: withHighS(input.signature) })).toBe(false);
    expect(valid(hex, { ...input, signature: new Uint8Array() })).toBe(false);
  });
});
