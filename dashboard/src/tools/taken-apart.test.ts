import { describe, expect, test } from 'vitest';
import {
  blockHashOf,
  blockToJson,
  bytesToHex,
  encodeBlock,
  encodeHeader,
  encodeTransaction,
  headerToJson,
  identityBytes,
  transactionToJson,
  txidOf,
} from '../../../src/consensus/index.ts';
import { verifySignature } from '../../../src/wallet/keys.ts';
import { ChainBuilder, EASY_PARAMS, grind, key, pay } from '../../../test/support/chain-builder.ts';
import { type NoSuchThing, type TakenApart, takeApart } from './taken-apart.ts';

const alice = key('alice');
const chain = new ChainBuilder({ miner: alice }).extend(1);
const payment = pay({ coins: chain.coins(alice), from: alice, to: key('bob'), amount: 7, fee: 1 });
chain.block('a2', { txs: [payment] });
const { block } = chain.at('a2');
const NOW_S = block.header.timestamp;

function read(text: string, nowS = NOW_S): TakenApart | NoSuchThing {
  const result = takeApart(text, EASY_PARAMS, nowS);
  if ('mistake' in result) throw new Error(result.mistake.name);
  return result.value;
}

function apart(text: string, nowS = NOW_S): TakenApart {
  const result = read(text, nowS);
  if ('tried' in result) throw new Error(JSON.stringify(result.tried));
  return result;
}

const reasons = (text: string, nowS = NOW_S): string[] =>
  apart(text, nowS).broken.map(({ reason }) => reason);

describe('taking apart', () => {
  test('a payment, from its bytes and from its JSON', () => {
    const hex = bytesToHex(encodeTransaction(payment));
    const taken = apart(hex);
    expect(taken).toMatchObject({ kind: 'transaction', broken: [], hex });
    expect(taken.hashes[0]).toEqual(['txid', txidOf(payment)]);
    expect(taken.fields.map(({ bytes }) => bytes).join('')).toBe(hex);
    expect(taken.signatures.map(verifySignature)).toEqual([true, true].slice(0, payment.inputs.length));
    expect(apart(JSON.stringify(transactionToJson(payment)))).toEqual(taken);
  });

  test('the bytes that a txid is the hash of', () => {
    const taken = apart(bytesToHex(identityBytes(payment)));
    expect(taken).toMatchObject({ kind: 'identity', broken: [], signatures: [] });
    expect(taken.hashes).toEqual([['txid', txidOf(payment)]]);
  });

  test('a header and a block', () => {
    expect(apart(bytesToHex(encodeHeader(block.header)))).toMatchObject({ kind: 'header', broken: [] });
    expect(apart(JSON.stringify(headerToJson(block.header))).kind).toBe('header');
    const whole = apart(bytesToHex(encodeBlock(block)));
    expect(whole).toMatchObject({
      kind: 'block',
      broken: [],
      hashes: [['blockHash', blockHashOf(block.header)]],
    });
    expect(apart(JSON.stringify(blockToJson(block)))).toEqual(whole);
  });

  test('rules that it breaks', () => {
    const above = { ...block, header: grind(block.header, { avoid: true }) };
    expect(reasons(bytesToHex(encodeHeader(above.header)))).toEqual(['high-hash']);
    expect(reasons(bytesToHex(encodeHeader(block.header)), NOW_S - 8_000)).toEqual(['time-too-new']);
    const [reward] = block.transactions;
    const less = { header: block.header, transactions: [reward!] };
    expect(reasons(bytesToHex(encodeBlock(less)))).toEqual(['bad-txnmrklroot']);
    const twice = { ...payment, inputs: [...payment.inputs, ...payment.inputs] };
    expect(reasons(bytesToHex(encodeTransaction(twice)))).toEqual(['bad-txns-inputs-duplicate']);
    const unsigned = {
      ...payment,
      inputs: payment.inputs.map((input) => ({ ...input, signature: new Uint8Array() })),
    };
    expect(reasons(bytesToHex(encodeTransaction(unsigned)))).toEqual(['bad-signature-encoding']);
  });

  test('what is none of it says what was tried', () => {
    expect(read('00'.repeat(20))).toMatchObject({ tried: [{ kind: 'transaction' }, {}, { kind: 'block' }] });
    expect(read('{')).toMatchObject({ tried: [{ kind: 'JSON' }] });
    expect(read('{"inputs":[]}')).toMatchObject({ tried: [{ kind: 'transaction' }] });
    expect(takeApart('0x0', EASY_PARAMS, NOW_S)).toMatchObject({ mistake: { name: 'oddDigits' } });
    expect(takeApart(' ', EASY_PARAMS, NOW_S)).toEqual({ mistake: { name: 'empty' } });
  });
});
