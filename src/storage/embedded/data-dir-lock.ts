/**
 * The lock on a data directory.
 *
 * Node has no flock, so the lock is a name. `node.lock` is a folder holding one file, `<token>.json`, which says who
 * the holder is. To take the lock, a contender fills a folder of its own and renames it to `node.lock`: the system
 * does that only when `node.lock` is absent or empty, and for one contender only.
 *
 *     node.lock.<token>/<token>.json   --rename-->   node.lock/<token>.json
 *
 * Taking over from a dead holder means deleting *its* file and renaming as usual. This is safe with any number of
 * takers, because a token never comes back: a slow taker that wants to delete the dead holder's file finds it gone and
 * cannot hit the file of the one who was faster. (With one file of a fixed name, every way of removing the stale file
 * has a moment in which a slow taker removes the fresh one.) No moment of being killed leaves anything to repair.
 *
 * Whether the holder lives is asked of its pid and start time. Where these mean nothing (another host on a shared
 * volume, another container) the holder's heartbeat decides: it rewrites its file every five seconds.
 */
import { randomUUID } from 'node:crypto';
import {
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  unlink,
  type FileHandle,
} from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkDataDirLayout, ensurePrivateFolder } from './data-dir.ts';
import { DataDirInUseError, DataDirLockLostError, systemErrorCode } from './errors.ts';
import { judgeByPid, ownIdentity, type Liveness, type ProcessIdentity } from './process-identity.ts';

const LOCK_FOLDER = 'node.lock';
const STAGED_PREFIX = `${LOCK_FOLDER}.`;
/** A staged folder older than this belongs to a contender killed half-way. */
const STAGED_RUBBISH_AGE_MS = 60_000;
/** More takers than this changing places under our eyes is not a race but a fault. */
const MAX_ATTEMPTS = 100;

/** Only tests have a reason to change these. */
export interface LockTimings {
  readonly heartbeatMs: number;
  /** A holder on another machine, silent this long, is dead. */
  readonly silentElsewhereMs: number;
  /** The same for a holder on this machine whose pid cannot be judged (a container that was killed and restarted). */
  readonly silentHereMs: number;
  readonly pollMs: number;
}

const DEFAULT_TIMINGS: LockTimings = {
  heartbeatMs: 5_000,
  silentElsewhereMs: 30_000,
  silentHereMs: 15_000,
  pollMs: 250,
};

/** What the lock file says. */
interface LockHolder extends ProcessIdentity {
  readonly token: string;
  /** ISO 8601. */
  readonly startedAt: string;
}

export interface DataDirLock {
  /** Absolute path of the locked directory. */
  readonly dir: string;
  /** Gives the directory free. Idempotent. */
  release(): Promise<void>;
  /**
   * Tells when the lock turns out to be gone (this process slept through its heartbeats and another host took over):
   * stop writing at once. Returns a function that cancels the notification.
   */
  onLost(listener: (error: DataDirLockLostError) => void): () => void;
}

/**
 * Creates (0700) and locks a data directory. Take this before opening anything in it. The kill of a holder is noticed
 * at once on the same system, and after 15 s (another container) or 30 s (another host) of silence elsewhere; in those
 * cases this call waits until it knows.
 *
 * @throws DataDirInUseError when a living process holds it
 * @throws DataDirLayoutError when a newer program wrote it; then nothing in it was touched
 */
export async function lockDataDir(dir: string, timings: Partial<LockTimings> = {}): Promise<DataDirLock> {
  const root = resolve(dir);
  await checkDataDirLayout(root);
  await ensurePrivateFolder(root);
  return new Contender(root, { ...DEFAULT_TIMINGS, ...timings }).contend();
}

class Contender {
  readonly #root: string;
  readonly #lockFolder: string;
  readonly #timings: LockTimings;
  readonly #self: LockHolder;
  readonly #staged: string;

  constructor(root: string, timings: LockTimings) {
    this.#root = root;
    this.#lockFolder = join(root, LOCK_FOLDER);
    this.#timings = timings;
    this.#self = { ...ownIdentity(), token: randomUUID(), startedAt: new Date().toISOString() };
    this.#staged = join(root, STAGED_PREFIX + this.#self.token);
  }

  async contend(): Promise<DataDirLock> {
    const content = Buffer.from(`${JSON.stringify(this.#self)}\n`);
    const handle = await this.#stage(content);
    try {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        if (await this.#tryRename()) {
          await this.#removeRubbish();
          return new HeldLock(this.#root, this.#self.token, handle, content, this.#timings.heartbeatMs);
        }
        await this.#clearDeadHolder();
      }
      throw new DataDirInUseError(`The lock ${this.#lockFolder} keeps changing hands; try again later.`);
    } catch (error) {
      await handle.close();
      await rm(this.#staged, { recursive: true, force: true });
      throw error;
    }
  }

  async #stage(content: Buffer): Promise<FileHandle> {
    await mkdir(this.#staged, { mode: 0o700 });
    const handle = await open(join(this.#staged, `${this.#self.token}.json`), 'wx', 0o600);
    await handle.write(content, 0, content.length, 0);
    return handle;
  }

  async #tryRename(): Promise<boolean> {
    try {
      // Windows does not rename onto an empty folder; and rmdir removes no other.
      await rmdir(this.#lockFolder);
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === 'ENOTDIR')
        throw new DataDirInUseError(`${this.#lockFolder} is not a lock of this program.`);
    }
    try {
      await rename(this.#staged, this.#lockFolder);
      return true;
    } catch (error) {
      const code = systemErrorCode(error);
      const occupied = code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'EPERM' || code === 'EACCES';
      if (occupied) return false;
      throw error;
    }
  }

  /** Returns when there is reason to try again; throws when the holder lives. */
  async #clearDeadHolder(): Promise<void> {
    const found = await this.#readHolder();
    if (found === undefined) {
      await sleep(this.#timings.pollMs / 10); // released at this moment
      return;
    }
    // The file was complete before it got its name: what cannot be read was destroyed by a power cut.
    const liveness = found.holder === undefined ? 'dead' : await this.#judge(found.path, found.holder);
    if (liveness === 'alive' && found.holder !== undefined) throw inUse(this.#root, found.holder, this.#self);
    try {
      await unlink(found.path);
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') throw error; // ENOENT: another taker was faster, or it was released
    }
  }

  async #readHolder(): Promise<{ path: string; holder: LockHolder | undefined } | undefined> {
    try {
      const name = (await readdir(this.#lockFolder)).find((entry) => entry.endsWith('.json'));
      if (name === undefined) return undefined;
      const path = join(this.#lockFolder, name);
      return { path, holder: parseHolder(await readFile(path, 'utf8')) };
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async #judge(path: string, holder: LockHolder): Promise<Liveness> {
    const byPid = judgeByPid(holder, this.#self);
    if (byPid !== 'unknown') return byPid;
    const sameMachine = holder.bootId !== '' && holder.bootId === this.#self.bootId;
    const patienceMs = sameMachine ? this.#timings.silentHereMs : this.#timings.silentElsewhereMs;
    const beat = await readMtimeMs(path);
    if (beat === undefined) return 'dead';
    // The file system's own clock dates both files: the clocks of two hosts may differ by more than our patience.
    const stagedMs = (await readMtimeMs(join(this.#staged, `${this.#self.token}.json`))) ?? beat;
    const waitUntil = performance.now() + patienceMs - Math.max(0, stagedMs - beat);
    while (performance.now() < waitUntil) {
      await sleep(this.#timings.pollMs);
      const now = await readMtimeMs(path);
      if (now === undefined) return 'dead';
      if (now !== beat) return 'alive';
    }
    return 'dead';
  }

  async #removeRubbish(): Promise<void> {
    for (const name of await readdir(this.#root)) {
      if (!name.startsWith(STAGED_PREFIX)) continue;
      const path = join(this.#root, name);
      const mtimeMs = await readMtimeMs(path);
      if (mtimeMs !== undefined && Date.now() - mtimeMs > STAGED_RUBBISH_AGE_MS) {
        await rm(path, { recursive: true, force: true });
      }
    }
  }
}

class HeldLock implements DataDirLock {
  readonly dir: string;
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #content: Buffer;
  readonly #timer: NodeJS.Timeout;
  readonly #listeners = new Set<(error: DataDirLockLostError) => void>();
  #beating: Promise<void> = Promise.resolve();
  #released: Promise<void> | undefined;
  #lost: DataDirLockLostError | undefined;

  constructor(dir: string, token: string, handle: FileHandle, content: Buffer, heartbeatMs: number) {
    this.dir = dir;
    this.#path = join(dir, LOCK_FOLDER, `${token}.json`);
    this.#handle = handle;
    this.#content = content;
    this.#timer = setInterval(() => {
      this.#beating = this.#beating.then(() => this.#beat());
    }, heartbeatMs);
    this.#timer.unref();
  }

  onLost(listener: (error: DataDirLockLostError) => void): () => void {
    this.#listeners.add(listener);
    if (this.#lost !== undefined) listener(this.#lost);
    return () => this.#listeners.delete(listener);
  }

  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  async #release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    await this.#handle.close();
    await rm(this.#path, { force: true });
    try {
      await rmdir(join(this.dir, LOCK_FOLDER));
    } catch {
      // The next holder is already in it, or has removed it.
    }
  }

  async #beat(): Promise<void> {
    if (this.#released !== undefined || this.#lost !== undefined) return;
    try {
      // The same bytes again: a reader never sees a part, and the date is set by the file system's clock, not ours.
      await this.#handle.write(this.#content, 0, this.#content.length, 0);
      await stat(this.#path);
    } catch (error) {
      // A full or failing disk does not mean that anybody took the lock; the missing name does.
      if (systemErrorCode(error) !== 'ENOENT') return;
      this.#lost = new DataDirLockLostError(this.dir);
      clearInterval(this.#timer);
      for (const listener of this.#listeners) listener(this.#lost);
    }
  }
}

function inUse(dir: string, holder: LockHolder, self: LockHolder): DataDirInUseError {
  const here = holder.hostname === self.hostname ? '' : ` on host ${holder.hostname}`;
  const who =
    holder.token !== self.token && holder.pid === self.pid && here === ''
      ? 'this very process'
      : 'another node';
  return new DataDirInUseError(
    `Data directory ${dir} is in use by ${who}: process ${holder.pid}${here}, since ${holder.startedAt}. ` +
      'Stop that node first, or give this one a data directory of its own.',
    { pid: holder.pid, hostname: holder.hostname },
  );
}

async function readMtimeMs(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseHolder(text: string): LockHolder | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const fields: Partial<Record<keyof LockHolder, unknown>> = value;
  const { pid, hostname, processStart, bootId, pidNamespace, token, startedAt } = fields;
  const strings = [hostname, processStart, bootId, pidNamespace, token, startedAt];
  if (typeof pid !== 'number' || !strings.every((field) => typeof field === 'string')) return undefined;
  return value as LockHolder;
}
