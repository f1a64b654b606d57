/**
 * PostgreSQL inside the node: PGlite in a worker thread, reached by the ordinary `pg` driver.
 *
 *     new pg.Pool({ max: 1, stream: () => embedded.connectStream(), user: 'postgres', database: 'postgres' })
 *
 * What differs from a server: one connection at a time; a running query cannot be cancelled and `statement_timeout`
 * does nothing (there are no signals); `options` and other start-up parameters are ignored, `SET` works; COPY FROM
 * STDIN fails; nobody vacuums, analyses or checkpoints but `maintain` (and a checkpoint per 48 MB of log).
 */
import { randomUUID } from 'node:crypto';
import { rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Worker } from 'node:worker_threads';
import { lockDataDir, type DataDirLock } from './data-dir-lock.ts';
import { claimDataDir, clusterPath, unfinishedClusterPath } from './data-dir.ts';
import { syncPath } from './durable-files.ts';
import { EmbeddedStream, type StreamPort } from './embedded-stream.ts';
import {
  EmbeddedBusyError,
  EmbeddedClosedError,
  EmbeddedCrashError,
  EmbeddedMaintenanceError,
  EmbeddedStartError,
  systemErrorCode,
} from './errors.ts';
import type { ClusterOrigin, EngineStats, WorkerReport, WorkerRequest } from './worker-messages.ts';
import { firstReport, startWorker } from './worker-thread.ts';

/** After this long a closing engine is stopped by force, which costs a recovery at the next start and no data. */
const DEFAULT_CLOSE_TIMEOUT_MS = 60_000;

export interface EmbeddedPostgresOptions {
  /** Folder of this node; created when missing. The database is in `pgdata` below it. */
  readonly dataDir: string;
  /**
   * Where empty clusters are kept for the next first start. Default `$XDG_CACHE_HOME/mini-bitcoin` (`~/.cache`);
   * null takes no template, not even the packaged one, and keeps none.
   */
  readonly templateDir?: string | null;
  /** A lock the caller holds on `dataDir` and releases itself, after `close`. Without one, a lock is taken here. */
  readonly lock?: DataDirLock;
}

export interface EmbeddedPostgres {
  /** Where the cluster came from, or `existing`. */
  readonly origin: ClusterOrigin | 'existing';
  /** A stream for the `stream` option of a `pg` client. It takes the one connection when the client connects. */
  connectStream(): Duplex;
  /**
   * Does what PostgreSQL's background processes do elsewhere: VACUUM (ANALYZE) of `tables` (catalogue names, optionally
   * `schema.table`), then CHECKPOINT. Waits for an open transaction to end, and SQL waits for it. It costs a
   * walk over what has changed: call it after a part of the rows did. Rejects with EmbeddedMaintenanceError; the database goes on.
   */
  maintain(tables: readonly string[]): Promise<void>;
  /** Counters of the engine since it was started. Waits for a running query. */
  stats(): Promise<EngineStats>;
  /**
   * Tells when the database died. By then every query in flight has failed and every later one will. Returns a
   * function that cancels the notification.
   */
  onCrash(listener: (error: EmbeddedCrashError) => void): () => void;
  /** Rolls back what is open, shuts the engine down and releases the lock. Idempotent. */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}

/**
 * Opens the database of a data directory: locks it, initialises it when it is new, recovers it when the last node was
 * killed.
 *
 * @throws DataDirInUseError, DataDirLayoutError, EmbeddedStartError
 */
export async function openEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const lock = options.lock ?? (await lockDataDir(dataDir));
  const ownsLock = options.lock === undefined;
  try {
    if (lock.dir !== dataDir) throw new EmbeddedStartError(`the lock is on ${lock.dir}, not on ${dataDir}`);
    await claimDataDir(dataDir);
    const templateDir = options.templateDir === undefined ? defaultTemplateDir() : options.templateDir;
    const origin = await ensureCluster(dataDir, templateDir);
    const worker = startWorker({ kind: 'serve', cluster: clusterPath(dataDir) });
    await firstReport(worker, 'ready');
    return new EmbeddedServer(worker, origin, lock, ownsLock);
  } catch (error) {
    if (ownsLock) await lock.release();
    throw error;
  }
}

/** `$XDG_CACHE_HOME/mini-bitcoin`; the variable counts only when absolute (XDG Base Directory Specification). */
function defaultTemplateDir(): string {
  const configured = process.env['XDG_CACHE_HOME'];
  const cache = configured !== undefined && isAbsolute(configured) ? configured : join(homedir(), '.cache');
  return join(cache, 'mini-bitcoin');
}

async function ensureCluster(
  dataDir: string,
  templateDir: string | null,
): Promise<ClusterOrigin | 'existing'> {
  const cluster = clusterPath(dataDir);
  try {
    await stat(cluster);
    return 'existing';
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  }
  // A kill at any moment leaves either no `pgdata`, or all of it.
  const unfinished = unfinishedClusterPath(dataDir, randomUUID());
  try {
    const worker = startWorker({ kind: 'initialise', target: unfinished, templateDir }); // 1. build and sync
    const { origin } = await firstReport(worker, 'initialised');
    await rename(unfinished, cluster); // 2. give it its name
    await syncPath(dirname(cluster), true); // 3. make the name last
    return origin;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
}

interface PendingRequest {
  readonly resolve: (stats?: EngineStats) => void;
  readonly reject: (error: Error) => void;
}

class EmbeddedServer implements EmbeddedPostgres, StreamPort {
  readonly origin: ClusterOrigin | 'existing';
  readonly #worker: Worker;
  readonly #lock: DataDirLock;
  readonly #ownsLock: boolean;
  readonly #stopWatchingLock: () => void;
  readonly #exited: Promise<void>;
  readonly #crashListeners = new Set<(error: EmbeddedCrashError) => void>();
  readonly #requests = new Map<number, PendingRequest>();
  /** Streams by the number of their connection, until the worker has hung up. At most one of them is `#current`. */
  readonly #streams = new Map<number, EmbeddedStream>();
  #current: { readonly id: number; readonly stream: EmbeddedStream } | undefined;
  #lastNumber = 0;
  #closed: Promise<void> | undefined;
  #crash: EmbeddedCrashError | undefined;

  constructor(worker: Worker, origin: ClusterOrigin | 'existing', lock: DataDirLock, ownsLock: boolean) {
    this.origin = origin;
    this.#worker = worker;
    this.#lock = lock;
    this.#ownsLock = ownsLock;
    this.#exited = new Promise((resolvePromise) => {
      worker.once('exit', (code) => {
        this.#fail(`its thread ended with code ${code}`);
        resolvePromise();
      });
    });
    worker.on('message', (report: WorkerReport) => {
      this.#handle(report);
    });
    worker.on('error', (error: Error) => {
      this.#fail(error.message, error);
    });
    this.#stopWatchingLock = lock.onLost((error) => {
      this.#fail(error.message, error);
      this.#stopByForce();
    });
  }

  connectStream(): Duplex {
    return new EmbeddedStream(this);
  }

  async maintain(tables: readonly string[]): Promise<void> {
    await this.#request((request) => ({ kind: 'maintain', request, tables: [...tables] }));
  }

  async stats(): Promise<EngineStats> {
    const stats = await this.#request((request) => ({ kind: 'stats', request }));
    if (stats === undefined) throw new EmbeddedCrashError('its answer made no sense');
    return stats;
  }

  onCrash(listener: (error: EmbeddedCrashError) => void): () => void {
    this.#crashListeners.add(listener);
    if (this.#crash !== undefined) listener(this.#crash);
    return () => this.#crashListeners.delete(listener);
  }

  close({ timeoutMs = DEFAULT_CLOSE_TIMEOUT_MS }: { readonly timeoutMs?: number } = {}): Promise<void> {
    this.#closed ??= this.#close(timeoutMs);
    return this.#closed;
  }

  async #close(timeoutMs: number): Promise<void> {
    this.#abandon(new EmbeddedClosedError()); // disconnects, so the worker rolls back first
    if (this.#crash === undefined) this.#post({ kind: 'close' });
    const timer = setTimeout(() => {
      this.#stopByForce();
    }, timeoutMs);
    await this.#exited;
    clearTimeout(timer);
    this.#stopWatchingLock();
    // The lock outlives the engine: the next holder must find the files at rest.
    if (this.#ownsLock) await this.#lock.release();
  }

  attach(stream: EmbeddedStream): void {
    if (this.#crash !== undefined) throw this.#crash;
    if (this.#closed !== undefined) throw new EmbeddedClosedError();
    if (this.#current !== undefined) throw new EmbeddedBusyError();
    this.#lastNumber += 1;
    this.#current = { id: this.#lastNumber, stream };
    this.#streams.set(this.#lastNumber, stream);
  }

  send(stream: EmbeddedStream, bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#current?.stream !== stream) return;
    this.#post({ kind: 'data', connection: this.#current.id, bytes }, [bytes.buffer]);
  }

  detach(stream: EmbeddedStream): void {
    if (this.#current?.stream !== stream) return;
    // The worker takes its messages in order, so the next connection may come before it has cleaned up.
    if (this.#crash === undefined) this.#post({ kind: 'disconnect', connection: this.#current.id });
    this.#current = undefined;
    this.#worker.ref();
  }

  keepAlive(stream: EmbeddedStream, wanted: boolean): void {
    if (this.#current?.stream !== stream) return;
    if (wanted) this.#worker.ref();
    else this.#worker.unref();
  }

  #handle(report: WorkerReport): void {
    switch (report.kind) {
      case 'data':
        this.#streams.get(report.connection)?.receive(report.bytes);
        break;
      case 'disconnected': {
        const stream = this.#streams.get(report.connection);
        this.#streams.delete(report.connection);
        if (this.#current?.id === report.connection) this.#current = undefined;
        stream?.receiveEnd();
        break;
      }
      case 'done':
        this.#settle(report.request)?.resolve();
        break;
      case 'stats':
        this.#settle(report.request)?.resolve(report.stats);
        break;
      case 'failed':
        this.#settle(report.request)?.reject(new EmbeddedMaintenanceError(report.reason));
        break;
      case 'fatal':
        this.#fail(report.reason);
        break;
      case 'ready':
      case 'initialised':
      case 'closed':
        break;
    }
  }

  #request(make: (request: number) => WorkerRequest): Promise<EngineStats | undefined> {
    return new Promise((resolvePromise, reject) => {
      if (this.#crash !== undefined) throw this.#crash;
      if (this.#closed !== undefined) throw new EmbeddedClosedError();
      this.#lastNumber += 1;
      this.#requests.set(this.#lastNumber, { resolve: resolvePromise, reject });
      this.#post(make(this.#lastNumber));
    });
  }

  #settle(request: number): PendingRequest | undefined {
    const pending = this.#requests.get(request);
    this.#requests.delete(request);
    return pending;
  }

  #post(request: WorkerRequest, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(request, transfer);
  }

  #stopByForce(): void {
    this.#worker.terminate().catch((error: unknown) => {
      this.#fail('its thread cannot be stopped', error instanceof Error ? error : undefined);
    });
  }

  /** Fails everything that waits for an answer. */
  #abandon(error: Error): void {
    for (const { reject } of this.#requests.values()) reject(error);
    this.#requests.clear();
    // One that its client has ended already need not hear of it.
    for (const stream of this.#streams.values())
      stream.destroy(stream === this.#current?.stream ? error : undefined);
    this.#streams.clear();
  }

  #fail(reason: string, cause?: Error): void {
    if (this.#crash !== undefined) return;
    if (this.#closed !== undefined && cause === undefined) return; // the end that close() waits for
    this.#crash = new EmbeddedCrashError(reason, cause === undefined ? {} : { cause });
    this.#abandon(this.#crash);
    for (const listener of this.#crashListeners) listener(this.#crash);
  }
}
