/**
 * A private key as it is kept in this browser: encrypted with a key that is derived from a passphrase.
 *
 *   passphrase ──PBKDF2-SHA-256, 600,000 rounds, a salt of its own──> AES-256 key ──AES-GCM, a nonce of its own──> record
 *
 * The rounds make every guess of the passphrase cost as much. AES-GCM notices every change; version and address are part of what it
 * seals, so nobody can put one key's record under the name of another. Pure: what stores records is key-store.ts.
 */
import { bytesToHex, hexToBytes } from '../../../src/consensus/bytes.ts';
import type { Address } from '../../../src/consensus/hash.ts';
import { type Wallet, walletFromPrivateKey } from '../../../src/wallet/keys.ts';

const VERSION = 1;
/** As many as OWASP asks for. A record names its own, so that later ones can have more. */
const ROUNDS = 600_000;
/** More would hang the page: a record that asks for it was not made by us. */
const MOST_ROUNDS = 20_000_000;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;

interface Kept {
  readonly version: typeof VERSION;
  readonly address: Address;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
}

/** A key that is kept, sealed. */
export interface SealedKey extends Kept {
  readonly kind: 'sealed';
  /** 66 hex characters. Public, so it need not be sealed: coins can be chosen while the key is locked. */
  readonly publicKey: string;
  readonly rounds: number;
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly nonce: Uint8Array<ArrayBuffer>;
  /** The 32 bytes of the private key, and 16 by which changes are noticed. */
  readonly sealed: Uint8Array<ArrayBuffer>;
}

/** An address without its key: to look at. */
export interface WatchedAddress extends Kept {
  readonly kind: 'watched';
}

export type KeyRecord = SealedKey | WatchedAddress;

/** The passphrase is another one, or the record was changed: the two cannot be told apart. */
export class WrongPassphraseError extends Error {
  override readonly name = 'WrongPassphraseError';
}

type Web = Pick<Crypto, 'subtle' | 'getRandomValues'>;

/** Seals a key under a passphrase, with a fresh salt and nonce. */
export async function sealKey(
  wallet: Wallet,
  name: string,
  passphrase: string,
  {
    web = globalThis.crypto,
    rounds = ROUNDS,
    nowMs = Date.now(),
  }: { web?: Web; rounds?: number; nowMs?: number } = {},
): Promise<SealedKey> {
  const salt = web.getRandomValues(new Uint8Array(SALT_BYTES));
  const nonce = web.getRandomValues(new Uint8Array(NONCE_BYTES));
  const key = await derivedKey(web, passphrase, salt, rounds, 'encrypt');
  const bytes = new Uint8Array(hexToBytes(wallet.privateKey));
  const sealed = await web.subtle.encrypt(gcm(nonce, wallet.address), key, bytes);
  bytes.fill(0);
  return {
    ...{ version: VERSION, kind: 'sealed', address: wallet.address, publicKey: wallet.publicKey },
    ...{ name, madeAt: nowMs, rounds, salt, nonce, sealed: new Uint8Array(sealed) },
  };
}

/** The key of a record. @throws WrongPassphraseError */
export async function openKey(
  record: SealedKey,
  passphrase: string,
  web: Web = globalThis.crypto,
): Promise<Wallet> {
  const { address, rounds, salt, nonce, sealed } = record;
  const key = await derivedKey(web, passphrase, salt, rounds, 'decrypt');
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await web.subtle.decrypt(gcm(nonce, address), key, sealed));
  } catch {
    throw new WrongPassphraseError('this is not the passphrase of this key');
  }
  const wallet = walletFromPrivateKey(bytesToHex(bytes));
  bytes.fill(0);
  if (wallet.address !== address)
    throw new WrongPassphraseError('the record holds the key of another address');
  return wallet;
}

function gcm(iv: Uint8Array<ArrayBuffer>, address: string): AesGcmParams {
  const additionalData = new TextEncoder().encode(`mini-bitcoin key ${VERSION} ${address}`);
  return { name: 'AES-GCM', iv, additionalData };
}

async function derivedKey(
  { subtle }: Web,
  passphrase: string,
  salt: Uint8Array<ArrayBuffer>,
  iterations: number,
  use: 'encrypt' | 'decrypt',
): Promise<CryptoKey> {
  // The same letters may come as different characters from different keyboards.
  const typed = new TextEncoder().encode(passphrase.normalize('NFKC'));
  const base = await subtle.importKey('raw', typed, 'PBKDF2', false, ['deriveKey']);
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  return subtle.deriveKey(how, base, { name: 'AES-GCM', length: 256 }, false, [use]);
}

/** What was read from the disk is a record of ours: other versions, and what others wrote, are left alone. */
export function isKeyRecord(value: unknown): value is KeyRecord {
  const fields = value as { readonly [Field in keyof SealedKey]?: unknown } | null | undefined;
  if (fields?.version !== VERSION) return false;
  const { address, name, madeAt, publicKey, rounds, salt, nonce, sealed } = fields;
  if (!isHexOf(address, 20) || typeof name !== 'string' || typeof madeAt !== 'number') return false;
  if (fields.kind === 'watched') return true;
  return (
    fields.kind === 'sealed' &&
    isHexOf(publicKey, 33) &&
    Number.isSafeInteger(rounds) &&
    (rounds as number) >= 1 &&
    (rounds as number) <= MOST_ROUNDS &&
    [salt, nonce, sealed].every((bytes) => bytes instanceof Uint8Array)
  );
}

function isHexOf(value: unknown, bytes: number): value is string {
  return typeof value === 'string' && value.length === bytes * 2 && /^[0-9a-f]+$/.test(value);
}
