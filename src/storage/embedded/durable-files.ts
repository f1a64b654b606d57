/**
 * Files that survive a power cut. A rename is only durable when the renamed thing was synced before it and the
 * folder holding the name after it; anything less may come back empty, old, or not at all.
 */
import { randomUUID } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemErrorCode } from './errors.ts';

/** Syncs in flight at once: libuv has four threads, and a file system merges syncs that wait together. */
const PARALLEL_SYNCS = 16;

/** Flushes one file or folder to the disk. */
export async function syncPath(path: string, isDirectory: boolean): Promise<void> {
  let handle;
  try {
    // Windows flushes only through a writable handle, and folders not at all.
    handle = await open(path, process.platform === 'win32' && !isDirectory ? 'r+' : 'r');
    await handle.sync();
  } catch (error) {
    const code = systemErrorCode(error);
    const unsupported = code === 'EISDIR' || code === 'EPERM' || code === 'EACCES' || code === 'EINVAL';
    if (!(isDirectory && unsupported)) throw error;
  } finally {
    await handle?.close();
  }
}

/** Flushes a folder and everything below it to the disk. */
export async function syncTree(root: string): Promise<void> {
  const pending: { path: string; isDirectory: boolean }[] = [{ path: root, isDirectory: true }];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    // `parentPath` is the new name of what Node 20.19 also calls `path`.
    pending.push({ path: join(entry.parentPath, entry.name), isDirectory: entry.isDirectory() });
  }
  const syncNext = async (): Promise<void> => {
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      await syncPath(next.path, next.isDirectory);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_SYNCS }, syncNext));
}

/**
 * Writes a file so that a reader, now or after a crash, finds the old content or the new one, never a part.
 *
 * @param mode permissions of the new file
 */
export async function writeFileDurably(
  path: string,
  content: string | Uint8Array,
  mode = 0o600,
): Promise<void> {
  const staged = `${path}.tmp-${randomUUID()}`;
  try {
    const handle = await open(staged, 'wx', mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(staged, path);
  } catch (error) {
    await rm(staged, { force: true });
    throw error;
  }
  await syncPath(dirname(path), true);
}
