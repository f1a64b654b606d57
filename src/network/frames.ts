/**
 * Takes frames (`varint(length) | bytes`) off a stream as they arrive, so that an answer of many megabytes takes the memory of
 * one frame.
 */
import { ByteReader, concatBytes, DecodeError } from '../consensus/index.ts';
import { PeerMisbehavedError } from './peer-errors.ts';

const MAX_VARINT_BYTES = 9;

/**
 * The frames of a stream, each as its bytes; empty for "not here".
 * @throws PeerMisbehavedError for a frame above `maxFrameBytes`, more than `maxFrames`, or an end in the middle of one
 */
export async function* readFrames(
  chunks: AsyncIterable<Uint8Array>,
  { maxFrames, maxFrameBytes }: { readonly maxFrames: number; readonly maxFrameBytes: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  let frames = 0;
  const buffer = new FrameBuffer(maxFrameBytes);
  for await (const chunk of chunks) {
    buffer.push(chunk);
    for (let frame = buffer.take(); frame !== undefined; frame = buffer.take()) {
      if (++frames > maxFrames)
        throw new PeerMisbehavedError(
          'unrequested-data',
          `it sent more than the ${maxFrames} that were asked for`,
        );
      yield frame;
    }
  }
  if (buffer.size > 0)
    throw new PeerMisbehavedError('malformed-message', 'its answer ends in the middle of a frame');
}

class FrameBuffer {
  private readonly maxFrameBytes: number;
  private parts: Uint8Array[] = [];
  private total = 0;
  /** How many bytes are needed before looking again is of use: joining parts for every small one would be quadratic. */
  private wanted = 1;

  constructor(maxFrameBytes: number) {
    this.maxFrameBytes = maxFrameBytes;
  }

  get size(): number {
    return this.total;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.parts.push(chunk);
    this.total += chunk.length;
  }

  /** The next whole frame; undefined while it is not here. */
  take(): Uint8Array | undefined {
    if (this.total < this.wanted) return undefined;
    const bytes = this.joined();
    const head = readLength(bytes);
    if (head === undefined) {
      this.wanted = this.total + 1;
      return undefined;
    }
    const { length, start } = head;
    if (length > this.maxFrameBytes)
      throw new PeerMisbehavedError(
        'oversized-answer',
        `it announces ${length} bytes; ${this.maxFrameBytes} are the most`,
      );
    const end = start + length;
    if (bytes.length < end) {
      this.wanted = end;
      return undefined;
    }
    this.parts = end === bytes.length ? [] : [bytes.subarray(end)];
    this.total = bytes.length - end;
    this.wanted = 1;
    return bytes.subarray(start, end);
  }

  private joined(): Uint8Array {
    if (this.parts.length > 1) this.parts = [concatBytes(...this.parts)];
    return this.parts[0] ?? new Uint8Array();
  }
}

/** The varint at the beginning; undefined where it has not arrived as a whole. */
function readLength(bytes: Uint8Array): { length: number; start: number } | undefined {
  const reader = new ByteReader(bytes.subarray(0, MAX_VARINT_BYTES));
  try {
    const length = Number(reader.varint('length of a frame'));
    return { length, start: reader.position };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    if (bytes.length < MAX_VARINT_BYTES) return undefined;
    throw new PeerMisbehavedError(
      'malformed-message',
      `it sent a frame that cannot be read: ${error.message}`,
    );
  }
}
