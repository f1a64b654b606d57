import { expect, it } from 'vitest';
import { bytesToHex, hexToBytes } from './bytes.ts';
import { addressOfPubkey, hash160, sha256, sha256d, ZERO_HASH } from './hash.ts';

const abc = new TextEncoder().encode('abc');

it('sha256 is the one of FIPS 180-4', () => {
  expect(bytesToHex(sha256(abc))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

it('sha256d is sha256 of sha256', () => {
  expect(sha256d(abc)).toEqual(sha256(sha256(abc)));
  expect(bytesToHex(sha256d(abc))).toBe('4f8b42c22dd3729b519ba6f68d2da7cc5b2d606d05daed5ad5128cc03e6c6358');
});

it('hash160 is RIPEMD-160 of SHA-256, 20 bytes', () => {
  expect(bytesToHex(hash160(abc))).toBe('bb1be98c142444d7a56aa3981c3942a978e4dc33');
});

it('the address of private key 1 is the one every Bitcoin book shows', () => {
  const generator = hexToBytes('0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798');
  expect(addressOfPubkey(generator)).toBe('751e76e8199196d454941c45d1b3a323f1433bd6');
});

it('the hash of nothing is 32 zero bytes', () => {
  expect(hexToBytes(ZERO_HASH)).toEqual(new Uint8Array(32));
});
