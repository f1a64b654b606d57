/**
 * `control.json` in a devnet's folder: while the devnet runs, it says where to reach it, and the secret without which it
 * does not listen. Only its owner can read it, so other users of the machine cannot stop somebody's nodes.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { CONTROL_FILE } from './folder.ts';

export interface ControlAddress {
  readonly pid: number;
  /** On loopback. */
  readonly url: string;
  readonly token: string;
}

/** Undefined: there is none, or it is not whole. */
export async function readControlFile(folder: string): Promise<ControlAddress | undefined> {
  let text: string;
  try {
    text = await readFile(join(folder, CONTROL_FILE), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { pid, url, token } = JSON.parse(text) as Partial<Record<string, unknown>>;
    return Number.isInteger(pid) && typeof url === 'string' && typeof token === 'string'
      ? { pid: Number(pid), url, token }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Fails with EEXIST when there is one: two devnets cannot both take a folder. */
export async function writeControlFile(folder: string, address: ControlAddress): Promise<void> {
  await writeFile(join(folder, CONTROL_FILE), `${JSON.stringify(address)}\n`, { flag: 'wx', mode: 0o600 });
}

export async function removeControlFile(folder: string): Promise<void> {
  await rm(join(folder, CONTROL_FILE), { force: true });
}

/** For the end of the process, when there is no time to wait. */
export function removeControlFileNow(folder: string): void {
  rmSync(join(folder, CONTROL_FILE), { force: true });
}
