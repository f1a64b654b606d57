import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkSignatureEncoding, hexToBytes, type SignatureCheck } from '../consensus/index.ts';
import { createVerifier, portableVerifier } from './verifier.ts';

interface Vector {
  digest: string;
  signature: string;
  pubkey: string;
}

const vectors = JSON.parse(
  readFileSync(new URL('../../test/vectors/signatures.json', import.meta.url), 'utf8'),
) as Vector[];

/** Vectors that get as far as the engine. */
const checks: SignatureCheck[] = vectors.flatMap(({ digest, signature, pubkey }) => {
  if (!/^([0-9a-f]{2})*$/.test(signature) || !/^0[23]([0-9a-f]{2}){32}$/.test(pubkey)) return [];
  const encoding = checkSignatureEncoding(hexToBytes(signature));
  return encoding.ok
    ? [{ digest: hexToBytes(digest), compactSignature: encoding.value, pubkey: hexToBytes(pubkey) }]
    : [];
});

describe('verifiers', () => {
  it('agree on every vector, good and bad', async () => {
    const [fast, portable] = [createVerifier(), portableVerifier()];
    expect(checks.length).toBeGreaterThan(50);
    for (const check of checks)
      expect(await fast.firstInvalid([check])).toBe(await portable.firstInvalid([check]));
  });

  it('name the first check that fails, wherever it stands', async () => {
    const verifier = createVerifier();
    const good = checks.filter((_, index) => index < 150);
    const valid: SignatureCheck[] = [];
    for (const check of good) if ((await verifier.firstInvalid([check])) === -1) valid.push(check);
    expect(await verifier.firstInvalid(valid)).toBe(-1);
    expect(await verifier.firstInvalid([])).toBe(-1);
    const broken = { ...(valid[0] as SignatureCheck), digest: new Uint8Array(32).fill(9) };
    expect(await verifier.firstInvalid([...valid, broken, broken])).toBe(valid.length);
  });

  it('answer for keys off the curve and zero signatures instead of throwing', async () => {
    const hopeless: SignatureCheck[] = [
      {
        digest: new Uint8Array(32),
        compactSignature: new Uint8Array(64),
        pubkey: hexToBytes(`02${'00'.repeat(32)}`),
      },
      {
        digest: new Uint8Array(32),
        compactSignature: new Uint8Array(64).fill(0xff),
        pubkey: hexToBytes(`03${'ff'.repeat(32)}`),
      },
    ];
    for (const verifier of [createVerifier(), portableVerifier()]) {
      for (const check of hopeless) expect(await verifier.firstInvalid([check])).toBe(0);
    }
  });
});
