import { describe, expect, test } from 'vitest';
import { bytesToHex } from '../../../src/consensus/bytes.ts';
import type { Address } from '../../../src/consensus/hash.ts';
import { createWallet } from '../../../src/wallet/keys.ts';
import { isKeyRecord, openKey, sealKey, type SealedKey, WrongPassphraseError } from './key-record.ts';

const wallet = createWallet();
const PASSPHRASE = 'correct horse battery staple';
/** Few rounds: what is tested here does not depend on their number. */
const quick = { rounds: 10, nowMs: 1_700_000_000_000 };

describe('a key that is kept', () => {
  test('comes back with its passphrase, and with no other', async () => {
    const record = await sealKey(wallet, 'Mining', PASSPHRASE, quick);
    expect(record).toMatchObject({
      ...{ version: 1, kind: 'sealed', name: 'Mining', madeAt: quick.nowMs, rounds: 10 },
      ...{ address: wallet.address, publicKey: wallet.publicKey },
    });
    expect(await openKey(record, PASSPHRASE)).toEqual(wallet);
    for (const other of ['', 'Correct horse battery staple', `${PASSPHRASE} `])
      await expect(openKey(record, other)).rejects.toBeInstanceOf(WrongPassphraseError);
  });

  test('has at least 600,000 rounds, and is nowhere readable', async () => {
    const record = await sealKey(wallet, 'Mining', PASSPHRASE);
    expect(record.rounds).toBeGreaterThanOrEqual(600_000);
    const bytes = [record.salt, record.nonce, record.sealed].map(bytesToHex).join();
    expect(JSON.stringify(record) + bytes).not.toContain(wallet.privateKey);
    expect(await openKey(record, PASSPHRASE)).toEqual(wallet);
  });

  test('never twice with the same salt or nonce', async () => {
    const records = [await sealKey(wallet, '', 'x', quick), await sealKey(wallet, '', 'x', quick)] as const;
    expect(records[0].salt).not.toEqual(records[1].salt);
    expect(records[0].nonce).not.toEqual(records[1].nonce);
    expect(records[0].sealed).not.toEqual(records[1].sealed);
    expect([records[0].salt.length, records[0].nonce.length, records[0].sealed.length]).toEqual([16, 12, 48]);
  });

  test('the same letters from another keyboard are the same passphrase', async () => {
    const record = await sealKey(wallet, '', 'Schlüssel'.normalize('NFD'), quick);
    expect(await openKey(record, 'Schlüssel'.normalize('NFC'))).toEqual(wallet);
  });

  test.each<[string, (record: SealedKey) => Partial<SealedKey>]>([
    ['its address', () => ({ address: createWallet().address })],
    ['its ciphertext', ({ sealed }) => ({ sealed: sealed.map((byte, at) => (at === 5 ? byte ^ 1 : byte)) })],
    ['its nonce', ({ nonce }) => ({ nonce: nonce.map((byte) => byte ^ 1) })],
    ['its salt', ({ salt }) => ({ salt: salt.map((byte) => byte ^ 1) })],
    ['its rounds', () => ({ rounds: 11 })],
  ])('is refused when %s was changed', async (_, change) => {
    const record = await sealKey(wallet, 'Mining', PASSPHRASE, quick);
    await expect(openKey({ ...record, ...change(record) }, PASSPHRASE)).rejects.toBeInstanceOf(
      WrongPassphraseError,
    );
  });
});

test('only what has the form of a record is one', async () => {
  const record = await sealKey(wallet, 'Mining', PASSPHRASE, quick);
  const watched = { version: 1, kind: 'watched', address: wallet.address, name: 'Shop', madeAt: 1 };
  expect([isKeyRecord(structuredClone(record)), isKeyRecord(watched)]).toEqual([true, true]);
  const wrong: unknown[] = [
    ...[undefined, null, 1, 'x', [], {}],
    ...[
      { ...record, version: 2 },
      { ...record, kind: 'other' },
      { ...record, address: 'ab' as Address },
    ],
    ...[
      { ...record, rounds: 0 },
      { ...record, rounds: 1e9 },
      { ...record, rounds: 1.5 },
    ],
    ...[
      { ...record, salt: 'x' },
      { ...record, publicKey: '' },
      { ...watched, name: 1 },
      { ...watched, madeAt: '1' },
    ],
  ];
  for (const value of wrong) expect(isKeyRecord(value)).toBe(false);
});
