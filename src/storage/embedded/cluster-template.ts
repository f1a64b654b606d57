/**
 * An empty database cluster packed into one file. Making a cluster with initdb takes seconds and 800 MB of memory;
 * unpacking one takes a fraction of a second. One file, because a cache may lose files one by one, and a cluster that
 * lacks one opens and fails later; here the checksum of gzip tells.
 *
 *     gzip( length of header (4 bytes) | header as JSON | contents of the files one after another )
 *
 * A cluster made by WebAssembly is the same on every machine. All copies share PostgreSQL's "system identifier",
 * which matters to nothing but replication.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';
import { systemErrorCode } from './errors.ts';

/** Raised when the way a cluster is initialised or packed changes. */
const TEMPLATE_FORMAT = 1;
/** Largest unpacked template believed; an empty cluster has about 38 MB. */
const MAX_TEMPLATE_BYTES = 256 * 1024 * 1024;
const ABANDONED_AGE_MS = 3_600_000;

interface TemplateHeader {
  readonly format: number;
  readonly pgliteVersion: string;
  /** Relative paths with `/`; parents come before their children. */
  readonly folders: readonly string[];
  /** Relative path and size in bytes. */
  readonly files: readonly (readonly [path: string, sizeBytes: number])[];
}

/** Version of the installed PGlite package: a template is good for this one only. */
export async function pgliteVersion(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const manifest: unknown = JSON.parse(await readFile(join(dirname(entry), '..', 'package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
    return String(manifest.version);
  throw new Error('the PGlite package has no version');
}

/** Name of a template in a template folder. */
export function templateFileName(version: string): string {
  return `pglite-${version}-${TEMPLATE_FORMAT}.pgdata.gz`;
}

/** Packs the (closed) cluster in `cluster`. */
export async function packTemplate(cluster: string, version: string): Promise<Buffer> {
  const folders: string[] = [];
  const files: [string, number][] = [];
  const contents: Buffer[] = [];
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(cluster, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        folders.push(path);
        await visit(path);
      } else {
        const content = await readFile(join(cluster, path));
        files.push([path, content.length]);
        contents.push(content);
      }
    }
  };
  await visit('');
  const header: TemplateHeader = { format: TEMPLATE_FORMAT, pgliteVersion: version, folders, files };
  const headerBytes = Buffer.from(JSON.stringify(header));
  const lengthBytes = Buffer.alloc(4);
  lengthBytes.writeUInt32BE(headerBytes.length);
  return promisify(gzip)(Buffer.concat([lengthBytes, headerBytes, ...contents]), { level: 6 });
}

/**
 * Unpacks a template into a folder that does not exist yet. Does not sync.
 *
 * @returns false when there is no usable template at `path`; then `target` does not exist
 */
export async function unpackTemplate(path: string, target: string, version: string): Promise<boolean> {
  let packed: Buffer;
  try {
    if (!(await isTrustworthy(path))) return false;
    packed = await readFile(path);
  } catch {
    return false;
  }
  try {
    // All synchronous: it takes half as long, and this thread (the worker's) has nothing else to do.
    const bytes = gunzipSync(packed, { maxOutputLength: MAX_TEMPLATE_BYTES, chunkSize: 4 * 1024 * 1024 });
    const headerEnd = 4 + bytes.readUInt32BE(0);
    const header = JSON.parse(bytes.toString('utf8', 4, headerEnd)) as TemplateHeader;
    if (header.format !== TEMPLATE_FORMAT || header.pgliteVersion !== version) return false;
    mkdirSync(target, { mode: 0o700 });
    for (const folder of header.folders) mkdirSync(join(target, inside(folder)), { mode: 0o700 });
    let offset = headerEnd;
    for (const [file, sizeBytes] of header.files) {
      writeFileSync(join(target, inside(file)), bytes.subarray(offset, offset + sizeBytes), { mode: 0o600 });
      offset += sizeBytes;
    }
    if (offset !== bytes.length) throw new Error('template is not as long as it says');
    return true;
  } catch (error) {
    await rm(target, { recursive: true, force: true });
    // A full disk is not the template's fault, and initdb would not fare better.
    if (systemErrorCode(error) === 'ENOSPC') throw error;
    return false;
  }
}

/**
 * Keeps a template for later data directories. Best effort: returns false when the folder cannot be written.
 */
export async function storeTemplate(templateDir: string, version: string, packed: Buffer): Promise<boolean> {
  const path = join(templateDir, templateFileName(version));
  const staged = `${path}.tmp-${randomUUID()}`;
  try {
    await mkdir(templateDir, { recursive: true, mode: 0o700 });
    for (const name of await readdir(templateDir)) {
      const other = join(templateDir, name);
      const abandoned = name.includes('.tmp-') && Date.now() - (await stat(other)).mtimeMs > ABANDONED_AGE_MS;
      if (abandoned) await rm(other, { force: true });
    }
    // Not synced: a file that a power cut spoils fails its checksum, and is made again.
    await writeFile(staged, packed, { mode: 0o600, flag: 'wx' });
    await rename(staged, path);
    return true;
  } catch {
    await rm(staged, { force: true }).catch(() => undefined);
    return false;
  }
}

/** A template becomes our database, so nobody but us (or root) may be able to have written it. */
async function isTrustworthy(path: string): Promise<boolean> {
  const self = process.getuid?.();
  if (self === undefined) return true;
  const { uid, mode } = await stat(path);
  return (uid === self || uid === 0) && (mode & 0o022) === 0;
}

function inside(path: string): string {
  if (
    path.split(/[\\/]/).some((part) => part === '' || part === '..' || part === '.' || part.includes(':'))
  ) {
    throw new Error(`template names ${path}`);
  }
  return path;
}
