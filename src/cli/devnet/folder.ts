/**
 * The folder of a devnet:
 *
 *   devnet.json     what network this is (parameters.ts)
 *   control.json    while it runs: where to reach it (control-file.ts)
 *   node-1/ …       the nodes' databases
 *   logs/           node-1.log …
 *   wallets/        node-1.json …: whom each node mines for
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Wallet, createWallet, walletFromPrivateKey } from '../../wallet/index.ts';
import { CliError, usageError } from '../cli-errors.ts';
import { writeWalletFile } from '../wallet-file.ts';
import { type DevnetParameters, parametersText, parseParameters } from './parameters.ts';

const PARAMETERS_FILE = 'devnet.json';
export const CONTROL_FILE = 'control.json';

export function dataDirOf(folder: string, node: number): string {
  return join(folder, `node-${node}`);
}

export function logFileOf(folder: string, node: number): string {
  return join(folder, 'logs', `node-${node}.log`);
}

export function walletFileOf(folder: string, node: number): string {
  return join(folder, 'wallets', `node-${node}.json`);
}

/**
 * The parameters in the folder; undefined when it is new.
 * @throws CliError when the folder holds other things, or a `devnet.json` that cannot be understood: nothing of ours then
 */
export async function readParameters(folder: string): Promise<DevnetParameters | undefined> {
  const path = join(folder, PARAMETERS_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await requireEmpty(folder);
    return undefined;
  }
  const parameters = parseParameters(text);
  if (parameters !== undefined) return parameters;
  throw new CliError(`${path} is not one that this version understands.`, {
    reason: 'devnet-unreadable',
    hint: 'Take another folder (--dir DIR), or use the version that wrote it.',
  });
}

async function requireEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  const others = names.filter((name) => name !== CONTROL_FILE);
  if (others.length === 0) return;
  throw usageError(
    `${folder} is not empty, and it holds no devnet: there is ${others.slice(0, 3).join(', ')}${others.length > 3 ? ', …' : ''}.`,
    'Take an empty or a new folder: --dir DIR.',
  );
}

/** Written whole or not at all. */
export async function writeParameters(folder: string, parameters: DevnetParameters): Promise<void> {
  const path = join(folder, PARAMETERS_FILE);
  await writeFile(`${path}.new`, parametersText(parameters));
  await rename(`${path}.new`, path);
  await mkdir(join(folder, 'logs'), { recursive: true });
}

/** Deletes what a devnet puts into its folder, and nothing else. Only for a folder that has its `devnet.json`. */
export async function emptyFolder(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (/^node-\d+$/.test(name) || name === 'logs' || name === 'wallets')
      await rm(join(folder, name), { recursive: true });
  }
  await rm(join(folder, PARAMETERS_FILE)); // last: what was begun can be done again
}

/** The wallet that a node mines for; made when there is none. */
export async function walletOf(folder: string, node: number): Promise<Wallet> {
  const path = walletFileOf(folder, node);
  try {
    const { private_key: key } = JSON.parse(await readFile(path, 'utf8')) as { private_key?: unknown };
    return walletFromPrivateKey(String(key));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new CliError(`${path} holds no wallet: ${(error as Error).message}.`, {
        reason: 'wallet-unreadable',
        hint: 'Move it away, and the next start makes a new one.',
      });
    }
  }
  const wallet = createWallet();
  await mkdir(join(folder, 'wallets'), { recursive: true, mode: 0o700 });
  await writeWalletFile(path, wallet);
  return wallet;
}
