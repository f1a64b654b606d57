/**
 * Takes the blocks off the answer to the original's `GET /chain` one by one, as they arrive:
 * `{"height": …, "tip_hash": …, "blocks": [{…}, {…}, …]}`. The whole of it may be hundreds of megabytes; one block is in memory.
 *
 * It cuts out every object that stands in a list that stands in the outermost object, and leaves the rest unread: the original
 * has only one such list.
 */
import { PeerMisbehavedError } from './peer-errors.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** The outermost object is 1 deep, its list 2, a block in it 3. */
const BLOCK_DEPTH = 3;

/**
 * @param maxBlockBytes a longer object is refused
 * @returns the JSON text of each block, as bytes
 * @throws PeerMisbehavedError
 */
export async function* readJsonBlocks(
  chunks: AsyncIterable<Uint8Array>,
  maxBlockBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const cutter = new BlockCutter(maxBlockBytes);
  for await (const chunk of chunks) yield* cutter.push(chunk);
  if (!cutter.isAtEnd) throw new PeerMisbehavedError('malformed-message', 'its /chain ends too early');
}

class BlockCutter {
  private readonly maxBlockBytes: number;
  private depth = 0;
  private inText = false;
  private escaped = false;
  private started = false;
  /** What is open in the outermost object is a list. */
  private inList = false;
  /** Parts of the block that is being read; undefined between blocks. */
  private parts: Uint8Array[] | undefined = undefined;
  private size = 0;

  constructor(maxBlockBytes: number) {
    this.maxBlockBytes = maxBlockBytes;
  }

  get isAtEnd(): boolean {
    return this.started && this.depth === 0;
  }

  *push(chunk: Uint8Array): Generator<Uint8Array, void, undefined> {
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      if (this.inText) {
        if (this.escaped) this.escaped = false;
        else if (byte === BACKSLASH) this.escaped = true;
        else if (byte === QUOTE) this.inText = false;
      } else if (byte === QUOTE) this.inText = true;
      else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
        this.started = true;
        this.depth++;
        if (this.depth === BLOCK_DEPTH - 1) this.inList = byte === OPEN_LIST;
        if (this.depth === BLOCK_DEPTH && this.inList && byte === OPEN_OBJECT) {
          this.parts = [];
          start = i;
        }
      } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        if (this.depth-- === BLOCK_DEPTH && this.parts !== undefined) {
          this.keep(chunk.subarray(start, i + 1));
          yield Buffer.concat(this.parts);
          this.parts = undefined;
          this.size = 0;
        }
      }
    }
    if (this.parts !== undefined) this.keep(chunk.subarray(start));
  }

  private keep(part: Uint8Array): void {
    this.size += part.length;
    if (this.size > this.maxBlockBytes)
      throw new PeerMisbehavedError(
        'oversized-answer',
        `a block in its /chain is longer than ${this.maxBlockBytes} bytes`,
      );
    this.parts?.push(part);
  }
}
