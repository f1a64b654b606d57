import { describe, expect, test } from 'vitest';
import { bytesToHex, identityBytes, txidOf } from '../../../src/consensus/index.ts';
import vectorsText from '../../../test/vectors/txids.json?raw';
import { type Draft, transactionOf } from './draft.ts';

const DRAFT: Draft = {
  inputs: [{ txid: 'ab'.repeat(32), index: '1' }],
  outputs: [{ address: 'cd'.repeat(20), amount: '5000' }],
  locktime: '0',
};

describe('a transaction that is typed', () => {
  test('has the bytes and txids of the vectors', () => {
    interface Vector {
      tx: {
        version: number;
        inputs: { prev_txid: string; prev_index: number }[];
        outputs: { amount: number; pubkey_hash: string }[];
        locktime: number;
      };
      serialized: string;
      txid: string;
    }
    const fitting = (JSON.parse(vectorsText) as Vector[]).filter(
      ({ tx }) => tx.version === 1 && tx.outputs.every(({ amount }) => Number.isSafeInteger(amount)),
    );
    expect(fitting.length).toBeGreaterThan(3);
    for (const { tx, serialized, txid } of fitting) {
      const { transaction } = transactionOf({
        inputs: tx.inputs.map((input) => ({ txid: input.prev_txid, index: String(input.prev_index) })),
        outputs: tx.outputs.map((output) => ({ address: output.pubkey_hash, amount: String(output.amount) })),
        locktime: String(tx.locktime),
      });
      expect(transaction === undefined ? '' : bytesToHex(identityBytes(transaction))).toBe(serialized);
      expect(transaction === undefined ? '' : txidOf(transaction)).toBe(txid);
    }
  });

  test('every mistake is told with its field', () => {
    const { transaction, mistakes } = transactionOf({
      inputs: [...DRAFT.inputs, { txid: 'xy', index: '4294967296' }],
      outputs: [{ address: 'ab', amount: '1.5' }],
      locktime: '',
    });
    expect(transaction).toBeUndefined();
    expect(Object.fromEntries(mistakes)).toMatchObject({
      'inputs.1.txid': { name: 'hexDigit', at: 1 },
      'inputs.1.index': { name: 'range' },
      'outputs.0.address': { name: 'bytes', wanted: 20, count: 1 },
      'outputs.0.amount': { name: 'digit', at: 2 },
      locktime: { name: 'empty' },
    });
    expect(transactionOf(DRAFT).mistakes.size).toBe(0);
  });
});
