import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyHeader, anyTransaction, damaged } from '../../test/support/arbitraries.ts';
import { ChainBuilder, key, pay } from '../../test/support/chain-builder.ts';
import { signatureOfOtherNonce } from '../../test/support/other-signature.ts';
import {
  type Block,
  type BlockHash,
  bytesToHex,
  checkBlock,
  encodeBlock,
  encodeHeader,
  hexToBytes,
  sha256,
  type Target,
  type Transaction,
  txidOf,
  wtxidOf,
} from '../consensus/index.ts';
import {
  type CompactBlock,
  compactBlockOf,
  complete,
  decodeCompactBlock,
  encodeCompactBlock,
  fillFrom,
} from './compact-block.ts';

const MAX_BLOCK_BYTES = 1_000_000;
const NONCE = '0123456789abcdef';

/** A transaction that differs from all others by its locktime. */
function transaction(locktime: number): Transaction {
  return { version: 1, inputs: [], outputs: [], locktime };
}

const someHeader = fc.sample(anyHeader, { numRuns: 1, seed: 7 })[0]!;
const anyNonce = fc.uint8Array({ minLength: 8, maxLength: 8 }).map(bytesToHex);
const anyBlock: fc.Arbitrary<Block> = fc.record({
  header: anyHeader,
  transactions: fc.uniqueArray(anyTransaction, { minLength: 1, maxLength: 12, selector: wtxidOf }),
});

/** A block with transactions of these locktimes after the coinbase. */
function blockOf(...locktimes: number[]): Block {
  return { header: someHeader, transactions: [0, ...locktimes].map(transaction) };
}

const missingOf = (block: Block, indexes: readonly number[]): Transaction[] =>
  indexes.map((index) => block.transactions[index]!);

describe('a block said in short', () => {
  it('comes back whole, whichever of its transactions wait and whatever else does', () => {
    fc.assert(
      fc.property(
        anyBlock,
        anyNonce,
        fc.infiniteStream(fc.boolean()),
        fc.array(anyTransaction, { maxLength: 5 }),
        (block, nonce, isWaiting, others) => {
          const decoded = decodeCompactBlock(
            encodeCompactBlock(compactBlockOf(block, nonce)),
            MAX_BLOCK_BYTES,
          );
          if (!decoded.ok) throw new Error(decoded.detail);
          const waiting = block.transactions.filter(() => isWaiting.next().value);
          const partial = fillFrom(decoded.value, [...others, ...waiting]);
          const whole = complete(partial, missingOf(block, partial.missing));
          expect(bytesToHex(encodeBlock(whole))).toBe(bytesToHex(encodeBlock(block)));

          const known = new Set([block.transactions[0]!, ...waiting, ...others].map(wtxidOf));
          const lacking = block.transactions.flatMap((tx, index) => (known.has(wtxidOf(tx)) ? [] : [index]));
          expect(partial.missing).toEqual(lacking);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('takes six bytes for each transaction', () => {
    const block = blockOf(...Array.from({ length: 100 }, (_, i) => i + 1));
    const bytes = encodeCompactBlock(compactBlockOf(block, NONCE));
    expect(bytes.length).toBe(108 + 8 + 1 + 100 * 6 + 1 + 1 + 10);
  });

  it('has ids that the header and the nonce key', () => {
    const block = blockOf(1);
    const key = sha256(Uint8Array.from([...encodeHeader(block.header), ...hexToBytes(NONCE)]));
    const id = sha256(Uint8Array.from([...key, ...hexToBytes(wtxidOf(block.transactions[1]!))]));
    expect(compactBlockOf(block, NONCE).shortIds).toEqual([bytesToHex(id.subarray(0, 6))]);
    expect(compactBlockOf(block, '0'.repeat(16)).shortIds).not.toEqual(compactBlockOf(block, NONCE).shortIds);
    const later = { ...block, header: { ...block.header, nonce: block.header.nonce ^ 1 } };
    expect(compactBlockOf(later, NONCE).shortIds).not.toEqual(compactBlockOf(block, NONCE).shortIds);
  });

  it('does not look on once everything is found', () => {
    const block = blockOf(1, 2);
    function* waiting(): Generator<Transaction> {
      yield block.transactions[2]!;
      yield block.transactions[1]!;
      yield transaction(3); // taken off the list, and not looked at
      throw new Error('looked at one more');
    }
    expect(fillFrom(compactBlockOf(block, NONCE), waiting()).missing).toEqual([]);
  });

  it('without a coinbase cannot be said', () => {
    expect(() => compactBlockOf({ header: someHeader, transactions: [] }, NONCE)).toThrow('coinbase');
  });

  it('is not whole while a transaction is missing', () => {
    const partial = fillFrom(compactBlockOf(blockOf(1, 2), NONCE), []);
    expect(partial.missing).toEqual([1, 2]);
    expect(() => complete(partial, [transaction(1)])).toThrow('missing');
  });
});

describe('two transactions with one short id', () => {
  // Found by trying 36 million locktimes for just this header and nonce: what an attacker would do, if he knew them before.
  const header = {
    version: 1,
    prevHash: '00'.repeat(32) as BlockHash,
    merkleRoot: '00'.repeat(32),
    timestamp: 1_700_000_000,
    target: (2n ** 255n - 1n) as Target,
    nonce: 0,
  };
  const [one, other] = [22_444_574, 30_802_772].map(transaction) as [Transaction, Transaction];
  const block: Block = { header, transactions: [transaction(0), one, transaction(7)] };

  it('have one id, and two under any other nonce', () => {
    const ids = (nonce: string): string[] =>
      [one, other].map((tx) => compactBlockOf({ header, transactions: [tx, tx] }, nonce).shortIds[0]!);
    expect(ids(NONCE)).toEqual(['097c8c9d63fe', '097c8c9d63fe']);
    expect(new Set(ids('0'.repeat(16))).size).toBe(2);
    expect(wtxidOf(one)).not.toBe(wtxidOf(other));
  });

  it('that both wait are not believed, whichever comes first: the place is asked for', () => {
    for (const waiting of [
      [one, other],
      [other, one],
      [one, other, one],
      [other, one, other],
    ]) {
      const partial = fillFrom(compactBlockOf(block, NONCE), [...waiting, transaction(7)]);
      expect(partial.missing).toEqual([1]);
      expect(complete(partial, [one])).toEqual(block);
    }
  });

  it('in one block are both asked for', () => {
    const both: Block = { header, transactions: [transaction(0), one, other] };
    const partial = fillFrom(compactBlockOf(both, NONCE), [one, other]);
    expect(partial.missing).toEqual([1, 2]);
    expect(complete(partial, [one, other])).toEqual(both);
  });

  it('are one where the wrong one waits alone: the merkle root is there for that', () => {
    expect(fillFrom(compactBlockOf(block, NONCE), [other]).transactions[1]).toBe(other);
  });
});

describe('what looks alike', () => {
  // Ids that are made equal by hand.
  const block = blockOf(1, 2, 3);
  const compact = compactBlockOf(block, NONCE);
  const [first, second, third] = compact.shortIds;
  const withIds = (...shortIds: (string | undefined)[]): CompactBlock => ({
    ...compact,
    shortIds: shortIds.map(String),
  });

  it('two equal ids in one block: both places are asked for, whoever waits', () => {
    const partial = fillFrom(withIds(first, second, first), block.transactions);
    expect(partial.missing).toEqual([1, 3]);
    expect(partial.transactions[2]).toBe(block.transactions[2]);
  });

  it('three equal ids as well', () => {
    expect(fillFrom(withIds(second, second, second), block.transactions).missing).toEqual([1, 2, 3]);
  });

  it('one transaction that waits twice is one', () => {
    const copy = { ...block.transactions[1]! };
    expect(fillFrom(withIds(first, second, third), [copy, ...block.transactions]).missing).toEqual([]);
  });

  it('a wrong transaction of the right id is found out by the merkle root', () => {
    const builder = new ChainBuilder({ miner: key('alice') }).extend(2);
    const coins = builder.coins(key('alice'));
    const tx = pay({ coins, from: key('alice'), to: key('bob'), amount: 5, fee: 1 });
    const built = builder.block('paid', { txs: [tx] }).at('paid');
    const wrong = transaction(9);
    const said = compactBlockOf(built.block, NONCE);
    // The id of the wrong one stands where the right one's would.
    const lying = compactBlockOf(
      { ...built.block, transactions: [built.block.transactions[0]!, wrong] },
      NONCE,
    );
    const partial = fillFrom({ ...said, shortIds: lying.shortIds }, [wrong]);
    expect(partial.missing).toEqual([]);
    expect(checkBlock(complete(partial, []), built.height, builder.params)).toMatchObject({
      ok: false,
      class: 'mutated',
    });
  });

  it('a copy with other signatures is not taken: it has another id', () => {
    const builder = new ChainBuilder({ miner: key('alice') }).extend(2);
    const coins = builder.coins(key('alice'));
    const tx = pay({ coins, from: key('alice'), to: key('bob'), amount: 5, fee: 1 });
    const copy = signatureOfOtherNonce(tx, coins, key('alice'));
    const spoiled = {
      ...tx,
      inputs: tx.inputs.map((input) => ({ ...input, signature: new Uint8Array(70) })),
    };
    for (const other of [copy, spoiled]) {
      expect(txidOf(other)).toBe(txidOf(tx));
      const built = builder.fork('a2').block(wtxidOf(other), { txs: [tx] }).last;
      const partial = fillFrom(compactBlockOf(built.block, NONCE), [other]);
      expect(partial.missing).toEqual([1]);
      expect(fillFrom(compactBlockOf(built.block, NONCE), [other, tx]).transactions[1]).toBe(tx);
    }
  });
});

describe('the bytes', () => {
  const anyCompact: fc.Arbitrary<CompactBlock> = fc
    .record({
      header: anyHeader,
      nonce: anyNonce,
      shortIds: fc.array(fc.uint8Array({ minLength: 6, maxLength: 6 }).map(bytesToHex), { maxLength: 10 }),
      transactions: fc.array(anyTransaction, { maxLength: 4 }),
      places: fc.uniqueArray(fc.nat({ max: 13 }), { minLength: 4, maxLength: 4 }),
    })
    .map(({ header, nonce, shortIds, transactions, places }) => {
      const total = shortIds.length + transactions.length;
      const indexes = places.map((place) => place % Math.max(1, total));
      const prefilled = [...new Set(indexes)]
        .sort((a, b) => a - b)
        .slice(0, transactions.length)
        .map((index, i) => ({ index, tx: transactions[i]! }));
      // Places that were drawn twice leave transactions over: they become ids, so that all places exist.
      const more = Array.from({ length: transactions.length - prefilled.length }, () => '00'.repeat(6));
      return { header, nonce, shortIds: [...shortIds, ...more], prefilled };
    });
  const decode = (bytes: Uint8Array) => decodeCompactBlock(bytes, MAX_BLOCK_BYTES);

  it('come back as they were sent, with transactions sent along at any place', () => {
    fc.assert(
      fc.property(anyCompact, (compact) => {
        expect(decode(encodeCompactBlock(compact))).toEqual({ ok: true, value: compact });
        const { missing } = fillFrom(compact, []);
        expect(missing.length).toBe(compact.shortIds.length);
      }),
    );
  });

  it('have one encoding only, and garbage throws nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(damaged(anyCompact.map(encodeCompactBlock)), fc.uint8Array({ maxLength: 300 })),
        (bytes) => {
          const decoded = decode(bytes);
          if (decoded.ok) expect(encodeCompactBlock(decoded.value)).toEqual(bytes);
        },
      ),
      { numRuns: 300 },
    );
  });

  const along = (...indexes: number[]) => indexes.map((index) => ({ index, tx: transaction(index) }));
  const compact = compactBlockOf(blockOf(1, 2), NONCE);

  it.each([
    ['beyond the end', along(0, 3)],
    ['beyond the end alone', along(3)],
    ['of a block longer than any', along(99_999)],
  ])('a transaction at a place %s is refused', (_what, prefilled) => {
    expect(
      decode(encodeCompactBlock({ ...compact, shortIds: compact.shortIds.slice(0, 1), prefilled })).ok,
    ).toBe(false);
  });

  it('places in between are fine', () => {
    const decoded = decode(encodeCompactBlock({ ...compact, prefilled: along(1, 3) }));
    expect(decoded.ok && fillFrom(decoded.value, []).missing).toEqual([0, 2]);
  });

  it('more transactions than a block can hold are refused', () => {
    const ids = (count: number): Uint8Array =>
      encodeCompactBlock({ ...compact, shortIds: Array.from({ length: count }, () => '00'.repeat(6)) });
    expect(decodeCompactBlock(ids(49), 500).ok).toBe(true);
    expect(decodeCompactBlock(ids(50), 500)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('no block is so long'),
    });
  });
});
