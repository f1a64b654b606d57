/** What each field of a header or transaction means, in a few words that fit the value at hand. */
import {
  addressOfPubkey,
  LOCKTIME_DISABLED,
  LOCKTIME_THRESHOLD,
  NULL_INDEX,
  type Target,
  workOfTarget,
  ZERO_HASH,
} from '../consensus/index.ts';
import { coinsText, counted, powerOfTwoText, timeText } from './number-words.ts';

export const FIELD_MEANINGS = {
  headerVersion: () => 'version of the block format',
  prevHash: (hash: string) =>
    hash === ZERO_HASH
      ? 'no block before it: this is a genesis block'
      : 'hash of the block before: this makes the chain',
  merkleRoot: () => 'commits to every transaction of the block, through their txids',
  timestamp: (seconds: number) => timeText(seconds),
  target: (hex: string) => {
    const target = BigInt(`0x${hex}`) as Target;
    return `the hash may not exceed it; takes about ${powerOfTwoText(workOfTarget(target))} tries`;
  },
  nonce: () => 'the number that was tried until the hash fell below the target',

  transactionVersion: () => 'version of the transaction format',
  inputCount: (count: number) => counted(count, 'input follows', 'inputs follow'),
  prevTxid: (txid: string) =>
    txid === ZERO_HASH
      ? 'nothing is spent: new coins come into being (coinbase)'
      : 'transaction that created the spent coin',
  prevIndex: (index: number) =>
    index === NULL_INDEX ? 'the coinbase mark: there is no such output' : `its output number ${index}`,
  signature: (der: Uint8Array) => {
    const lengths = derLengths(der);
    return lengths === undefined
      ? 'ECDSA signature; this is not strict DER'
      : `ECDSA signature in DER: r has ${lengths.r} bytes, s has ${lengths.s}`;
  },
  pubkey: (pubkey: Uint8Array) => `public key of the spender; its hash160 is ${addressOfPubkey(pubkey)}`,
  outputCount: (count: number) => counted(count, 'new coin follows', 'new coins follow'),
  amount: (amount: bigint) =>
    amount < 0n || amount > BigInt(Number.MAX_SAFE_INTEGER)
      ? 'no amount that the rules allow'
      : coinsText(Number(amount)),
  pubkeyHash: () => 'address of whoever may spend it',
  locktime: (locktime: number, coinbase: boolean) => {
    if (coinbase) return `height of the block that this coinbase belongs to: ${locktime}`;
    if (locktime === 0 || locktime === LOCKTIME_DISABLED) return 'not locked: may be in any block';
    if (locktime < LOCKTIME_THRESHOLD) return `not before the block at height ${locktime}`;
    return `not before the median time reaches ${timeText(locktime)}`;
  },

  transactionCount: (count: number) => `${counted(count, 'transaction')}, the coinbase first`,
} as const;

/** Lengths of the two numbers in `30 len 02 len r 02 len s`. */
function derLengths(der: Uint8Array): { r: number; s: number } | undefined {
  const r = der[3];
  if (der[0] !== 0x30 || der[2] !== 0x02 || r === undefined || der[1] !== der.length - 2) return undefined;
  const s = der[5 + r];
  return der[4 + r] === 0x02 && s !== undefined && 6 + r + s === der.length ? { r, s } : undefined;
}
