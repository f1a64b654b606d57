/**
 * A chain in a file: what `chain export` writes and `chain import` reads.
 *
 *   offset  bytes
 *   0       8      magic: the ASCII text "MBCHAIN" and a line feed
 *   8       4      version of this format, uint32 little-endian: 1
 *   12      32     fingerprint of the chain parameters (below)
 *   44      …      records, one for each block from genesis up: uint32 little-endian length, and the block's full bytes
 *
 * The line feed in the magic shows when a file was damaged by a program that changed line ends. The fingerprint is sha256d of
 * the parameters as text, one `name=value` line for each with the names of `GET /params` in alphabetical order: blocks of another
 * network are refused before the first is read. There is no count and no end mark, so a file grows by appending, and an
 * export that was interrupted goes on where it stopped. The blocks prove themselves: nothing here is trusted.
 */
import { type FileHandle, open } from 'node:fs/promises';
import {
  type BlockHash,
  blockHashOf,
  bytesToHex,
  decodeHeader,
  HEADER_BYTES,
  NO_BLOCK,
  sha256d,
} from '../consensus/index.ts';
import type { ParamsAnswer } from '../protocol/index.ts';

const MAGIC = new TextEncoder().encode('MBCHAIN\n');
const FORMAT_VERSION = 1;
const FINGERPRINT_OFFSET = 12;
export const FILE_HEADER_BYTES = 44;
const LENGTH_BYTES = 4;
/** No configuration allows larger blocks: a length beyond it is damage. */
const MAX_RECORD_BYTES = 64 * 1024 * 1024;

/** Parameters that decide which blocks are valid. (`genesis_hash` and units are not among them.) */
const FINGERPRINTED = [
  'block_reward',
  'coinbase_maturity',
  'default_target',
  'halving_interval',
  'max_block_size',
  'max_money',
  'retarget_interval',
  'target_block_time',
] as const satisfies readonly (keyof ParamsAnswer)[];

/** 32 bytes that two nodes have in common when they follow the same rules. */
export function paramsFingerprint(params: ParamsAnswer): Uint8Array {
  const text = FINGERPRINTED.map((name) => `${name}=${params[name]}\n`).join('');
  return sha256d(new TextEncoder().encode(text));
}

/** Where a block is in the file. */
export interface ChainFileRecord {
  readonly height: number;
  /** Of the record's length field. */
  readonly offset: number;
  /** Of the block. */
  readonly length: number;
  readonly hash: BlockHash;
}

export interface ChainFileIndex {
  /** Hex. */
  readonly fingerprint: string;
  /** Whole records whose headers form a chain, from genesis up. */
  readonly records: readonly ChainFileRecord[];
  /** Where the last of them ends. */
  readonly goodBytes: number;
  /** What is wrong with what follows; undefined when nothing follows. `truncated`: the file just ends too early. */
  readonly damage: { readonly kind: 'truncated' | 'damaged'; readonly detail: string } | undefined;
}

/** The file is not one of ours. */
export class NotAChainFileError extends Error {
  override readonly name = 'NotAChainFileError';
}

export class ChainFile {
  private readonly handle: FileHandle;
  private end: number;

  private constructor(handle: FileHandle, end: number) {
    this.handle = handle;
    this.end = end;
  }

  /** Creates a file with a header and no blocks. @throws when it exists */
  static async create(path: string, fingerprint: Uint8Array): Promise<ChainFile> {
    const handle = await open(path, 'wx+');
    const header = new Uint8Array(FILE_HEADER_BYTES);
    header.set(MAGIC);
    new DataView(header.buffer).setUint32(MAGIC.length, FORMAT_VERSION, true);
    header.set(fingerprint, FINGERPRINT_OFFSET);
    await handle.write(header, 0, header.length, 0);
    return new ChainFile(handle, FILE_HEADER_BYTES);
  }

  static async open(path: string, mode: 'read' | 'append'): Promise<ChainFile> {
    const handle = await open(path, mode === 'read' ? 'r' : 'r+');
    return new ChainFile(handle, (await handle.stat()).size);
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  /**
   * Looks at every record's length and header, not at its transactions.
   * @throws NotAChainFileError for a wrong magic or version
   */
  async index(
    onProgress: (bytes: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<ChainFileIndex> {
    const fingerprint = await this.readFileHeader();
    const records: ChainFileRecord[] = [];
    let offset = FILE_HEADER_BYTES;
    let previous = NO_BLOCK;
    const answer = (damage: ChainFileIndex['damage']): ChainFileIndex => ({
      fingerprint,
      records,
      goodBytes: offset,
      damage,
    });
    while (offset < this.end) {
      signal.throwIfAborted();
      const height = records.length;
      const start = await this.read(offset, Math.min(LENGTH_BYTES + HEADER_BYTES, this.end - offset));
      const length = start.length < LENGTH_BYTES ? undefined : readUint32(start);
      if (length !== undefined && (length <= HEADER_BYTES || length > MAX_RECORD_BYTES))
        return answer({ kind: 'damaged', detail: `no block has ${length} bytes (record at byte ${offset})` });
      if (length === undefined || offset + LENGTH_BYTES + length > this.end)
        return answer({
          kind: 'truncated',
          detail: `the file ends in the middle of the block at height ${height}`,
        });
      const header = decodeHeader(start.subarray(LENGTH_BYTES));
      if (!header.ok || header.value.prevHash !== previous) {
        return answer({
          kind: 'damaged',
          detail: `the block at height ${height} (record at byte ${offset}) does not follow the one before it`,
        });
      }
      previous = blockHashOf(header.value);
      records.push({ height, offset, length, hash: previous });
      offset += LENGTH_BYTES + length;
      onProgress(offset, this.end);
    }
    return answer(undefined);
  }

  private async readFileHeader(): Promise<string> {
    const header = await this.read(0, FILE_HEADER_BYTES);
    if (MAGIC.some((byte, i) => header[i] !== byte)) {
      throw new NotAChainFileError('it does not begin like a file that `chain export` wrote');
    }
    if (header.length < FILE_HEADER_BYTES) throw new NotAChainFileError('it ends within its header');
    const version = readUint32(header.subarray(MAGIC.length));
    if (version !== FORMAT_VERSION)
      throw new NotAChainFileError(
        `it has version ${version} of the format, and only ${FORMAT_VERSION} is known here`,
      );
    return bytesToHex(header.subarray(FINGERPRINT_OFFSET));
  }

  /** Full bytes of a block. */
  readBlock(record: ChainFileRecord): Promise<Uint8Array> {
    return this.read(record.offset + LENGTH_BYTES, record.length);
  }

  /** Throws away what stands after this offset. */
  async cutAt(offset: number): Promise<void> {
    await this.handle.truncate(offset);
    this.end = offset;
  }

  /** Adds a block at the end. When this is interrupted, the next {@link index} finds an incomplete last record. */
  async append(block: Uint8Array): Promise<void> {
    const record = new Uint8Array(LENGTH_BYTES + block.length);
    new DataView(record.buffer).setUint32(0, block.length, true);
    record.set(block, LENGTH_BYTES);
    for (let written = 0; written < record.length;) {
      const { bytesWritten } = await this.handle.write(
        record,
        written,
        record.length - written,
        this.end + written,
      );
      written += bytesWritten;
    }
    this.end += record.length;
  }

  /** Returns when all is on the disk. */
  async flush(): Promise<void> {
    await this.handle.sync();
  }

  private async read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.handle.read(bytes, filled, length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  }
}

function readUint32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}
