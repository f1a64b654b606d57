/** What the thread of the node and the threads that hash say to each other. `search` numbers the searches of a pool. */

/** To a worker. A new search takes the place of the one that runs. */
export type HashWorkerRequest =
  | {
      readonly kind: 'search';
      readonly search: number;
      readonly header: Uint8Array;
      readonly target: Uint8Array;
      /** The range of nonces, within 0 … 2^32 − 1. */
      readonly firstNonce: number;
      readonly count: number;
      /** Part of the time to spend hashing, > 0 … 1. */
      readonly share: number;
    }
  | { readonly kind: 'cancel'; readonly search: number };

/** Work done since the last report. */
export interface HashesDone {
  readonly hashes: number;
  /** Time spent hashing, pauses left out, in milliseconds. */
  readonly busyMs: number;
  /** The lowest hash that this thread saw of the header, big-endian; only when it has become lower. */
  readonly bestHash?: Uint8Array;
}

/** From a worker. Every search ends with exactly one `finished` or `cancelled`, unless the worker dies. */
export type HashWorkerReport =
  /** It can hash, and this is what with. Comes once, first. */
  { readonly kind: 'ready'; readonly kernel: string } | SearchReport;

export type SearchReport =
  | ({ readonly kind: 'progress'; readonly search: number } & HashesDone)
  /** The range is done. */
  | ({
      readonly kind: 'finished';
      readonly search: number;
      readonly nonce: number | undefined;
    } & HashesDone)
  | ({ readonly kind: 'cancelled'; readonly search: number } & HashesDone);
