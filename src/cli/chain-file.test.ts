import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChainBuilder } from '../../test/support/chain-builder.ts';
import { type Block, bytesToHex, encodeBlock } from '../consensus/index.ts';
import { ChainFile, type ChainFileIndex, FILE_HEADER_BYTES, NotAChainFileError } from './chain-file.ts';

const FINGERPRINT = new Uint8Array(32).fill(7);
const forever = new AbortController().signal;

describe('a chain file', () => {
  let folder: string;
  let path: string;
  let blocks: Block[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chain-file-'));
    path = join(folder, 'chain.mbc');
    const chain = new ChainBuilder().extend(4, 'b');
    blocks = ['genesis', 'b1', 'b2', 'b3', 'b4'].map((name) => chain.at(name).block);
    const file = await ChainFile.create(path, FINGERPRINT);
    for (const block of blocks) await file.append(encodeBlock(block));
    await file.close();
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function index(): Promise<ChainFileIndex> {
    const file = await ChainFile.open(path, 'read');
    try {
      return await file.index(() => undefined, forever);
    } finally {
      await file.close();
    }
  }

  it('gives back what was put in', async () => {
    const { records, fingerprint, damage, goodBytes } = await index();
    expect(fingerprint).toBe(bytesToHex(FINGERPRINT));
    expect(damage).toBeUndefined();
    expect(records.map(({ height }) => height)).toEqual([0, 1, 2, 3, 4]);
    expect(goodBytes).toBe((await readFile(path)).length);
    const file = await ChainFile.open(path, 'read');
    for (const [i, record] of records.entries())
      expect(await file.readBlock(record)).toEqual(encodeBlock(blocks[i]!));
    await file.close();
  });

  it('begins as documented', async () => {
    const bytes = await readFile(path);
    expect(bytes.subarray(0, 8).toString('latin1')).toBe('MBCHAIN\n');
    expect(bytes.readUInt32LE(8)).toBe(1);
    expect(bytes.subarray(12, 44)).toEqual(Buffer.from(FINGERPRINT));
    expect(bytes.readUInt32LE(44)).toBe(encodeBlock(blocks[0]!).length);
    expect(FILE_HEADER_BYTES).toBe(44);
  });

  it('finds the good part of a file that was cut anywhere', async () => {
    const whole = await readFile(path);
    const { records } = await index();
    const ends = records.map(({ offset, length }) => offset + 4 + length);
    for (let length = FILE_HEADER_BYTES; length < whole.length; length += 13) {
      await writeFile(path, whole.subarray(0, length));
      const cut = await index();
      const complete = ends.filter((end) => end <= length).length;
      expect(cut.records).toHaveLength(complete);
      expect(cut.damage?.kind).toBe(cut.goodBytes === length ? undefined : 'truncated');
    }
  });

  it('grows on after a cut', async () => {
    const whole = await readFile(path);
    await truncate(path, whole.length - 5);
    const { records, goodBytes } = await index();
    const file = await ChainFile.open(path, 'append');
    await file.cutAt(goodBytes);
    for (const block of blocks.slice(records.length)) await file.append(encodeBlock(block));
    await file.close();
    expect(await readFile(path)).toEqual(whole);
  });

  it('stops where a block does not follow the one before', async () => {
    const { records } = await index();
    const bytes = await readFile(path);
    bytes[records[2]!.offset + 4 + 10]! ^= 1; // in prev_hash
    await writeFile(path, bytes);
    const damaged = await index();
    expect(damaged.records).toHaveLength(2);
    expect(damaged.damage).toEqual({ kind: 'damaged', detail: expect.stringContaining('height 2') });
  });

  it('stops at a length that no block has', async () => {
    const { records } = await index();
    const bytes = await readFile(path);
    bytes.writeUInt32LE(0xffffffff, records[1]!.offset);
    await writeFile(path, bytes);
    expect((await index()).damage).toEqual({
      kind: 'damaged',
      detail: expect.stringContaining('4294967295'),
    });
  });

  it.each([
    ['another file', 'hello, this is just a text that somebody wrote and saved', 'does not begin like'],
    ['line ends that were changed', 'MBCHAIN\r\n'.padEnd(60, 'x'), 'does not begin like'],
    ['an empty file', '', 'does not begin like'],
    ['half a header', 'MBCHAIN\n\u0001', 'within its header'],
    ['a newer version', 'MBCHAIN\n\u0002\0\0\0'.padEnd(60, 'x'), 'version 2'],
  ])('refuses %s', async (_, text, message) => {
    await writeFile(path, text, 'latin1');
    await expect(index()).rejects.toThrow(NotAChainFileError);
    await expect(index()).rejects.toThrow(message);
  });

  it('never creates over an existing file', async () => {
    await expect(ChainFile.create(path, FINGERPRINT)).rejects.toMatchObject({ code: 'EEXIST' });
  });
});
