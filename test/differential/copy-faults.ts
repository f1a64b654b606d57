/**
 * Copies of a block that are spoiled where its hash does not look: signatures, keys, a repeated node of the merkle tree, other
 * transactions altogether. The hash stays good, and the good block must still be taken after them.
 */
import type { Block, Transaction, TransactionInput } from '../../src/consensus/index.ts';
import { withHighS } from '../support/keys.ts';
import { OWNERS, PARAMS, sign } from './draft.ts';

type Copy = (transactions: readonly Transaction[], at: number) => readonly Transaction[] | undefined;

/** Changes a random input of a random payment. */
const inInput =
  (change: (input: TransactionInput) => Partial<TransactionInput> | undefined): Copy =>
  (transactions, at) => {
    const place = 1 + (at % Math.max(1, transactions.length - 1));
    const tx = transactions[place];
    const input = tx?.inputs[at % tx.inputs.length];
    const changed = input === undefined || input.signature.length === 0 ? undefined : change(input);
    if (tx === undefined || input === undefined || changed === undefined) return undefined;
    const inputs = tx.inputs.map((other) => (other === input ? { ...input, ...changed } : other));
    return transactions.with(place, { ...tx, inputs });
  };

const COPIES = {
  'a transaction left out': (all, at) => (all.length < 2 ? undefined : all.toSpliced(at % all.length, 1)),
  'its transactions in another order': (all) => (all.length < 2 ? undefined : [...all].reverse()),
  'its last transaction twice': (all) => [...all, ...all.slice(-1)],
  'its last two transactions twice': (all) => (all.length < 2 ? undefined : [...all, ...all.slice(-2)]),
  'no transactions': () => [],
  'too many bytes': (all) => {
    const [first, ...rest] = all;
    const [input] = first?.inputs ?? [];
    if (first === undefined || input === undefined) return undefined;
    return [
      { ...first, inputs: [{ ...input, signature: new Uint8Array(PARAMS.maxBlockSizeBytes) }] },
      ...rest,
    ];
  },
  'a signed coinbase': ([first, ...rest]) => {
    const [input] = first?.inputs ?? [];
    if (first === undefined || input === undefined) return undefined;
    return [{ ...first, inputs: [{ ...input, signature: Uint8Array.of(0x51) }] }, ...rest];
  },
  'no signature': inInput(() => ({ signature: new Uint8Array() })),
  'a signature and a byte': inInput(({ signature }) => ({ signature: Uint8Array.of(...signature, 1) })),
  'a signature cut short': inInput(({ signature }) => ({ signature: signature.slice(0, -1) })),
  'a high S': inInput(({ signature }) => ({ signature: withHighS(signature) })),
  'a signature of something else': inInput((input) => {
    const owner = OWNERS.find(({ pubkey }) => pubkey.every((byte, index) => byte === input.pubkey[index]));
    return owner === undefined ? undefined : { signature: sign(new Uint8Array(32).fill(7), owner) };
  }),
  'a flipped bit': inInput(({ signature }) => ({
    signature: signature.map((byte, index) => (index === 40 ? byte ^ 4 : byte)),
  })),
  'the key of somebody else': inInput(({ pubkey }) => ({
    pubkey: OWNERS.find((other) => other.pubkey.some((byte, index) => byte !== pubkey[index]))!.pubkey,
  })),
  'no key': inInput(() => ({ pubkey: new Uint8Array() })),
} as const satisfies Record<string, Copy>;

export type CopyFault = keyof typeof COPIES;
export const COPY_FAULTS = Object.keys(COPIES) as CopyFault[];

/** A copy with this fault at a place; undefined where the block has nothing to spoil. */
export function spoiledCopy(block: Block, kind: CopyFault, at: number): Block | undefined {
  const transactions = COPIES[kind](block.transactions, at);
  return transactions === undefined ? undefined : { header: block.header, transactions };
}
