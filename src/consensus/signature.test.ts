import { secp256k1 } from '@noble/curves/secp256k1.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { damaged } from '../../test/support/arbitraries.ts';
import { key, signDigest, uncompressed, withHighS } from '../../test/support/keys.ts';
import { bytesToHex, hexToBytes } from './bytes.ts';
import { sha256 } from './hash.ts';
import { checkSignatureEncoding, isCompressedPubkeyForm, parseStrictDer } from './signature.ts';

const alice = key('alice');
const aDigest = fc.nat().map((n) => sha256(Uint8Array.of(n & 255, (n >> 8) & 255)));
const aSignature = aDigest.map((digest) => signDigest(digest, alice.privateKey));

/** DER around two numbers in hex. */
function der(r: string, s: string): Uint8Array {
  const number = (hex: string): string => `02${(hex.length / 2).toString(16).padStart(2, '0')}${hex}`;
  const body = number(r) + number(s);
  return hexToBytes(`30${(body.length / 2).toString(16).padStart(2, '0')}${body}`);
}

describe('strict DER (BIP66)', () => {
  it('gives r and s as 32 bytes each', () => {
    expect(bytesToHex(parseStrictDer(der('01', '0080'))!)).toBe(
      '01'.padStart(64, '0') + '80'.padStart(64, '0'),
    );
  });

  it.each([
    ['a negative r', der('80', '01')],
    ['a negative s', der('01', 'ff')],
    ['a zero that need not be there', der('0001', '01')],
    ['an r of no bytes', der('', '01')],
    ['an r of 33 bytes', der('01'.repeat(33), '01')],
    ['an r of 32 bytes with a zero in front, but too long', der('00' + 'ff'.repeat(33), '01')],
    ['a byte after the end', Uint8Array.of(...der('01', '01'), 1)],
    ['a third number', hexToBytes('3009020101020101020101')],
    ['no sequence', hexToBytes('3106020101020101')],
    ['no integer', hexToBytes('3006030101020101')],
    ['a length in the long form', hexToBytes('308106020101020101')],
    ['the compact form', new Uint8Array(64).fill(1)],
    ['nothing', new Uint8Array()],
  ])('refuses %s', (_, bytes) => {
    expect(parseStrictDer(bytes)).toBeUndefined();
    expect(checkSignatureEncoding(bytes)).toMatchObject({ ok: false, reason: 'bad-signature-encoding' });
  });

  it('reads every signature that the curve library makes as that library does', () => {
    fc.assert(
      fc.property(aSignature, (signature) => {
        expect(parseStrictDer(signature)).toEqual(
          secp256k1.Signature.fromBytes(signature, 'der').toBytes('compact'),
        );
      }),
      { numRuns: 20 },
    );
  });

  it('agrees with the curve library on damaged signatures, except for numbers that only the curve can judge', () => {
    fc.assert(
      fc.property(damaged(aSignature), (bytes) => {
        const ours = parseStrictDer(bytes);
        let theirs: Uint8Array | undefined;
        try {
          theirs = secp256k1.Signature.fromBytes(bytes, 'der').toBytes('compact');
        } catch {
          theirs = undefined;
        }
        if (theirs !== undefined) expect(ours).toEqual(theirs);
        else if (ours !== undefined) {
          // Theirs also refuses r or s of 0, or not below the order; for us such a signature fails on the curve.
          const numbers = [ours.subarray(0, 32), ours.subarray(32)].map((half) =>
            BigInt(`0x${bytesToHex(half)}`),
          );
          expect(numbers.some((n) => n === 0n || n >= secp256k1.Point.Fn.ORDER)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('has one spelling for each signature: what parses, is what encoding it again gives', () => {
    const shortest = (half: Uint8Array): string => {
      const hex = bytesToHex(half).replace(/^(00)+(?=..)/, '');
      return parseInt(hex.slice(0, 2), 16) >= 0x80 ? `00${hex}` : hex;
    };
    fc.assert(
      fc.property(damaged(aSignature), (bytes) => {
        const compact = parseStrictDer(bytes);
        if (compact === undefined) return;
        expect(bytes).toEqual(der(shortest(compact.subarray(0, 32)), shortest(compact.subarray(32))));
      }),
      { numRuns: 300 },
    );
  });
});

describe('low S (BIP146)', () => {
  const halfOrder = secp256k1.Point.Fn.ORDER >> 1n;
  const hexNumber = (n: bigint): string => n.toString(16).padStart(64, '0');

  it('allows S up to half the order and no further', () => {
    expect(checkSignatureEncoding(der('01', hexNumber(halfOrder)))).toMatchObject({ ok: true });
    expect(checkSignatureEncoding(der('01', hexNumber(halfOrder + 1n)))).toMatchObject({
      ok: false,
      class: 'mutated',
      reason: 'bad-signature-high-s',
    });
  });

  it('takes one of the two signatures that are both true on the curve', () => {
    const low = signDigest(sha256(Uint8Array.of(1)), alice.privateKey);
    expect(checkSignatureEncoding(low).ok).toBe(true);
    expect(checkSignatureEncoding(withHighS(low)).ok).toBe(false);
  });
});

it('a public key is 33 bytes with the prefix 2 or 3', () => {
  expect(isCompressedPubkeyForm(alice.pubkey)).toBe(true);
  expect(isCompressedPubkeyForm(uncompressed(alice.pubkey))).toBe(false);
  expect(isCompressedPubkeyForm(new Uint8Array())).toBe(false);
  expect(isCompressedPubkeyForm(Uint8Array.of(4, ...alice.pubkey.subarray(1)))).toBe(false);
});
