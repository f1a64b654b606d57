/**
 * Shows an address in the browser that the system has for it: `mini-bitcoin node --open`.
 *
 * No shell reads the address: the program gets it as one argument, whatever is in it. Where nothing can open it (a server, a
 * container) that is a remark and no failure, since the node itself runs.
 */
import { spawn } from 'node:child_process';

interface Opener {
  readonly program: string;
  /** What stands before the address. */
  readonly first: readonly string[];
}

/** What opens an address on a system. */
export function openerOf(platform: NodeJS.Platform): Opener {
  if (platform === 'darwin') return { program: 'open', first: [] };
  // `start` is no program but a word of the shell, to which & and ^ in an address are orders. This is what it calls.
  if (platform === 'win32') return { program: 'rundll32', first: ['url.dll,FileProtocolHandler'] };
  return { program: 'xdg-open', first: [] };
}

/**
 * Asks the system to open an address.
 * @param env where the opener is looked for (PATH), and what it is told
 * @param failed is told why, once, when that cannot be done
 */
export function openInBrowser(
  address: string,
  env: Readonly<Record<string, string | undefined>>,
  failed: (why: string) => void,
  platform: NodeJS.Platform = process.platform,
): void {
  const { program, first } = openerOf(platform);
  // On its own: the browser may be started by it, and must not end with the node.
  const child = spawn(program, [...first, address], { env, stdio: 'ignore', detached: true });
  child.on('error', (error: NodeJS.ErrnoException) => {
    failed(error.code === 'ENOENT' ? `there is no ${program} here` : error.message);
  });
  child.on('exit', (code) => {
    if (code !== null && code !== 0) failed(`${program} ended with code ${code}`);
  });
  child.unref();
}
