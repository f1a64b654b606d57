/** What the thread of the node and the thread of the database say to each other. */

/** The work a worker is started for, as its `workerData`. */
export type WorkerTask =
  | {
      readonly kind: 'initialise';
      /** Folder to fill; its parent exists and it does not. */
      readonly target: string;
      /** Folder in which templates are kept, or null to keep none. */
      readonly templateDir: string | null;
    }
  | { readonly kind: 'serve'; readonly cluster: string };

/** To the worker. `connection` numbers the successive connections; bytes are those of the PostgreSQL wire protocol. */
export type WorkerRequest =
  | { readonly kind: 'data'; readonly connection: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'disconnect'; readonly connection: number }
  | { readonly kind: 'maintain'; readonly request: number; readonly tables: readonly string[] }
  | { readonly kind: 'stats'; readonly request: number }
  | { readonly kind: 'close' };

/** From the worker. */
export type WorkerReport =
  | { readonly kind: 'initialised'; readonly origin: ClusterOrigin }
  | { readonly kind: 'ready' }
  | { readonly kind: 'data'; readonly connection: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'disconnected'; readonly connection: number }
  | { readonly kind: 'done'; readonly request: number }
  | { readonly kind: 'stats'; readonly request: number; readonly stats: EngineStats }
  | { readonly kind: 'failed'; readonly request: number; readonly reason: string }
  | { readonly kind: 'fatal'; readonly reason: string }
  | { readonly kind: 'closed' };

/** Where a new cluster came from: PostgreSQL's initdb, the template in the package, or the one in the cache. */
export type ClusterOrigin = 'initdb' | 'packaged-template' | 'cached-template';

/** Counters since the engine was started. */
export interface EngineStats {
  /** Calls of fsync on files and folders of the cluster. */
  readonly fsyncs: number;
  /** Bytes written to the write-ahead log. */
  readonly walBytes: number;
  /** Checkpoints this program asked for, by itself or through `maintain`; not those of SQL clients. */
  readonly checkpoints: number;
  /** Memory of the WebAssembly machine; it grows and never shrinks. */
  readonly wasmMemoryBytes: number;
}
