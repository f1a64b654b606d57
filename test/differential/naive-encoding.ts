/**
 * Bytes and hashes once more, in the plainest way: `node:crypto` and `Buffer`, nothing remembered, nothing shared with
 * `src/consensus` but types. See docs/protocol.md, 1 to 4.
 */
import { createHash } from 'node:crypto';
import type { Block, BlockHeader, Transaction } from '../../src/consensus/index.ts';

export const NOTHING = '00'.repeat(32);

export function sha256d(bytes: Uint8Array): Buffer {
  const once = createHash('sha256').update(bytes).digest();
  return createHash('sha256').update(once).digest();
}

/** Who may spend what is paid to this key. */
export function addressOf(pubkey: Uint8Array): string {
  const once = createHash('sha256').update(pubkey).digest();
  return createHash('ripemd160').update(once).digest('hex');
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return bytes;
}

function varint(value: number): Buffer {
  if (value < 0xfd) return Buffer.from([value]);
  if (value <= 0xffff) return Buffer.from([0xfd, value & 0xff, value >> 8]);
  return Buffer.concat([Buffer.from([0xfe]), uint32(value)]);
}

/** @param signing input and owner of its coin: then it is what the signature of that input signs */
function identity(tx: Transaction, signing?: { readonly input: number; readonly owner: string }): Buffer {
  return Buffer.concat([
    int32(tx.version),
    varint(tx.inputs.length),
    ...tx.inputs.flatMap(({ prevTxid, prevIndex }, index) => [
      Buffer.from(prevTxid, 'hex'),
      uint32(prevIndex),
      Buffer.from(signing?.input === index ? signing.owner : '', 'hex'),
    ]),
    varint(tx.outputs.length),
    ...tx.outputs.flatMap(({ amount, pubkeyHash }) => [int64(amount), Buffer.from(pubkeyHash, 'hex')]),
    uint32(tx.locktime),
  ]);
}

export function txidOf(tx: Transaction): string {
  return sha256d(identity(tx)).toString('hex');
}

export function digestToSign(tx: Transaction, input: number, owner: string): Buffer {
  return sha256d(identity(tx, { input, owner }));
}

export function fullBytes(tx: Transaction): Buffer {
  return Buffer.concat([
    int32(tx.version),
    varint(tx.inputs.length),
    ...tx.inputs.flatMap(({ prevTxid, prevIndex, signature, pubkey }) => [
      Buffer.from(prevTxid, 'hex'),
      uint32(prevIndex),
      varint(signature.length),
      signature,
      varint(pubkey.length),
      pubkey,
    ]),
    varint(tx.outputs.length),
    ...tx.outputs.flatMap(({ amount, pubkeyHash }) => [int64(amount), Buffer.from(pubkeyHash, 'hex')]),
    uint32(tx.locktime),
  ]);
}

export function headerBytes(header: BlockHeader): Buffer {
  return Buffer.concat([
    int32(header.version),
    Buffer.from(header.prevHash, 'hex'),
    Buffer.from(header.merkleRoot, 'hex'),
    uint32(header.timestamp),
    Buffer.from(header.target.toString(16).padStart(64, '0'), 'hex'),
    uint32(header.nonce),
  ]);
}

export function hashOf(header: BlockHeader): string {
  return sha256d(headerBytes(header)).toString('hex');
}

export function blockBytes({ header, transactions }: Block): Buffer {
  return Buffer.concat([headerBytes(header), varint(transactions.length), ...transactions.map(fullBytes)]);
}

/** The root over txids, level by level; and whether two equal nodes stood side by side. */
export function merkleOf(txids: readonly string[]): { readonly root: string; readonly hasTwins: boolean } {
  let level = [...txids];
  let hasTwins = false;
  while (level.length > 1) {
    const above: string[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const left = level[at]!;
      const right = level[at + 1];
      if (left === right) hasTwins = true;
      above.push(sha256d(Buffer.from(left + (right ?? left), 'hex')).toString('hex'));
    }
    level = above;
  }
  return { root: level[0] ?? NOTHING, hasTwins };
}
