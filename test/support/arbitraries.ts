/**
 * Random transactions, headers and blocks for fast-check: well-formed, not valid. And ways to spoil bytes.
 */
import fc from 'fast-check';
import {
  type Address,
  type Block,
  type BlockHash,
  type BlockHeader,
  bytesToHex,
  MAX_TARGET,
  type Target,
  type Transaction,
  type TransactionInput,
  type TransactionOutput,
  type Txid,
} from '../../src/consensus/index.ts';

const hexOf = (bytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map(bytesToHex);

export const anyHash: fc.Arbitrary<string> = hexOf(32);
export const anyUint32: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff),
);
export const anyInt32: fc.Arbitrary<number> = fc.integer({ min: -0x80000000, max: 0x7fffffff });
export const anyTarget: fc.Arbitrary<Target> = fc
  .bigInt({ min: 0n, max: MAX_TARGET })
  .map((target) => target as Target);

/** Where signature or key would be: mostly of their length, sometimes long enough for a longer varint. */
const anyBlob = fc.oneof(
  fc.uint8Array({ maxLength: 73 }),
  fc.constantFrom(252, 253, 300).map((length) => new Uint8Array(length).fill(7)),
);

const anyInput: fc.Arbitrary<TransactionInput> = fc.record({
  prevTxid: anyHash.map((hash) => hash as Txid),
  prevIndex: anyUint32,
  signature: anyBlob,
  pubkey: anyBlob,
});

const anyOutput: fc.Arbitrary<TransactionOutput> = fc.record({
  amount: fc.maxSafeNat(),
  pubkeyHash: hexOf(20).map((hash) => hash as Address),
});

export const anyTransaction: fc.Arbitrary<Transaction> = fc.record({
  version: anyInt32,
  inputs: fc.array(anyInput, { maxLength: 4 }),
  outputs: fc.array(anyOutput, { maxLength: 4 }),
  locktime: anyUint32,
});

export const anyHeader: fc.Arbitrary<BlockHeader> = fc.record({
  version: anyInt32,
  prevHash: anyHash.map((hash) => hash as BlockHash),
  merkleRoot: anyHash,
  timestamp: anyUint32,
  target: anyTarget,
  nonce: anyUint32,
});

export const anyBlock: fc.Arbitrary<Block> = fc.record({
  header: anyHeader,
  transactions: fc.array(anyTransaction, { maxLength: 4 }),
});

/** Small damage to a byte string: flipped, cut, doubled or inserted bytes. */
export function damaged(bytes: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const damage = fc.record({
    kind: fc.constantFrom('flip', 'set', 'cut', 'insert', 'append'),
    where: fc.nat(),
    value: fc.integer({ min: 0, max: 255 }),
  });
  return fc.tuple(bytes, fc.array(damage, { minLength: 1, maxLength: 3 })).map(([whole, all]) => {
    const result = [...whole];
    for (const { kind, where, value } of all) {
      const at = result.length === 0 ? 0 : where % result.length;
      if (kind === 'flip') result[at] = (result[at] ?? 0) ^ (1 << (value & 7));
      else if (kind === 'set') result[at] = value;
      else if (kind === 'cut') result.length = at;
      else if (kind === 'insert') result.splice(at, 0, value);
      else result.push(value);
    }
    return Uint8Array.from(result);
  });
}
