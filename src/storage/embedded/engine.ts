/**
 * PGlite (PostgreSQL 18 in WebAssembly) as this program runs it: durable, modest, and dying loudly. Lives in the
 * worker, because it computes on the thread it is called from and does not let go of it during a query.
 */
import { PGlite } from '@electric-sql/pglite';
import { FsyncNodeFs } from './fsync-node-fs.ts';
import { encodeMessage, findError } from './wire-framing.ts';
import type { EngineStats } from './worker-messages.ts';

/**
 * Settings, each for a measured reason. They go on the command line, so that they hold for clusters made by others
 * and `DISCARD ALL` returns to them.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'on',
  // Of the methods PostgreSQL knows only this one ends in the system call that fsync-node-fs.ts answers.
  wal_sync_method: 'fsync',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // The machine's memory is copied from nothing but zeros: each page cached here is one more of resident memory, and
  // the page cache of the system below serves as well. 128 MB (the default) costs 120 MB for no gain we could measure.
  shared_buffers: '16MB',
  wal_buffers: '1MB',
  maintenance_work_mem: '32MB',
  max_wal_size: '64MB',
  min_wal_size: '32MB',
  // Errors of statements reach the client anyway; here only what concerns the engine itself.
  log_min_messages: 'log',
};

/** Without a checkpoint the log grows for ever: nobody but us starts one (there is no checkpointer process). */
const CHECKPOINT_AFTER_WAL_BYTES = 48 * 1024 * 1024;
/** Lines of the engine's log kept for the report of a crash. */
const KEPT_LOG_LINES = 20;
/** Exit status PGlite uses for PostgreSQL's way back to its main loop after an error (pglitec.c). */
const LONGJMP_STATUS = 100;

const SYNC = encodeMessage('S', '');
/** What the client asked for at start-up is not looked at: a bad value would be FATAL, for the engine. */
const STARTUP = startupMessage({ user: 'postgres', database: 'postgres', client_encoding: 'UTF8' });

/** What this file uses of the Emscripten module beyond its types. */
interface EngineModule {
  _PostgresMainLoopOnce: () => void;
  readonly HEAPU8: Uint8Array;
}

export interface EngineOptions {
  /** Folder of the cluster (PGDATA). Created when missing, which runs initdb. */
  readonly cluster: string;
  /** Called when the engine can no longer be trusted; must not return. */
  readonly onFatal: (reason: string) => never;
}

export class Engine {
  readonly #pglite: PGlite;
  readonly #fs: FsyncNodeFs;
  readonly #log: string[];
  readonly #onFatal: (reason: string) => never;
  #checkpoints = 0;
  #walBytesAtCheckpoint = 0;

  private constructor(pglite: PGlite, fs: FsyncNodeFs, log: string[], onFatal: (reason: string) => never) {
    this.#pglite = pglite;
    this.#fs = fs;
    this.#log = log;
    this.#onFatal = onFatal;
    this.#dieOnUnknownExceptions();
  }

  /** Starts the engine and recovers what a crash left. Throws when it cannot. */
  static async start({ cluster, onFatal }: EngineOptions): Promise<Engine> {
    const fs = new FsyncNodeFs(cluster);
    const log: string[] = [];
    const startParams = [
      ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'), // -F: no fsync
      ...Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ];
    const onStderr = (line: string): boolean => {
      log.push(line);
      if (log.length > KEPT_LOG_LINES) log.shift();
      return false;
    };
    try {
      const pglite = await PGlite.create({ fs, startParams, onStderr });
      return new Engine(pglite, fs, log, onFatal);
    } catch (error) {
      throw new Error(describe(error, log), { cause: error });
    }
  }

  /**
   * Runs messages of the wire protocol and hands out the answer as it comes.
   *
   * @param messages whole messages
   * @param onData gets views into the machine's memory, valid during the call only
   */
  async execute(messages: Uint8Array, onData: (bytes: Uint8Array) => void): Promise<void> {
    try {
      await this.#pglite.execProtocolRawStream(messages, { syncToFs: false, onRawData: onData });
    } catch (error) {
      this.#onFatal(describe(error, this.#log));
    }
  }

  /** Greets a new client: authentication, settings, ready. */
  greet(onData: (bytes: Uint8Array) => void): Promise<void> {
    return this.execute(STARTUP, onData);
  }

  /** Whether a transaction block is open (also a failed one). */
  get inTransaction(): boolean {
    return this.#pglite.isInTransaction();
  }

  /** Makes the one session of the engine as good as new: what the last client left open or set is undone. */
  async resetSession(): Promise<void> {
    await this.#run(SYNC); // ends the skipping of messages after an error
    await this.#query('ROLLBACK');
    await this.#query('DISCARD ALL');
  }

  /** Writes a checkpoint when the log has grown by enough. Not inside a transaction. */
  async checkpointIfDue(): Promise<void> {
    if (this.#fs.walBytes - this.#walBytesAtCheckpoint < CHECKPOINT_AFTER_WAL_BYTES) return;
    try {
      await this.#checkpoint();
    } catch {
      // Say, a full disk. Nobody asked for this one, and the log keeps what it would have saved: try again later.
      this.#walBytesAtCheckpoint = this.#fs.walBytes;
    }
  }

  /**
   * CHECKPOINT, and VACUUM (ANALYZE) of tables: the work of PostgreSQL's background processes, which do not exist
   * here. Not inside a transaction. Throws with PostgreSQL's message.
   *
   * @param tables names as they stand in the catalogue, optionally `schema.table`
   */
  async maintain(tables: readonly string[]): Promise<void> {
    if (tables.length > 0) await this.#query(`VACUUM (ANALYZE) ${tables.map(quoteName).join(', ')}`);
    await this.#checkpoint();
  }

  stats(): EngineStats {
    return {
      fsyncs: this.#fs.fsyncs,
      walBytes: this.#fs.walBytes,
      checkpoints: this.#checkpoints,
      wasmMemoryBytes: this.#module.HEAPU8.length,
    };
  }

  /** Writes the last checkpoint and shuts down. */
  close(): Promise<void> {
    return this.#pglite.close();
  }

  async #checkpoint(): Promise<void> {
    await this.#query('CHECKPOINT');
    this.#checkpoints += 1;
    this.#walBytesAtCheckpoint = this.#fs.walBytes;
  }

  async #query(sql: string): Promise<void> {
    const answer = await this.#run(encodeMessage('Q', `${sql}\0`));
    const error = findError(answer);
    if (error !== undefined) throw new Error(`${sql}: ${error}`);
  }

  async #run(messages: Uint8Array): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    await this.execute(messages, (bytes) => parts.push(bytes.slice()));
    return Buffer.concat(parts);
  }

  get #module(): EngineModule {
    return this.#pglite.Module as unknown as EngineModule;
  }

  /**
   * PGlite swallows every exception of PostgreSQL's main loop and calls it again, also after a trap or an exit: it
   * then spins for ever. Only the one exception that means "SQL error" may pass.
   */
  #dieOnUnknownExceptions(): void {
    const module = this.#module;
    const runOnce = module._PostgresMainLoopOnce;
    module._PostgresMainLoopOnce = () => {
      try {
        runOnce();
      } catch (error) {
        if (exitStatus(error) !== LONGJMP_STATUS) this.#onFatal(describe(error, this.#log));
        throw error;
      }
    };
  }
}

function exitStatus(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
}

/** An exception of the engine (some are no Errors) and the end of its log, in words. */
function describe(error: unknown, log: readonly string[]): string {
  const named = typeof error === 'object' && error !== null && 'message' in error;
  const what = String(named ? error.message : error);
  return log.length === 0 ? what : `${what}; the engine's log ends with:\n${log.join('\n')}`;
}

function quoteName(name: string): string {
  return name
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.');
}

function startupMessage(parameters: Readonly<Record<string, string>>): Uint8Array {
  const body = Buffer.from(
    Object.entries(parameters)
      .map(([name, value]) => `${name}\0${value}\0`)
      .join('') + '\0',
  );
  const message = Buffer.alloc(8 + body.length);
  message.writeInt32BE(message.length, 0);
  message.writeInt32BE(3 << 16, 4);
  body.copy(message, 8);
  return new Uint8Array(message);
}
