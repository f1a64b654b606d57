/**
 * Builds the image of docker/Dockerfile without Docker: every stage becomes a folder. What is done is read from the
 * Dockerfile, so the folders hold what the image would:
 *
 *   COPY            from the repository, through .dockerignore, or from the folder of another stage
 *   RUN npm ci      takes the packages that are installed here: all, or with --omit=dev those that npm would leave
 *   RUN             is run as it stands, in the folder of its stage; but for the last stage, where commands make
 *                   users' folders and links outside of the program's own
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { BuildContext } from './build-context.ts';
import { type Environment, readText, ROOT } from './deployment-files.ts';
import { assignments, type Instruction, parseDockerfile } from './dockerfile.ts';

/** The last stage, as folders. */
export interface ImageFolders {
  /** The working directory of the image. */
  readonly appFolder: string;
  readonly env: Environment;
  /** Words of ENTRYPOINT and CMD. */
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

interface StageFolder {
  readonly root: string;
  workdir: string;
  env: Record<string, string>;
}

/** @param target an empty folder. @throws when a COPY finds nothing or a RUN fails; the message has its output */
export async function buildImageFolders(target: string): Promise<ImageFolders> {
  const stages = parseDockerfile(readText('docker/Dockerfile'));
  const last = stages.at(-1);
  if (last === undefined) throw new Error('the Dockerfile has no stages');
  const context = new BuildContext().files();
  const folders = new Map<string, StageFolder>();
  for (const stage of stages) {
    const folder: StageFolder = { root: join(target, stage.name), workdir: '/', env: {} };
    folders.set(stage.name, folder);
    for (const instruction of stage.instructions) {
      if (instruction.name === 'WORKDIR') folder.workdir = instruction.text;
      else if (instruction.name === 'ENV') Object.assign(folder.env, assignments(instruction));
      else if (instruction.name === 'COPY') await copyInto(folder, instruction, { context, folders });
      else if (instruction.name === 'RUN' && stage !== last) await runIn(folder, instruction);
    }
  }
  const { root, workdir, env } = folders.get(last.name) as StageFolder;
  const wordsOf = (name: string): readonly string[] =>
    last.instructions.findLast((instruction) => instruction.name === name)?.words ?? [];
  return {
    appFolder: join(root, workdir),
    env,
    entrypoint: wordsOf('ENTRYPOINT'),
    command: wordsOf('CMD'),
  };
}

/** Where a path of the image is here. */
function placeOf(folder: StageFolder, path: string): string {
  return path.startsWith('/') ? join(folder.root, path) : join(folder.root, folder.workdir, path);
}

async function copyInto(
  folder: StageFolder,
  { flags, words, text }: Instruction,
  { context, folders }: { context: readonly string[]; folders: ReadonlyMap<string, StageFolder> },
): Promise<void> {
  const sources = words.slice(0, -1);
  const destination = words.at(-1) ?? '';
  const target = placeOf(folder, destination);
  const other = flags['from'] === undefined ? undefined : folders.get(flags['from']);
  if (flags['from'] !== undefined && other === undefined) throw new Error(`no such stage: COPY ${text}`);
  for (const source of sources) {
    if (other !== undefined) {
      await cp(placeOf(other, source), target, { recursive: true, verbatimSymlinks: true });
      continue;
    }
    const files = context.filter((path) => path === source || path.startsWith(`${source}/`));
    if (files.length === 0) throw new Error(`nothing in the build context: COPY ${source}`);
    for (const file of files) {
      // A folder's contents are copied, not the folder; a file keeps its name where the target is a folder.
      const name = file === source ? (destination.endsWith('/') ? file : '') : file.slice(source.length);
      await mkdir(dirname(join(target, name)), { recursive: true });
      await copyFile(join(ROOT, file), join(target, name));
    }
  }
}

async function runIn(folder: StageFolder, { text }: Instruction): Promise<void> {
  const cwd = join(folder.root, folder.workdir);
  if (text.startsWith('npm ci ')) return installInto(cwd, !text.includes('--omit=dev'));
  // As in a container, where nobody has told the scripts to leave things as they are.
  const { MINI_BITCOIN_SKIP_ENSURE_READY: _, ...env } = process.env;
  await promisify(execFile)('sh', ['-c', text], { cwd, env: { ...env, ...folder.env } });
}

interface LockEntry {
  readonly dev?: boolean;
}

async function installInto(cwd: string, withDev: boolean): Promise<void> {
  const modules = join(cwd, 'node_modules');
  if (withDev) return symlink(join(ROOT, 'node_modules'), modules, 'junction');
  const lock = JSON.parse(readText('package-lock.json')) as { packages: Record<string, LockEntry> };
  const wanted = Object.entries(lock.packages)
    .filter(([path, { dev }]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && dev !== true)
    .map(([path]) => path)
    // Optional ones are for other systems.
    .filter((path) => existsSync(join(ROOT, path)));
  for (const path of wanted)
    await cp(join(ROOT, path), join(cwd, path), { recursive: true, verbatimSymlinks: true });
}
