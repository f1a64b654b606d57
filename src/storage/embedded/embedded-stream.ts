/** What `pg` takes for a socket: one connection to the embedded database. */
import { Duplex } from 'node:stream';
import { encodeMessage } from './wire-framing.ts';

const TERMINATE = Buffer.from(encodeMessage('X', ''));

/** The server's end, as far as a stream needs it. */
export interface StreamPort {
  /** Takes the one connection for this stream. Throws a typed error when it is taken, or the database is not there. */
  attach(stream: EmbeddedStream): void;
  /** Sends bytes; they must belong to nobody else, for their memory is given away. */
  send(stream: EmbeddedStream, bytes: Uint8Array<ArrayBuffer>): void;
  /** Gives the connection up; an open transaction is rolled back. */
  detach(stream: EmbeddedStream): void;
  /** Whether this stream keeps the process alive. */
  keepAlive(stream: EmbeddedStream, wanted: boolean): void;
}

/**
 * A Duplex with the methods of `net.Socket` that `pg` 8 calls: connect, setNoDelay, setKeepAlive, ref, unref
 * (pg/lib/connection.js).
 *
 * There is no back pressure towards the engine: it computes an answer in one go and could only be held by blocking its
 * thread. `pg` reads without pause and keeps whole results in memory anyway.
 */
export class EmbeddedStream extends Duplex {
  readonly #port: StreamPort;
  #attached = false;

  constructor(port: StreamPort) {
    super();
    this.#port = port;
  }

  /** Like `net.Socket`, tells the outcome by `connect` or `error` after it returned: `pg` listens only then. */
  connect(): this {
    process.nextTick(() => {
      if (this.destroyed) return;
      try {
        this.#port.attach(this);
      } catch (error) {
        this.destroy(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      this.#attached = true;
      this.emit('connect');
    });
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  ref(): this {
    if (this.#attached) this.#port.keepAlive(this, true);
    return this;
  }

  unref(): this {
    if (this.#attached) this.#port.keepAlive(this, false);
    return this;
  }

  /** Called by the server with bytes for the client. */
  receive(bytes: Uint8Array<ArrayBuffer>): void {
    if (!this.destroyed && !this.readableEnded)
      this.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  }

  /** Called by the server when it has hung up: what was received can still be read, then the stream closes. */
  receiveEnd(): void {
    this.#attached = false;
    if (this.destroyed) return;
    this.push(null);
    if (!this.writableEnded) this.end();
  }

  override _read(): void {
    // The server pushes as answers come.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#send([chunk], callback);
  }

  override _writev(chunks: { chunk: Buffer }[], callback: (error?: Error | null) => void): void {
    this.#send(
      chunks.map(({ chunk }) => chunk),
      callback,
    );
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#release();
    callback();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#release();
    callback(error);
  }

  #send(chunks: readonly Buffer[], callback: (error?: Error | null) => void): void {
    // A copy, because the driver's buffers are shared and used again; moving the copy to the worker costs no second.
    const bytes = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
    let offset = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, offset);
      offset += chunk.length;
    }
    const isGoodBye = TERMINATE.equals(bytes); // asked now: sending takes the bytes away
    if (this.#attached) this.#port.send(this, bytes);
    // Having said good-bye, the client counts as gone: a pool's end() does not wait for the stream to close, and what
    // follows it (a new client, or the close of the database) must find the connection free.
    if (isGoodBye) this.#release();
    callback();
  }

  #release(): void {
    if (!this.#attached) return;
    this.#attached = false;
    this.#port.detach(this);
  }
}
