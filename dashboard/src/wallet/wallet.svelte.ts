/**
 * The wallet of this browser: which keys there are, and which of them are unlocked.
 *
 * Private keys of unlocked keys are in one map in memory and nowhere else: `lock`, fifteen minutes without anybody, leaving
 * the site and loading it anew forget them.
 */
import { type Wallet, walletFromPrivateKey } from '../../../src/wallet/keys.ts';
import { preferences } from '../app/preferences.svelte.ts';
import { IdleLock } from './idle-lock.ts';
import { type KeyRecord, openKey, sealKey, type SealedKey } from './key-record.ts';
import { freeName } from './key-names.ts';
import { KeyStore } from './key-store.ts';

export const IDLE_MINUTES = 15;

/**
 * Encryption is there in secure contexts only: https, or the machine of the node itself (localhost). Elsewhere keys cannot be
 * kept, but can be used while the page is open.
 */
export const canEncrypt = globalThis.isSecureContext;

/** A key as the pages see it. */
export interface WalletKey {
  readonly address: Wallet['address'];
  readonly name: string;
  /** `visit`: in memory only, gone with the page. */
  readonly kind: 'sealed' | 'watched' | 'visit';
  /** Undefined where only the address is known. */
  readonly publicKey: string | undefined;
}

class WalletStore {
  private records = $state.raw<readonly KeyRecord[]>([]);
  private visits = $state.raw<readonly WalletKey[]>([]);
  /** Addresses of what is in {@link privateKeys}. */
  private open = $state.raw<ReadonlySet<string>>(new Set());
  private readonly privateKeys = new Map<string, string>();
  /** Counts how often it was locked: what shows a private key closes then. */
  timesLocked = $state(0);
  /** Undefined until the browser has answered. */
  state = $state.raw<'loading' | 'ready' | { readonly failed: unknown }>('loading');
  private chosenAddress = $state<string | undefined>();
  private readonly store = new KeyStore(() => this.reload());
  private readonly idle = new IdleLock(IDLE_MINUTES * 60_000, () => this.lock());

  readonly keys: readonly WalletKey[] = $derived([
    ...this.records.map((record): WalletKey => ({
      ...{ address: record.address, name: record.name, kind: record.kind },
      publicKey: record.kind === 'sealed' ? record.publicKey : undefined,
    })),
    ...this.visits.filter(({ address }) => !this.records.some((record) => record.address === address)),
  ]);
  readonly chosen: WalletKey | undefined = $derived(
    this.keys.find(({ address }) => address === this.chosenAddress) ??
      this.keys.find(({ address }) => address === preferences.address) ??
      this.keys[0],
  );
  readonly hasOpen: boolean = $derived(this.open.size > 0);

  constructor() {
    this.reload();
    for (const sign of ['pointerdown', 'keydown', 'wheel'])
      addEventListener(sign, () => this.idle.touch(), { passive: true });
    document.addEventListener('visibilitychange', () => this.idle.check());
    // A page that the browser puts aside comes back with its memory when somebody presses "back".
    addEventListener('pagehide', () => this.lock());
  }

  async load(): Promise<void> {
    try {
      this.records = await this.store.list();
      this.state = 'ready';
    } catch (failed) {
      this.state = { failed };
    }
  }

  private reload(): void {
    this.load().catch(() => undefined); // what fails is in `state`
  }

  /** A name that no key has. */
  freeName(nameOf: (number: number) => string): string {
    return freeName(
      this.keys.map(({ name }) => name),
      nameOf,
    );
  }

  choose(address: string): void {
    this.chosenAddress = address;
  }

  isOpen(address: string): boolean {
    return this.open.has(address);
  }

  /** For the moment in which something is signed. */
  privateKeyOf(address: string): string | undefined {
    return this.privateKeys.get(address);
  }

  /** Keeps a key under a passphrase; it is unlocked then. */
  async keep(wallet: Wallet, name: string, passphrase: string): Promise<void> {
    await this.store.put(await sealKey(wallet, name, passphrase));
    await this.load();
    this.unlocked(wallet);
    this.choose(wallet.address);
  }

  async watch(address: Wallet['address'], name: string): Promise<void> {
    await this.load();
    // A key that is kept must not be replaced by its address.
    if (!this.keys.some((key) => key.address === address)) {
      await this.store.put({ version: 1, kind: 'watched', address, name, madeAt: Date.now() });
      await this.load();
    }
    this.choose(address);
  }

  /** Takes a key for this visit: nothing is written anywhere. */
  useForVisit(wallet: Wallet, name: string): void {
    const { address, publicKey } = wallet;
    const others = this.visits.filter((visit) => visit.address !== address);
    this.visits = [...others, { address, name, kind: 'visit', publicKey }];
    this.unlocked(wallet);
    this.choose(address);
  }

  /** @throws WrongPassphraseError */
  async unlock(address: string, passphrase: string): Promise<void> {
    this.unlocked(await openKey(this.sealed(address), passphrase));
  }

  /**
   * The private key, for a person to write down; the passphrase is asked for each time. To be shown until {@link timesLocked}
   * grows.
   * @throws WrongPassphraseError
   */
  async export(address: string, passphrase: string): Promise<string> {
    const { privateKey } = await openKey(this.sealed(address), passphrase);
    this.idle.start();
    return privateKey;
  }

  lock(): void {
    this.privateKeys.clear();
    this.open = new Set();
    this.visits = [];
    this.timesLocked++;
    this.idle.stop();
  }

  async delete(address: string): Promise<void> {
    this.forget(address);
    await this.store.delete(address);
    await this.load();
  }

  private forget(address: string): void {
    this.privateKeys.delete(address);
    this.open = new Set(this.privateKeys.keys());
    this.visits = this.visits.filter((visit) => visit.address !== address);
  }

  private unlocked({ address, privateKey }: Wallet): void {
    this.privateKeys.set(address, privateKey);
    this.open = new Set(this.privateKeys.keys());
    this.idle.start();
  }

  private sealed(address: string): SealedKey {
    const record = this.records.find((other) => other.address === address);
    if (record?.kind !== 'sealed') throw new Error('invariant: only a key that is kept can be unlocked');
    return record;
  }
}

export const wallet = new WalletStore();

/** A key from the text of a person. @throws InvalidPrivateKeyError */
export function keyFromText(text: string): Wallet {
  return walletFromPrivateKey(text.trim().replace(/^0x/i, ''));
}
