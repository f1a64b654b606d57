/**
 * The rules once more, written straight from docs/protocol.md, 7 to 11, without any of `src/consensus` but the names of the
 * reasons. Every function takes what it judges and the chain below it as plain lists, from genesis on.
 */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import type {
  Block,
  BlockHeader,
  ChainParams,
  FailureClass,
  Reason,
  Transaction,
} from '../../src/consensus/index.ts';
import {
  addressOf,
  blockBytes,
  digestToSign,
  fullBytes,
  hashOf,
  merkleOf,
  NOTHING,
  txidOf,
} from './naive-encoding.ts';

/** A refusal; undefined stands for "nothing is wrong". */
export interface Refusal {
  readonly reason: Reason;
  readonly class: FailureClass;
}

const wrong = (reason: Reason): Refusal => ({ reason, class: 'consensus' });
/** What another copy with the same hash may have right. */
const spoiled = (reason: Reason): Refusal => ({ reason, class: 'mutated' });

export interface NaiveCoin {
  readonly amount: number;
  readonly pubkeyHash: string;
  readonly height: number;
  readonly coinbase: boolean;
}

/** By `txid:index`. */
export type NaiveCoins = Map<string, NaiveCoin>;

const MAX_UINT32 = 0xffffffff;
const TWO_256 = 2n ** 256n;

// --- Headers -------------------------------------------------------------------------------------------------------

export function workOf(target: bigint): bigint {
  return TWO_256 / (target + 1n);
}

/** @param below all headers from genesis on */
export function medianTime(below: readonly BlockHeader[]): number {
  const times = below.slice(-11).map(({ timestamp }) => timestamp);
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] ?? 0;
}

export function targetAfter(below: readonly BlockHeader[], params: ChainParams): bigint {
  const last = below.at(-1);
  if (last === undefined) return params.defaultTarget;
  const interval = params.retargetInterval;
  if (interval === 0 || below.length % interval !== 0) return last.target;
  const first = below[below.length - interval]!;
  const took = BigInt(Math.max(1, last.timestamp - first.timestamp));
  const expected = BigInt((interval - 1) * params.targetBlockTimeS);
  let next = (last.target * took) / expected;
  if (took * 4n < expected) next = last.target / 4n;
  if (took > expected * 4n) next = last.target * 4n;
  if (next < 1n) return 1n;
  return next >= TWO_256 ? TWO_256 - 1n : next;
}

export function judgeHeader(
  header: BlockHeader,
  below: readonly BlockHeader[],
  params: ChainParams,
  nowS: number,
): Refusal | undefined {
  if (header.target !== targetAfter(below, params)) return wrong('bad-diffbits');
  if (BigInt(`0x${hashOf(header)}`) > header.target) return wrong('high-hash');
  const last = below.at(-1);
  if (last !== undefined) {
    if (header.timestamp <= medianTime(below)) return wrong('time-too-old');
    const startsInterval = params.retargetInterval > 0 && below.length % params.retargetInterval === 0;
    if (startsInterval && header.timestamp < last.timestamp - 600) return wrong('time-timewarp-attack');
  }
  if (header.timestamp > nowS + 7200) return { reason: 'time-too-new', class: 'time-future' };
  return undefined;
}

// --- Bodies --------------------------------------------------------------------------------------------------------

function isNull({ prevTxid, prevIndex }: Transaction['inputs'][number]): boolean {
  return prevTxid === NOTHING && prevIndex === MAX_UINT32;
}

function isCoinbase(tx: Transaction): boolean {
  return tx.inputs.length === 1 && isNull(tx.inputs[0]!);
}

function judgeAlone(tx: Transaction, params: ChainParams): Refusal | undefined {
  if (tx.inputs.length === 0) return wrong('bad-txns-vin-empty');
  if (tx.outputs.length === 0) return wrong('bad-txns-vout-empty');
  if (fullBytes(tx).length > params.maxBlockSizeBytes) return spoiled('bad-txns-oversize');
  let sum = 0n;
  for (const { amount } of tx.outputs) {
    if (amount < 0) return wrong('bad-txns-vout-negative');
    if (amount > params.maxMoney) return wrong('bad-txns-vout-toolarge');
    sum += BigInt(amount);
    if (sum > params.maxMoney) return wrong('bad-txns-txouttotal-toolarge');
  }
  const outpoints = tx.inputs.map(({ prevTxid, prevIndex }) => `${prevTxid}:${prevIndex}`);
  if (new Set(outpoints).size < outpoints.length) return wrong('bad-txns-inputs-duplicate');
  if (isCoinbase(tx)) {
    const { signature, pubkey } = tx.inputs[0]!;
    return signature.length + pubkey.length > 0 ? spoiled('bad-cb-length') : undefined;
  }
  return tx.inputs.some(isNull) ? wrong('bad-txns-prevout-null') : undefined;
}

export function judgeBody(block: Block, height: number, params: ChainParams): Refusal | undefined {
  const { header, transactions } = block;
  if (blockBytes(block).length > params.maxBlockSizeBytes) return spoiled('bad-blk-length');
  if (transactions.length === 0) return spoiled('bad-cb-missing');
  const { root, hasTwins } = merkleOf(transactions.map(txidOf));
  if (root !== header.merkleRoot) return spoiled('bad-txnmrklroot');
  if (hasTwins) return spoiled('bad-txns-duplicate');
  const [first, ...others] = transactions;
  if (!isCoinbase(first!)) return wrong('bad-cb-missing');
  if (others.some(isCoinbase)) return wrong('bad-cb-multiple');
  for (const tx of transactions) {
    const refusal = judgeAlone(tx, params);
    if (refusal !== undefined) return refusal;
  }
  return first!.locktime === height ? undefined : wrong('bad-cb-height');
}

// --- Blocks against the coins --------------------------------------------------------------------------------------

function subsidy(height: number, params: ChainParams): bigint {
  let reward = BigInt(params.blockReward);
  if (params.halvingInterval > 0)
    for (let at = params.halvingInterval; at <= height; at += params.halvingInterval) reward /= 2n;
  return reward;
}

/** BIP66 and BIP146. */
function judgeEncoding(signature: Uint8Array): Refusal | undefined {
  const numbers = readDer(Buffer.from(signature));
  if (numbers?.length !== 2) return spoiled('bad-signature-encoding');
  return numbers[1]! > secp256k1.Point.Fn.ORDER / 2n ? spoiled('bad-signature-high-s') : undefined;
}

/**
 * The numbers in a DER sequence, each in its shortest form and of at most 256 bits. (Noble reads DER, too, but refuses as
 * badly written what is only too large for the curve.)
 */
function readDer(der: Buffer): bigint[] | undefined {
  if (der.length < 8 || der.length > 72 || der[0] !== 0x30 || der[1] !== der.length - 2) return undefined;
  const numbers: bigint[] = [];
  for (let rest = der.subarray(2); rest.length > 0;) {
    const [tag, length = 0] = rest;
    const digits = rest.subarray(2, 2 + length);
    if (tag !== 0x02 || length === 0 || digits.length < length) return undefined;
    const hex = digits.toString('hex');
    // Neither negative nor with a zero that it does not need.
    if (/^[89a-f]/.test(hex) || /^00[0-7]/.test(hex)) return undefined;
    const value = BigInt(`0x${hex}`);
    if (value >= TWO_256) return undefined;
    numbers.push(value);
    rest = rest.subarray(2 + length);
  }
  return numbers;
}

// A signature in pure JavaScript costs milliseconds, and every block is judged many times.
const known = new Map<string, boolean>();

function holds(signature: Uint8Array, digest: Uint8Array, pubkey: Uint8Array): boolean {
  const name = [signature, digest, pubkey].map((bytes) => Buffer.from(bytes).toString('hex')).join();
  let answer = known.get(name);
  if (answer === undefined) {
    try {
      answer = secp256k1.verify(signature, digest, pubkey, { prehash: false, lowS: true, format: 'der' });
    } catch {
      answer = false;
    }
    known.set(name, answer);
  }
  return answer;
}

/** Judges a block that has passed the checks above, and does what it does to the coins if nothing is wrong with it. */
export function connect(
  block: Block,
  below: readonly BlockHeader[],
  coins: NaiveCoins,
  params: ChainParams,
): Refusal | undefined {
  const height = below.length;
  const median = medianTime(below);
  let fees = 0n;
  let forged: Refusal | undefined;
  for (const [position, tx] of block.transactions.entries()) {
    const txid = txidOf(tx);
    if (position > 0) {
      const { locktime } = tx;
      const reached = locktime < 500_000_000 ? height : median;
      if (locktime !== 0 && locktime !== MAX_UINT32 && locktime > reached) return wrong('bad-txns-nonfinal');
      let paidIn = 0n;
      for (const { prevTxid, prevIndex } of tx.inputs) {
        const coin = coins.get(`${prevTxid}:${prevIndex}`);
        if (coin === undefined) return wrong('bad-txns-inputs-missingorspent');
        const age = height - coin.height;
        if (coin.coinbase && (age < params.coinbaseMaturity || age < 1))
          return wrong('bad-txns-premature-spend-of-coinbase');
        paidIn += BigInt(coin.amount);
        if (paidIn > params.maxMoney) return wrong('bad-txns-inputvalues-outofrange');
      }
      const paidOut = tx.outputs.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
      if (paidOut > paidIn) return wrong('bad-txns-in-belowout');
      fees += paidIn - paidOut;
      if (fees > params.maxMoney) return wrong('bad-txns-accumulated-fee-outofrange');

      for (const [input, { prevTxid, prevIndex, signature, pubkey }] of tx.inputs.entries()) {
        const { pubkeyHash } = coins.get(`${prevTxid}:${prevIndex}`)!;
        if (addressOf(pubkey) !== pubkeyHash) return spoiled('pubkey-hash-mismatch');
        const refusal = judgeEncoding(signature);
        if (refusal !== undefined) return refusal;
        if (pubkey.length !== 33 || pubkey[0]! < 2 || pubkey[0]! > 3) return spoiled('bad-signature');
        // The curve comes last of all, after the amount of the coinbase.
        if (!holds(signature, digestToSign(tx, input, pubkeyHash), pubkey))
          forged ??= spoiled('bad-signature');
      }
      for (const { prevTxid, prevIndex } of tx.inputs) coins.delete(`${prevTxid}:${prevIndex}`);
    }
    for (const [index, { amount, pubkeyHash }] of tx.outputs.entries())
      coins.set(`${txid}:${index}`, { amount, pubkeyHash, height, coinbase: position === 0 });
  }
  const claimed = block.transactions[0]!.outputs.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  if (claimed > subsidy(height, params) + fees) return wrong('bad-cb-amount');
  return forged;
}
