import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packTemplate, storeTemplate, templateFileName, unpackTemplate } from './cluster-template.ts';

let scratch: string;
let source: string;
let target: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'cluster-template-'));
  source = join(scratch, 'source');
  target = join(scratch, 'target');
  await mkdir(join(source, 'base', 'empty'), { recursive: true });
  await writeFile(join(source, 'base', '1'), Buffer.from([0, 255, 10]));
  await writeFile(join(source, 'nothing'), '');
});

afterEach(() => rm(scratch, { recursive: true, force: true }));

/** Stores bytes as the template of version 1 and says where. */
async function store(packed: Buffer): Promise<string> {
  expect(await storeTemplate(join(scratch, 'templates'), '1', packed)).toBe(true);
  return join(scratch, 'templates', templateFileName('1'));
}

function craft(header: unknown, contents = ''): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return gzipSync(Buffer.concat([length, text, Buffer.from(contents)]));
}

describe('templates', () => {
  it('unpack to what was packed', async () => {
    const path = await store(await packTemplate(source, '1'));
    expect(await unpackTemplate(path, target, '1')).toBe(true);
    const list = async (dir: string): Promise<string[]> => (await readdir(dir, { recursive: true })).sort();
    expect(await list(target)).toEqual(await list(source));
    expect(await readFile(join(target, 'base', '1'))).toEqual(Buffer.from([0, 255, 10]));
  });

  it('are refused when missing, of another version, cut short or changed, and leave nothing', async () => {
    const packed = await packTemplate(source, '1');
    expect(await unpackTemplate(join(scratch, 'missing'), target, '1')).toBe(false);
    expect(await unpackTemplate(await store(packed), target, '2')).toBe(false);
    expect(await unpackTemplate(await store(packed.subarray(0, -9)), target, '1')).toBe(false);
    const changed = Buffer.from(packed);
    changed[changed.length - 6] = (changed[changed.length - 6] ?? 0) ^ 1; // in the checksum
    expect(await unpackTemplate(await store(changed), target, '1')).toBe(false);
    expect(await readdir(scratch)).not.toContain('target');
  });

  it.each(['../out', '/out', 'a/../../out', ''])('cannot write to %s', async (path) => {
    const header = { format: 1, pgliteVersion: '1', folders: [], files: [[path, 2]] };
    expect(await unpackTemplate(await store(craft(header, 'hi')), target, '1')).toBe(false);
    expect(await readdir(scratch)).not.toContain('out');
  });

  it('are refused when others could have written them', async () => {
    const path = await store(await packTemplate(source, '1'));
    await chmod(path, 0o666);
    expect(await unpackTemplate(path, target, '1')).toBe(false);
  });

  it('are optional: a folder that cannot be written is no error', async () => {
    expect(await storeTemplate('/dev/null/templates', '1', Buffer.from(''))).toBe(false);
  });
});
