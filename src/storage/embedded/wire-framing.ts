/**
 * Cuts the byte stream of a PostgreSQL client into messages, and groups them the way the engine can take them: up to
 * and including a message after which the server answers (Sync, Query, Flush, FunctionCall).
 *
 * The engine is one process without a supervisor, and what a real server answers with FATAL (ending one backend) ends
 * *it*. So everything that is FATAL by the protocol alone is refused here: unknown types, absurd lengths. COPY FROM
 * STDIN is another case: the engine reads the next message where it stands, finds none, takes that for the end of the
 * connection and dies. Where a client may be about to COPY, a CopyFail is put right behind the message that would
 * start it: the statement fails as an ordinary error, and outside of a COPY the engine ignores the message.
 *
 * Source: PostgreSQL 18 manual, chapter 54 "Frontend/Backend Protocol"; SocketBackend() in tcop/postgres.c.
 */

export type ClientItem =
  | { readonly kind: 'encryption-request' }
  | { readonly kind: 'startup' }
  | { readonly kind: 'cancel' }
  /** Whole messages for the engine; `synced` when it answers them with ReadyForQuery. */
  | { readonly kind: 'group'; readonly bytes: Uint8Array<ArrayBuffer>; readonly synced: boolean }
  | { readonly kind: 'terminate' }
  /** The client broke the protocol; nothing after it can be understood. */
  | { readonly kind: 'violation'; readonly reason: string };

/** Largest message taken, in bytes. The engine would take 1 GiB, out of an address space of 2 GiB. */
export const MAX_MESSAGE_BYTES = 256 * 1024 * 1024;
/** PQ_SMALL_MESSAGE_LIMIT: more is FATAL for message types that need little. */
const MAX_SMALL_MESSAGE_BYTES = 10_000;

const PROTOCOL_MAJOR = 3;
const CANCEL_REQUEST = 80877102;
const SSL_REQUEST = 80877103;
const GSS_ENCRYPTION_REQUEST = 80877104;

const HEADER_BYTES = 5;
const LARGE_TYPES = 'QPBF';
const SMALL_TYPES = 'DCEHSX';
/** Answers to questions never asked here (COPY data, passwords): PostgreSQL ignores them out of place, so do we. */
const IGNORED_TYPES = 'dcfp';
const GROUP_END_TYPES = 'SQHF';

const COPY_FAIL = encodeMessage('f', 'COPY FROM STDIN is not supported by the embedded database\0');

/** A message of the wire protocol: type, length, body. */
export function encodeMessage(type: string, body: string): Uint8Array<ArrayBuffer> {
  const content = new TextEncoder().encode(body);
  const message = new Uint8Array(HEADER_BYTES + content.length);
  message[0] = type.charCodeAt(0);
  new DataView(message.buffer).setInt32(1, 4 + content.length);
  message.set(content, HEADER_BYTES);
  return message;
}

export class ClientFraming {
  #chunks: Uint8Array<ArrayBuffer>[] = [];
  #pendingBytes = 0;
  /** Bytes that must be there before it is worth looking again, so that a big message is joined once. */
  #neededBytes = 8;
  #started = false;
  #ended = false;
  #group: Uint8Array[] = [];
  #groupBytes = 0;
  #mayCopy = false;

  /** Takes the next bytes from the client; they must not be changed afterwards. Returns what they complete. */
  push(chunk: Uint8Array<ArrayBuffer>): ClientItem[] {
    if (this.#ended) return [];
    this.#chunks.push(chunk);
    this.#pendingBytes += chunk.length;
    if (this.#pendingBytes < this.#neededBytes) return [];
    return this.#cut(joinBytes(this.#chunks, this.#pendingBytes));
  }

  #cut(bytes: Uint8Array<ArrayBuffer>): ClientItem[] {
    const items: ClientItem[] = [];
    let offset = 0;
    this.#neededBytes = this.#headerBytes();
    while (!this.#ended) {
      const available = bytes.length - offset;
      if (available < this.#headerBytes()) {
        this.#neededBytes = this.#headerBytes();
        break;
      }
      const view = new DataView(bytes.buffer, bytes.byteOffset + offset, available);
      const sizeBytes = this.#started ? 1 + view.getInt32(1) : view.getInt32(0);
      const violation = this.#started ? checkHeader(view) : checkStartup(view);
      if (violation !== undefined) {
        this.#ended = true;
        items.push({ kind: 'violation', reason: violation });
        break;
      }
      if (available < sizeBytes) {
        this.#neededBytes = sizeBytes;
        break;
      }
      const item = this.#started
        ? this.#take(bytes.subarray(offset, offset + sizeBytes))
        : this.#takeStartup(view);
      if (item !== undefined) items.push(item);
      offset += sizeBytes;
    }
    this.#chunks = offset < bytes.length ? [bytes.subarray(offset)] : [];
    this.#pendingBytes = bytes.length - offset;
    return items;
  }

  #headerBytes(): number {
    return this.#started ? HEADER_BYTES : 8;
  }

  #takeStartup(view: DataView): ClientItem {
    const code = view.getInt32(4);
    if (code === SSL_REQUEST || code === GSS_ENCRYPTION_REQUEST) return { kind: 'encryption-request' };
    if (code === CANCEL_REQUEST) {
      this.#ended = true;
      return { kind: 'cancel' };
    }
    this.#started = true;
    return { kind: 'startup' };
  }

  #take(message: Uint8Array<ArrayBuffer>): ClientItem | undefined {
    const type = String.fromCharCode(message[0] ?? 0);
    if (IGNORED_TYPES.includes(type)) return undefined;
    if (type === 'X') {
      this.#ended = true;
      return { kind: 'terminate' };
    }
    if ((type === 'Q' || type === 'P') && !this.#mayCopy) this.#mayCopy = mentionsCopy(message);
    this.#append(message);
    if (this.#mayCopy && (type === 'Q' || type === 'E')) this.#append(COPY_FAIL);
    if (this.#groupBytes > MAX_MESSAGE_BYTES) {
      this.#ended = true;
      return { kind: 'violation', reason: `messages of more than ${MAX_MESSAGE_BYTES} bytes without a Sync` };
    }
    if (!GROUP_END_TYPES.includes(type)) return undefined;
    const bytes = joinBytes(this.#group, this.#groupBytes);
    this.#group = [];
    this.#groupBytes = 0;
    return { kind: 'group', bytes, synced: type !== 'H' };
  }

  #append(message: Uint8Array): void {
    this.#group.push(message);
    this.#groupBytes += message.length;
  }
}

function checkHeader(view: DataView): string | undefined {
  const type = String.fromCharCode(view.getUint8(0));
  const length = view.getInt32(1);
  if (!(LARGE_TYPES + SMALL_TYPES + IGNORED_TYPES).includes(type)) {
    return `unknown message type 0x${view.getUint8(0).toString(16)}`;
  }
  const limit = SMALL_TYPES.includes(type) ? MAX_SMALL_MESSAGE_BYTES : MAX_MESSAGE_BYTES;
  if (length < 4 || length > limit) return `message of type ${type} and length ${length}`;
  return undefined;
}

function checkStartup(view: DataView): string | undefined {
  const length = view.getInt32(0);
  const code = view.getInt32(4);
  if (length < 8 || length > MAX_SMALL_MESSAGE_BYTES) return `start-up message of length ${length}`;
  if (code === SSL_REQUEST || code === GSS_ENCRYPTION_REQUEST || code === CANCEL_REQUEST) return undefined;
  return code >> 16 === PROTOCOL_MAJOR ? undefined : `protocol version ${code >> 16}.${code & 0xffff}`;
}

/** Whether the text of a statement holds the word COPY in any spelling; false alarms cost nothing but time. */
function mentionsCopy(message: Uint8Array<ArrayBuffer>): boolean {
  return /copy/i.test(Buffer.from(message.buffer, message.byteOffset, message.length).toString('latin1'));
}

function joinBytes(parts: readonly Uint8Array[], sizeBytes: number): Uint8Array<ArrayBuffer> {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first as Uint8Array<ArrayBuffer>;
  const joined = new Uint8Array(sizeBytes);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** An ErrorResponse of severity FATAL, after which the server hangs up. */
export function encodeFatal(sqlState: string, message: string): Uint8Array<ArrayBuffer> {
  return encodeMessage('E', `SFATAL\0VFATAL\0C${sqlState}\0M${message}\0\0`);
}

/**
 * The first error in an answer of the server.
 *
 * @param answer whole messages
 * @returns `message (SQLSTATE)`, or undefined when there is none
 */
export function findError(answer: Uint8Array): string | undefined {
  const view = new DataView(answer.buffer, answer.byteOffset, answer.length);
  for (let offset = 0; offset + HEADER_BYTES <= answer.length; offset += 1 + view.getInt32(offset + 1)) {
    if (answer[offset] !== 'E'.charCodeAt(0)) continue;
    const end = offset + 1 + view.getInt32(offset + 1);
    const fields = new TextDecoder().decode(answer.subarray(offset + HEADER_BYTES, end)).split('\0');
    const field = (code: string): string => fields.find((text) => text.startsWith(code))?.slice(1) ?? '?';
    return `${field('M')} (${field('C')})`;
  }
  return undefined;
}
