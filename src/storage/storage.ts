/** Everything that a node keeps, behind one door. */
import type { ChainQueries, ChainStore } from '../chainstate/ports.ts';
import type { MempoolStore } from '../mempool/ports.ts';
import type { PeerStore } from '../network/ports.ts';
import type { SchemaMigrator } from './schema-migrator.ts';

export type StorageEngine = 'pglite' | 'postgresql' | 'memory';

/** Under which rules the chain in this store was made. Names and texts: the store does not know what they mean. */
export interface ChainParamsStore {
  /** Those of the first run; a store that has none takes `current` for ever. */
  loadOrAdopt(current: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>>;
}

export interface Storage {
  readonly engine: StorageEngine;
  readonly chain: ChainStore & ChainQueries;
  readonly mempool: MempoolStore;
  readonly peers: PeerStore;
  readonly params: ChainParamsStore;
  /** Without schema (memory) all of it does nothing. */
  readonly migrations: SchemaMigrator;
  /**
   * Housekeeping (VACUUM, CHECKPOINT) where nobody else does it. The store does this by itself after enough changes; after a
   * long import it does no harm to ask once more.
   */
  maintain(): Promise<void>;
  /** Waits for what is under way, then gives the database free. Idempotent. */
  close(): Promise<void>;
}
