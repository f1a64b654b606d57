/**
 * The folder a node keeps its database in: private to its owner, and marked with the layout of what is inside, so that
 * an older program leaves it alone. `data-dir-lock.ts` keeps a second process out.
 */
import { chmod, mkdir, readFile, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeFileDurably } from './durable-files.ts';
import { DataDirLayoutError, systemErrorCode } from './errors.ts';

/** Raised when a data directory can no longer be read by the program before it. */
export const DATA_DIR_LAYOUT = 1;
/** What wrote `pgdata`; PostgreSQL's files are readable by one major version only. */
export const DATA_DIR_ENGINE = 'pglite-pg18';

const MARKER_FILE = 'data-dir.json';
const CLUSTER_FOLDER = 'pgdata';
/** A cluster is built under this prefix and renamed when complete, so whatever bears it is rubbish of a killed start. */
const UNFINISHED_PREFIX = 'pgdata.new-';

interface Marker {
  readonly layout: number;
  readonly engine: string;
}

/** Where the PostgreSQL files are. */
export function clusterPath(dataDir: string): string {
  return join(resolve(dataDir), CLUSTER_FOLDER);
}

/** Where a cluster is built before it is renamed to `clusterPath`. */
export function unfinishedClusterPath(dataDir: string, token: string): string {
  return join(resolve(dataDir), UNFINISHED_PREFIX + token);
}

/**
 * Creates the folder for its owner alone (0700), or takes away what others may do in it. The engine writes its files
 * as 0666, so this folder is the only thing that keeps other users out.
 */
export async function ensurePrivateFolder(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const { mode } = await stat(dir);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) await chmod(dir, 0o700);
}

/**
 * Reads what is known about a data directory and changes nothing.
 *
 * @throws DataDirLayoutError when a newer program wrote it, or the marker makes no sense
 */
export async function checkDataDirLayout(dir: string): Promise<Marker | undefined> {
  const path = join(dir, MARKER_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const marker = parseMarker(text);
  if (marker === undefined) {
    throw new DataDirLayoutError(
      `${path} is not readable as a layout marker. Nothing was changed; restore it or use another directory.`,
    );
  }
  if (marker.layout > DATA_DIR_LAYOUT) {
    throw new DataDirLayoutError(
      `Data directory ${dir} has layout ${marker.layout}, and this program knows layouts up to ${DATA_DIR_LAYOUT}. ` +
        'Nothing was changed; use the newer program, or another directory.',
    );
  }
  return marker;
}

/**
 * Makes the (locked) directory ours: checks who wrote it, writes the marker when it is new, and removes what a killed
 * first start left behind.
 *
 * @throws DataDirLayoutError when the database in it is of another engine
 */
export async function claimDataDir(dir: string): Promise<void> {
  const marker = await checkDataDirLayout(dir);
  if (marker === undefined) {
    const content: Marker = { layout: DATA_DIR_LAYOUT, engine: DATA_DIR_ENGINE };
    await writeFileDurably(join(dir, MARKER_FILE), `${JSON.stringify(content)}\n`);
  } else if (marker.engine !== DATA_DIR_ENGINE) {
    throw new DataDirLayoutError(
      `Data directory ${dir} was written by engine ${marker.engine}, and this program runs ${DATA_DIR_ENGINE}. ` +
        'Nothing was changed; use another directory.',
    );
  }
  for (const name of await readdir(dir)) {
    if (name.startsWith(UNFINISHED_PREFIX) || name.startsWith(`${MARKER_FILE}.tmp-`)) {
      await rm(join(dir, name), { recursive: true, force: true });
    }
  }
}

function parseMarker(text: string): Marker | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('layout' in value) || !('engine' in value))
    return undefined;
  const { layout, engine } = value;
  if (typeof layout !== 'number' || !Number.isInteger(layout) || typeof engine !== 'string') return undefined;
  return { layout, engine };
}
