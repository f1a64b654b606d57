/**
 * Where keys are kept: IndexedDB of this browser, for this origin. Nothing of it is sent anywhere, and nothing in it can be read
 * without a passphrase but names, addresses and public keys.
 */
import { isKeyRecord, type KeyRecord } from './key-record.ts';

const DATABASE = 'mini-bitcoin-wallet';
const STORE = 'keys';

export class KeyStore {
  /** Undefined before it was asked for, and after that failed: then the next one tries again. */
  private opened: Promise<IDBDatabase> | undefined;
  private readonly others = new BroadcastChannel(DATABASE);

  /** @param changed another tab kept or deleted something */
  constructor(changed: () => void) {
    this.others.onmessage = changed;
  }

  /** What is kept, oldest first; records that are none of ours are left alone. @throws when the browser keeps nothing */
  async list(): Promise<KeyRecord[]> {
    const all = await this.run<unknown[]>('readonly', (store) => store.getAll());
    return all.filter(isKeyRecord).sort((a, b) => a.madeAt - b.madeAt);
  }

  /** Keeps a record, in place of another one with its address. */
  async put(record: KeyRecord): Promise<void> {
    await this.run('readwrite', (store) => store.put(record));
    this.others.postMessage('');
    // Without it, a browser that runs out of room may throw keys away. It may say no, or ask the person: nothing waits for that.
    if (globalThis.isSecureContext) void navigator.storage.persist().catch(() => false);
  }

  async delete(address: string): Promise<void> {
    await this.run('readwrite', (store) => store.delete(address));
    this.others.postMessage('');
  }

  private async database(): Promise<IDBDatabase> {
    this.opened ??= openDatabase();
    try {
      return await this.opened;
    } catch (error) {
      this.opened = undefined;
      throw error;
    }
  }

  private async run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const database = await this.database();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: 'strict' });
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error('the browser did not keep it'));
    });
  }
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'address' });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the browser keeps nothing here'));
  });
}
