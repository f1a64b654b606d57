/** A transaction as it is typed into a form, read into one that can be hashed and signed. */
import { bytesToHex } from '../../../src/consensus/bytes.ts';
import type { Address, Txid } from '../../../src/consensus/hash.ts';
import type { Transaction } from '../../../src/consensus/transaction.ts';
import { type Mistake, readHex, type Reading, readNumber } from './readings.ts';

export interface Draft {
  readonly inputs: readonly { readonly txid: string; readonly index: string }[];
  readonly outputs: readonly { readonly address: string; readonly amount: string }[];
  readonly locktime: string;
}

/** More of each do not fit a form that one can look at. */
export const MOST_ENTRIES = 10;

/** What is wrong, by the name of its field: `inputs.0.txid`. */
export type Mistakes = ReadonlyMap<string, Mistake>;

const MOST_UINT32 = 0xffffffffn;

export function transactionOf(draft: Draft): {
  readonly transaction: Transaction | undefined;
  readonly mistakes: Mistakes;
} {
  const mistakes = new Map<string, Mistake>();
  function take<T>(name: string, reading: Reading<T>, otherwise: T): T {
    if ('value' in reading) return reading.value;
    mistakes.set(name, reading.mistake);
    return otherwise;
  }
  const hex = (name: string, text: string, length: number): string =>
    bytesToHex(take(name, readHex(text, length), new Uint8Array()));
  const number = (name: string, text: string, most: bigint): number =>
    Number(take(name, readNumber(text, 0n, most), 0n));

  const transaction: Transaction = {
    version: 1,
    inputs: draft.inputs.map(({ txid, index }, i) => ({
      prevTxid: hex(`inputs.${i}.txid`, txid, 32) as Txid,
      prevIndex: number(`inputs.${i}.index`, index, MOST_UINT32),
      signature: new Uint8Array(),
      pubkey: new Uint8Array(),
    })),
    outputs: draft.outputs.map(({ address, amount }, i) => ({
      amount: number(`outputs.${i}.amount`, amount, BigInt(Number.MAX_SAFE_INTEGER)),
      pubkeyHash: hex(`outputs.${i}.address`, address, 20) as Address,
    })),
    locktime: number('locktime', draft.locktime, MOST_UINT32),
  };
  return { transaction: mistakes.size === 0 ? transaction : undefined, mistakes };
}
