import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyBlock, anyHeader, anyTransaction } from '../../test/support/arbitraries.ts';
import { key, mineBlock } from '../../test/support/chain-builder.ts';
import {
  blockFromJson,
  blockToJson,
  headerFromJson,
  headerToJson,
  transactionFromJson,
  transactionToJson,
} from './json-form.ts';

/** Through text, as over a wire. */
const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('there and back', () => {
  it('a transaction', () => {
    fc.assert(
      fc.property(anyTransaction, (tx) => {
        expect(transactionFromJson(overTheWire(transactionToJson(tx)))).toEqual({ ok: true, value: tx });
      }),
    );
  });

  it('a header', () => {
    fc.assert(
      fc.property(anyHeader, (header) => {
        expect(headerFromJson(overTheWire(headerToJson(header)))).toEqual({ ok: true, value: header });
      }),
    );
  });

  it('a block', () => {
    fc.assert(
      fc.property(anyBlock, (block) => {
        expect(blockFromJson(overTheWire(blockToJson(block)))).toEqual({ ok: true, value: block });
      }),
      { numRuns: 50 },
    );
  });
});

it('any JSON gets an answer, never an exception', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const read of [transactionFromJson, headerFromJson, blockFromJson]) {
        const verdict = read(value);
        if (!verdict.ok) expect(verdict.class).toBe('malformed');
      }
    }),
  );
});

it('so does a good block with one field replaced by nonsense', () => {
  const good = overTheWire(blockToJson(mineBlock({ parent: null }).block));
  const paths: (readonly (string | number)[])[] = [];
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    paths.push(path);
    if (typeof value !== 'object' || value === null) return;
    for (const [name, below] of Object.entries(value)) walk(below, [...path, name]);
  };
  walk(good, []);
  const nonsense = fc.oneof(fc.jsonValue(), fc.constantFrom('', '0x', -1, 2 ** 32, 1e300, 1.5, null, [], {}));
  fc.assert(
    fc.property(fc.constantFrom(...paths), nonsense, (path, value) => {
      const spoil = (node: unknown, [head, ...rest]: readonly (string | number)[]): unknown => {
        if (head === undefined) return value;
        const copy = (Array.isArray(node) ? [...(node as unknown[])] : { ...(node as object) }) as Record<
          string | number,
          unknown
        >;
        copy[head] = spoil(copy[head], rest);
        return copy;
      };
      const verdict = blockFromJson(spoil(good, path));
      expect(typeof verdict.ok).toBe('boolean');
    }),
    { numRuns: 500 },
  );
});

const txJson = transactionToJson(
  mineBlock({ parent: null, minerAddress: key('alice') }).block.transactions[0]!,
);
const withOutput = (change: object) => ({
  ...txJson,
  txid: undefined,
  outputs: [{ ...txJson.outputs[0]!, ...change }],
});
const withInput = (change: object) => ({
  ...txJson,
  txid: undefined,
  inputs: [{ ...txJson.inputs[0]!, ...change }],
});

describe('what may be left out', () => {
  it('version, locktime, signature, pubkey and txid have their defaults, as in the original', () => {
    const { version: _v, locktime: _l, txid: _t, ...rest } = txJson;
    const { signature: _s, pubkey: _p, ...outpoint } = txJson.inputs[0]!;
    expect(transactionFromJson({ ...rest, inputs: [outpoint] })).toMatchObject({
      ok: true,
      value: { version: 1, locktime: 0, inputs: [{ signature: new Uint8Array(), pubkey: new Uint8Array() }] },
    });
  });

  it.each(['inputs', 'outputs'])('but not %s', (name) => {
    expect(transactionFromJson({ ...txJson, [name]: undefined })).toMatchObject({
      reason: 'malformed-field',
      detail: `${name}: a list is expected`,
    });
  });

  it('fields that we do not know are ignored', () => {
    expect(transactionFromJson({ ...txJson, note: 'hello' }).ok).toBe(true);
  });
});

describe('hex', () => {
  it('is taken in either case and becomes lower-case', () => {
    const verdict = transactionFromJson(withOutput({ pubkey_hash: 'AB'.repeat(20) }));
    expect(verdict).toMatchObject({ value: { outputs: [{ pubkeyHash: 'ab'.repeat(20) }] } });
  });

  it.each(['ab', 'zz'.repeat(20), ` ${'ab'.repeat(19)}a`, 5, null])(
    'of a pubkey_hash cannot be %j',
    (pubkey_hash) => {
      expect(transactionFromJson(withOutput({ pubkey_hash }))).toMatchObject({
        reason: 'malformed-field',
        detail: 'outputs[0].pubkey_hash: 40 hex characters are expected',
      });
    },
  );

  it('of a signature has whole bytes and no spaces', () => {
    for (const signature of ['abc', ' ab', '0xab']) {
      expect(transactionFromJson(withInput({ signature }))).toMatchObject({ reason: 'malformed-field' });
    }
  });
});

describe('numbers', () => {
  it.each([
    [-1, 'malformed', 'bad-txns-vout-negative'],
    [-(2 ** 60), 'malformed', 'bad-txns-vout-negative'],
    [2 ** 53, 'consensus', 'bad-txns-vout-toolarge'],
    [2n ** 63n - 1n, 'consensus', 'bad-txns-vout-toolarge'],
    [1e300, 'consensus', 'bad-txns-vout-toolarge'],
    [0.5, 'malformed', 'malformed-field'],
    [null, 'malformed', 'malformed-field'],
    [true, 'malformed', 'malformed-field'],
    ['five', 'malformed', 'malformed-field'],
    ['', 'malformed', 'malformed-field'],
  ])('an amount of %s is %s: %s', (amount, failureClass, reason) => {
    expect(transactionFromJson(withOutput({ amount }))).toMatchObject({ class: failureClass, reason });
  });

  it.each([-1, 2 ** 32, 0.5])('a prev_index of %s does not fit its field', (prev_index) => {
    expect(transactionFromJson(withInput({ prev_index }))).toMatchObject({ reason: 'malformed-field' });
  });

  it('as text are taken in a loose transaction, where the original does so, but not in a block', () => {
    expect(transactionFromJson(withOutput({ amount: '5' }))).toMatchObject({
      value: { outputs: [{ amount: 5 }] },
    });
    const block = blockToJson(mineBlock({ parent: null }).block);
    expect(blockFromJson({ ...block, transactions: [withOutput({ amount: '5' })] })).toMatchObject({
      reason: 'malformed-field',
      detail: 'transactions[0].outputs[0].amount: a whole number is expected',
    });
  });

  it('have one zero: the −0 of JSON is 0', () => {
    const verdict = transactionFromJson(withOutput({ amount: JSON.parse('-0') }));
    expect(verdict.ok && Object.is(verdict.value.outputs[0]?.amount, 0)).toBe(true);
  });
});

describe('names beside bytes must belong to them', () => {
  const block = blockToJson(mineBlock({ parent: null }).block);

  it('txid', () => {
    expect(transactionFromJson({ ...txJson, txid: 'ab'.repeat(32) })).toMatchObject({
      class: 'malformed',
      reason: 'txid-mismatch',
    });
    expect(transactionFromJson({ ...txJson, txid: txJson.txid.toUpperCase() }).ok).toBe(true);
    expect(transactionFromJson({ ...txJson, txid: null }).ok).toBe(true);
  });

  it('block_hash', () => {
    expect(blockFromJson({ ...block, block_hash: 'ab'.repeat(32) })).toMatchObject({
      class: 'malformed',
      reason: 'block-hash-mismatch',
    });
    expect(blockFromJson({ ...block, block_hash: undefined }).ok).toBe(true);
  });
});
