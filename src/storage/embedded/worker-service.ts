/** Answers the requests of the node's thread with the engine. The engine has one session; connections take turns. */
import type { Engine } from './engine.ts';
import { ClientFraming, encodeFatal, type ClientItem } from './wire-framing.ts';
import type { WorkerReport, WorkerRequest } from './worker-messages.ts';

/** Answers are sent in pieces of this size: the engine emits 8 KB at a time, and each message to the thread costs. */
const OUTPUT_PIECE_BYTES = 256 * 1024;

type Report = (message: WorkerReport, transfer?: ArrayBuffer[]) => void;

interface Connection {
  readonly id: number;
  readonly framing: ClientFraming;
  /** The engine was greeted on its behalf, so the session must be reset after it. */
  greeted: boolean;
  /** Messages were run that no Sync has ended yet. */
  unsynced: boolean;
  /** Nothing is read from it any more. */
  hungUp: boolean;
}

export class WorkerService {
  readonly #engine: Engine;
  readonly #report: Report;
  readonly #output = new Uint8Array(OUTPUT_PIECE_BYTES);
  #outputBytes = 0;
  #connection: Connection | undefined;
  #maintenance: { readonly request: number; readonly tables: readonly string[] }[] = [];

  constructor(engine: Engine, report: Report) {
    this.#engine = engine;
    this.#report = report;
  }

  /** One request; the next may come when the promise is settled. A rejection means the engine is beyond use. */
  async handle(request: WorkerRequest): Promise<void> {
    switch (request.kind) {
      case 'data':
        await this.#handleData(request.connection, request.bytes);
        break;
      case 'disconnect':
        if (this.#connection?.id === request.connection) await this.#hangUp(this.#connection);
        this.#report({ kind: 'disconnected', connection: request.connection });
        break;
      case 'maintain':
        this.#maintenance.push(request);
        break;
      case 'stats':
        this.#report({ kind: 'stats', request: request.request, stats: this.#engine.stats() });
        break;
      case 'close':
        await this.#engine.close();
        this.#report({ kind: 'closed' });
        process.exit(0);
    }
    await this.#maintainWhenIdle();
  }

  async #handleData(id: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#connection?.id !== id) {
      this.#connection = { id, framing: new ClientFraming(), greeted: false, unsynced: false, hungUp: false };
    }
    const connection = this.#connection;
    for (const item of connection.framing.push(bytes)) {
      if (connection.hungUp) return;
      await this.#handleItem(connection, item);
      await this.#maintainWhenIdle();
    }
  }

  async #handleItem(connection: Connection, item: ClientItem): Promise<void> {
    const emit = (bytes: Uint8Array): void => {
      this.#emit(connection.id, bytes);
    };
    switch (item.kind) {
      case 'encryption-request':
        emit(Buffer.from('N')); // the two ends share an address space
        break;
      case 'startup':
        connection.greeted = true;
        await this.#engine.greet(emit);
        break;
      case 'group':
        connection.unsynced = !item.synced;
        await this.#engine.execute(item.bytes, emit);
        break;
      case 'violation':
        emit(encodeFatal('08P01', `protocol violation: ${item.reason}`));
        this.#flush(connection.id);
        await this.#hangUp(connection);
        this.#report({ kind: 'disconnected', connection: connection.id });
        break;
      case 'cancel': // the engine cannot be interrupted; the protocol expects no answer
      case 'terminate':
        await this.#hangUp(connection);
        this.#report({ kind: 'disconnected', connection: connection.id });
        break;
    }
    this.#flush(connection.id);
  }

  async #hangUp(connection: Connection): Promise<void> {
    if (connection.hungUp) return;
    connection.hungUp = true;
    connection.unsynced = false;
    if (connection.greeted) await this.#engine.resetSession();
  }

  /** Maintenance asked for by the owner and by the growth of the log, once no client is in the middle of something. */
  async #maintainWhenIdle(): Promise<void> {
    if (this.#connection?.unsynced === true || this.#engine.inTransaction) return;
    for (let next = this.#maintenance.shift(); next !== undefined; next = this.#maintenance.shift()) {
      const { request, tables } = next;
      try {
        await this.#engine.maintain(tables);
        this.#report({ kind: 'done', request });
      } catch (error) {
        this.#report({
          kind: 'failed',
          request,
          reason: error instanceof Error ? error.message : String(error),
        });
      }
    }
    await this.#engine.checkpointIfDue();
  }

  /** Collects the answer; `bytes` may be a view into the engine's memory. */
  #emit(connection: number, bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.length > 0) {
      if (this.#outputBytes === OUTPUT_PIECE_BYTES) this.#flush(connection);
      const part = rest.subarray(0, OUTPUT_PIECE_BYTES - this.#outputBytes);
      this.#output.set(part, this.#outputBytes);
      this.#outputBytes += part.length;
      rest = rest.subarray(part.length);
    }
  }

  #flush(connection: number): void {
    if (this.#outputBytes === 0) return;
    const bytes = this.#output.slice(0, this.#outputBytes);
    this.#outputBytes = 0;
    this.#report({ kind: 'data', connection, bytes }, [bytes.buffer]);
  }
}
