/**
 * Keeps the store in step with the memory. Changes that arrive while the store is busy go together as one write ("group
 * commit"): durability costs one flush for many transactions instead of one each.
 *
 * Order: what comes is written before what leaves. After a crash in between, a replaced transaction and its replacement
 * are both there, and loading decides again; the other way round both could be gone.
 */
import type { Txid } from '../consensus/index.ts';
import type { MempoolStore, StoredMempoolTransaction } from './ports.ts';

interface Waiter {
  resolve(): void;
  reject(error: unknown): void;
}

interface PendingAdd extends Waiter {
  readonly stored: StoredMempoolTransaction;
}

/** Told about failures. Called synchronously, before anything else is written. */
export interface JournalListener {
  /** These could not be stored. Whoever waits for them is told afterwards. */
  addFailed(txids: readonly Txid[], error: unknown): void;
  /** Some rows could not be deleted; it is tried again with the next change. */
  removeFailed(error: unknown): void;
}

/** Rows in one write. */
const MAX_BATCH = 1000;

export class MempoolJournal {
  private readonly store: Pick<MempoolStore, 'add' | 'remove'>;
  private readonly listener: JournalListener;
  private readonly adds = new Map<Txid, PendingAdd>();
  private readonly removes = new Set<Txid>();
  /** What the store is writing right now. */
  private writing: ReadonlyMap<Txid, PendingAdd> = new Map();
  private running: Promise<void> | undefined = undefined;

  constructor(store: Pick<MempoolStore, 'add' | 'remove'>, listener: JournalListener) {
    this.store = store;
    this.listener = listener;
  }

  /** Resolves when it is durable, or no longer to be kept; rejects when it could not be stored. */
  add(txid: Txid, stored: StoredMempoolTransaction): Promise<void> {
    const durable = new Promise<void>((resolve, reject) => {
      this.adds.set(txid, { stored, resolve, reject });
    });
    this.removes.delete(txid);
    this.start();
    return durable;
  }

  /** It waits no longer. */
  remove(txid: Txid): void {
    this.adds.get(txid)?.resolve();
    this.adds.delete(txid);
    this.removes.add(txid);
    this.start();
  }

  /**
   * A block contains it: the chain's own commit has deleted the row. Only a write of ours that is still under way could
   * bring it back.
   */
  confirmed(txid: Txid): void {
    if (this.adds.has(txid) || this.writing.has(txid)) this.remove(txid);
  }

  /** It is taken out because its parent could not be stored. */
  abandon(txid: Txid, error: unknown): void {
    this.adds.get(txid)?.reject(error);
    this.adds.delete(txid);
    this.removes.add(txid);
  }

  /** When nothing is left to write. */
  async whenIdle(): Promise<void> {
    while (this.running !== undefined) await this.running;
  }

  private start(): void {
    this.running ??= Promise.resolve().then(() => this.writeAll());
  }

  private async writeAll(): Promise<void> {
    while (this.adds.size > 0 || this.removes.size > 0) {
      const adds = takeFirst(this.adds);
      // While something waits to be added, nothing may go: it could be what replaces it.
      const removes = this.adds.size > 0 ? [] : [...this.removes].slice(0, MAX_BATCH);
      this.writing = adds;
      const added = await this.writeAdds(adds);
      this.writing = new Map();
      if (!added) continue;
      for (const waiter of adds.values()) waiter.resolve();

      // What was added again meanwhile stays.
      const stillLeaving = removes.filter((txid) => this.removes.has(txid));
      if (stillLeaving.length === 0) continue;
      try {
        await this.store.remove(stillLeaving);
      } catch (error) {
        this.listener.removeFailed(error);
        break;
      }
      for (const txid of stillLeaving) this.removes.delete(txid);
    }
    // In the same tick in which the loop found nothing: a change that comes now starts anew.
    this.running = undefined;
  }

  private async writeAdds(adds: ReadonlyMap<Txid, PendingAdd>): Promise<boolean> {
    if (adds.size === 0) return true;
    try {
      await this.store.add([...adds.values()].map(({ stored }) => stored));
      return true;
    } catch (error) {
      this.listener.addFailed([...adds.keys()], error);
      for (const waiter of adds.values()) waiter.reject(error);
      return false;
    }
  }
}

function takeFirst(from: Map<Txid, PendingAdd>): Map<Txid, PendingAdd> {
  const taken = new Map<Txid, PendingAdd>();
  for (const [txid, pending] of from) {
    if (taken.size === MAX_BATCH) break;
    taken.set(txid, pending);
    from.delete(txid);
  }
  return taken;
}
