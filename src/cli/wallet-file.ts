/** Files with a wallet in them, as `create-wallet --out` writes and `send --from-file` reads them. */
import { open } from 'node:fs/promises';
import type { Wallet } from '../wallet/index.ts';
import { CliError } from './cli-errors.ts';
import { EXIT } from './exit-codes.ts';

/** What stands in the file, and what `create-wallet --json` prints. */
export function walletJson(wallet: Wallet): Record<string, string> {
  return { private_key: wallet.privateKey, public_key: wallet.publicKey, address: wallet.address };
}

/**
 * Creates the file with its rights (its owner's alone) from the first moment on, so nobody can read it in between.
 * @param shown the path as the user wrote it, for the error
 * @throws CliError when it exists
 */
export async function writeWalletFile(path: string, wallet: Wallet, shown = path): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new CliError(`${shown} exists, and a wallet is never overwritten: its coins would be lost.`, {
      exitCode: EXIT.failed,
      reason: 'file-exists',
      hint: 'Choose another name.',
    });
  });
  try {
    await file.writeFile(`${JSON.stringify(walletJson(wallet), null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}
