/**
 * The public vectors, part one: keys, hashes, encodings, signatures, trees and numbers. (Blocks: vectors-blocks.test.ts)
 */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { describe, expect, test } from 'vitest';
import {
  type Address,
  addressOfPubkey,
  adjustTarget,
  blockHashOf,
  ByteReader,
  ByteWriter,
  bytesToHex,
  checkSignatureEncoding,
  decodeHeader,
  DEFAULT_PARAMS,
  encodeHeader,
  expectedTarget,
  hash160,
  headerFromJson,
  type HeaderJson,
  headerToJson,
  hashMeetsTarget,
  hexToBytes,
  identityBytes,
  isCompressedPubkeyForm,
  merkleProof,
  merkleRoot,
  type MerkleStep,
  parseTarget,
  sha256,
  sha256d,
  sighash,
  sighashPreimage,
  type Target,
  targetToJson,
  type TimedBlock,
  type Transaction,
  transactionFromJson,
  type TransactionJson,
  transactionToJson,
  txidOf,
  verifyMerkleProof,
  workOfTarget,
} from '../src/consensus/index.ts';
import { verifySignature } from './support/keys.ts';
import { readVectors } from './support/vector-files.ts';

/** The value of a verdict that must be a success. */
function must<T>(verdict: { ok: true; value: T } | { ok: false; reason: string; detail: string }): T {
  if (!verdict.ok) throw new Error(`${verdict.reason}: ${verdict.detail}`);
  return verdict.value;
}

function target(text: string): Target {
  const parsed = parseTarget(text);
  if (parsed === undefined) throw new Error(`no target: ${text}`);
  return parsed;
}

test('keys: private → public → address, and numbers that are no keys', () => {
  const { valid, invalid } = readVectors<{
    valid: { private_key: string; public_key: string; address: string }[];
    invalid: { private_key: string }[];
  }>('keys');
  for (const { private_key, public_key, address } of valid) {
    const pubkey = secp256k1.getPublicKey(hexToBytes(private_key), true);
    expect(bytesToHex(pubkey)).toBe(public_key);
    expect(addressOfPubkey(pubkey)).toBe(address);
  }
  for (const { private_key } of invalid) {
    expect(secp256k1.utils.isValidSecretKey(hexToBytes(private_key)), private_key).toBe(false);
  }
});

test('hashes', () => {
  const cases = readVectors<{ data: string; sha256: string; sha256d: string; hash160: string }[]>('hashes');
  for (const { data, ...hashes } of cases) {
    const bytes = hexToBytes(data);
    expect({
      sha256: bytesToHex(sha256(bytes)),
      sha256d: bytesToHex(sha256d(bytes)),
      hash160: bytesToHex(hash160(bytes)),
    }).toEqual(hashes);
  }
});

describe('integers', () => {
  type Case = { value: string; hex: string };
  const integers = readVectors<Record<'varint' | 'int32' | 'uint32' | 'int64', Case[]>>('integers');

  test.each(['varint', 'int32', 'uint32', 'int64'] as const)('%s, there and back', (kind) => {
    for (const { value, hex } of integers[kind]) {
      const wide = kind === 'varint' || kind === 'int64';
      const writer = new ByteWriter();
      if (wide) writer[kind](BigInt(value));
      else writer[kind](Number(value));
      expect(bytesToHex(writer.finish())).toBe(hex);
      const reader = new ByteReader(hexToBytes(hex));
      expect(String(reader[kind]())).toBe(value);
      expect(reader.remaining).toBe(0);
    }
  });
});

/**
 * Reads a transaction whose amounts may go up to 2^63 − 1. More than MAX_MONEY cannot exist, and more than 2^53 does not fit
 * a JavaScript number: the real reader must refuse it. That its bytes are right is shown with bigints put in by force.
 */
function readAnyAmount(json: TransactionJson): Transaction {
  const tooLarge = json.outputs.some(({ amount }) => amount > Number.MAX_SAFE_INTEGER);
  if (!tooLarge) return must(transactionFromJson(json));
  expect(transactionFromJson(json)).toMatchObject({ ok: false, reason: 'bad-txns-vout-toolarge' });
  const { txid: _, ...rest } = json;
  const tx = must(
    transactionFromJson({ ...rest, outputs: json.outputs.map((out) => ({ ...out, amount: 0 })) }),
  );
  return { ...tx, outputs: tx.outputs.map((out, i) => ({ ...out, amount: json.outputs[i]!.amount })) };
}

test('txids: the bytes that are hashed, and their hash', () => {
  const cases =
    readVectors<{ note: string; tx: TransactionJson; serialized: string; txid: string }[]>('txids');
  for (const { note, tx: json, serialized, txid } of cases) {
    const tx = readAnyAmount(json);
    expect(bytesToHex(identityBytes(tx)), note).toBe(serialized);
    expect(txidOf(tx), note).toBe(txid);
    expect(transactionToJson(tx), note).toEqual({ ...json, txid });
  }
});

test('sighash: preimage and digest of every input', () => {
  type Case = {
    tx: TransactionJson;
    inputs: { index: number; utxo_pubkey_hash: Address; preimage: string; digest: string }[];
  };
  for (const { tx: json, inputs } of readVectors<Case[]>('sighash')) {
    const tx = readAnyAmount(json);
    for (const { index, utxo_pubkey_hash, preimage, digest } of inputs) {
      expect(bytesToHex(sighashPreimage(tx, index, utxo_pubkey_hash))).toBe(preimage);
      expect(bytesToHex(sighash(tx, index, utxo_pubkey_hash))).toBe(digest);
    }
  }
});

test('signatures: our cheap checks and the curve agree with the vectors', () => {
  type Case = {
    case: string;
    digest: string;
    signature: string;
    pubkey: string;
    pubkey_hash: string;
    valid: boolean;
    questionable?: boolean;
  };
  for (const vector of readVectors<Case[]>('signatures')) {
    const pubkey = hexToBytes(vector.pubkey);
    const encoding = checkSignatureEncoding(hexToBytes(vector.signature));
    const valid =
      addressOfPubkey(pubkey) === vector.pubkey_hash &&
      isCompressedPubkeyForm(pubkey) &&
      encoding.ok &&
      verifySignature({ digest: hexToBytes(vector.digest), compactSignature: encoding.value, pubkey });
    // PROTOCOL 8: keys that are not 33 bytes compressed are invalid, whatever the original says.
    const expected = vector.valid && vector.questionable !== true;
    expect(valid, `${vector.case}: ${vector.signature}`).toBe(expected);
  }
});

describe('merkle', () => {
  const merkle = readVectors<{
    trees: { leaves: string[]; root: string; proofs: { index: number; proof: MerkleStep[] }[] }[];
    bad_proofs: { why: string; leaf: string; root: string; proof: MerkleStep[]; valid: boolean }[];
    same_root: { a: string[]; b: string[]; root: string }[];
  }>('merkle');

  test('roots and proofs', () => {
    for (const { leaves, root, proofs } of merkle.trees) {
      expect(merkleRoot(leaves)).toEqual({ root, mutated: false });
      for (const { index, proof } of proofs) {
        expect(merkleProof(leaves, index)).toEqual(proof);
        expect(verifyMerkleProof(leaves[index]!, proof, root)).toBe(true);
      }
    }
  });

  test('bad proofs', () => {
    for (const { why, leaf, root, proof, valid } of merkle.bad_proofs) {
      expect(verifyMerkleProof(leaf, proof, root), why).toBe(valid);
    }
  });

  test('two lists with one root: the doubled one is told as mutated (CVE-2012-2459)', () => {
    for (const { a, b, root } of merkle.same_root) {
      expect(merkleRoot(a)).toEqual({ root, mutated: false });
      expect(merkleRoot(b)).toEqual({ root, mutated: true });
    }
  });
});

test('headers: 108 bytes, hash, proof of work', () => {
  const cases =
    readVectors<{ header: HeaderJson; serialized: string; hash: string; pow_valid: boolean }[]>('headers');
  for (const { header: json, serialized, hash, pow_valid } of cases) {
    const header = must(headerFromJson(json));
    expect(bytesToHex(encodeHeader(header))).toBe(serialized);
    expect(decodeHeader(hexToBytes(serialized))).toEqual({ ok: true, value: header });
    expect(blockHashOf(header)).toBe(hash);
    expect(hashMeetsTarget(hash, header.target)).toBe(pow_valid);
    expect(headerToJson(header)).toEqual(json);
  }
});

describe('proof of work', () => {
  const pow = readVectors<{
    compare: { hash: string; target: string; valid: boolean }[];
    work: { target: string; work: string }[];
    adjust: { current_target: string; actual: number; expected: number; exact: string; clamp: string }[];
    next_target: { height: number; current_target: string; timestamps: number[]; exact: string }[];
  }>('pow');

  test('hash against target', () => {
    for (const { hash, target: text, valid } of pow.compare) {
      expect(hashMeetsTarget(hash, target(text)), `${hash} ${text}`).toBe(valid);
    }
  });

  test('work of a target', () => {
    for (const { target: text, work } of pow.work) expect(String(workOfTarget(target(text)))).toBe(work);
  });

  test('one step of the adjustment', () => {
    for (const { current_target, actual, expected, exact } of pow.adjust) {
      expect(
        targetToJson(adjustTarget(target(current_target), actual, expected)),
        `${current_target} ${actual}`,
      ).toBe(exact);
    }
  });

  test('the next target out of a chain', () => {
    for (const { height, current_target, timestamps, exact } of pow.next_target) {
      // The vectors name the timestamps of the latest blocks only. A chain of real blocks always has its ten before a
      // retarget; where the vectors have fewer, the original leaves the target alone, which no real chain can show.
      const complete = timestamps.length >= DEFAULT_PARAMS.retargetInterval;
      if (!complete && (height + 1) % DEFAULT_PARAMS.retargetInterval === 0) {
        expect(exact).toBe(current_target);
        continue;
      }
      let parent: TimedBlock | null = null;
      for (const [i, timestamp] of timestamps.entries()) {
        parent = {
          height: height - timestamps.length + 1 + i,
          timestamp,
          target: target(current_target),
          parent,
        };
      }
      expect(targetToJson(expectedTarget(parent, DEFAULT_PARAMS)), `height ${height}`).toBe(exact);
    }
  });
});
