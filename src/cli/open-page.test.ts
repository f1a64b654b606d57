/** `node --open`, with an opener of our own on the PATH that writes down what it was given. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from './main.ts';
import { openerOf, openInBrowser } from './open-page.ts';
import { RecordingTerminal } from './recording-terminal.ts';

let folder: string;
let path: string;
const NODE = ['node', '--port', '0', '--database-url', 'memory:', '--log-level', 'silent'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-open-'));
  path = [folder, process.env['PATH'] ?? ''].join(delimiter);
});
afterAll(() => rm(folder, { recursive: true }));

/** The opener of this system, as a script; `$0.told` gets its arguments, one a line. */
async function opener(script: string): Promise<string> {
  const file = join(folder, openerOf(process.platform).program);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return `${file}.told`;
}

/** Starts a node, waits until something holds, and ends it. */
async function runNode(
  argv: readonly string[],
  env: Record<string, string>,
  holds: (terminal: RecordingTerminal) => Promise<void>,
): Promise<void> {
  const terminal = new RecordingTerminal({ cwd: folder, env });
  const ended = main([...NODE, ...argv], terminal);
  try {
    await holds(terminal);
  } finally {
    terminal.signal();
    expect(await ended).toBe(0);
  }
}

describe.skipIf(process.platform === 'win32')('node --open', () => {
  it('opens the page', async () => {
    const told = await opener('printf "%s\\n" "$@" > "$0.part" && mv "$0.part" "$0.told"');
    await runNode(['--open'], { PATH: path }, async (terminal) => {
      await expect.poll(() => readFile(told, 'utf8').catch(() => ''), { timeout: 30_000 }).not.toBe('');
      const url = /API +(http:\S+)/.exec(terminal.errors)?.[1] ?? '';
      expect(await readFile(told, 'utf8')).toBe(`${url}/\n`);
      expect(terminal.errors).not.toContain('not opened');
    });
  });

  it.each([
    ['fails', 'exit 3', /not opened \(\S+ ended with code 3\)\. Open http:\S+\/ in a browser/],
    ['is not there', undefined, /not opened \(there is no \S+ here\)\. Open http:\S+\/ in a browser/],
  ])('runs on and says the address when the opener %s', async (_, script, message) => {
    if (script !== undefined) await opener(script);
    const env = { PATH: script === undefined ? join(folder, 'none') : path };
    await runNode(['--open'], env, async (terminal) => {
      await expect.poll(() => terminal.errors, { timeout: 30_000 }).toMatch(message);
      const url = /API +(http:\S+)/.exec(terminal.errors)?.[1] ?? '';
      expect((await fetch(`${url}/health`)).status).toBe(200);
    });
  });

  it('gives the address to no shell', async () => {
    const told = await opener('printf "%s\\n" "$@" > "$0.part" && mv "$0.part" "$0.told"');
    await rm(told, { force: true });
    const address = 'http://localhost:1/$(touch hacked);&calc^"%PATH%';
    openInBrowser(address, { PATH: path }, (why) => expect.fail(why));
    await expect.poll(() => readFile(told, 'utf8').catch(() => ''), { timeout: 30_000 }).toBe(`${address}\n`);
  });
});

it('each system has its opener, and none is a shell', () => {
  const openers = (['linux', 'darwin', 'win32'] as const).map((platform) => openerOf(platform));
  expect(openers).toEqual([
    { program: 'xdg-open', first: [] },
    { program: 'open', first: [] },
    { program: 'rundll32', first: ['url.dll,FileProtocolHandler'] },
  ]);
});
