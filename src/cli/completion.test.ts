import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from './main.ts';
import { RecordingTerminal } from './recording-terminal.ts';

async function script(shell: string): Promise<string> {
  const terminal = new RecordingTerminal();
  expect(await main(['completion', shell], terminal)).toBe(0);
  return terminal.output;
}

/** What bash offers after these words; the last one is being typed. */
async function completions(...words: string[]): Promise<string[]> {
  const test = `${await script('bash')}
    COMP_WORDS=(mini-bitcoin ${words.map((word) => `'${word}'`).join(' ')})
    COMP_CWORD=${words.length}
    _mini_bitcoin
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['--norc', '-c', test], { encoding: 'utf8' }).trim().split('\n');
}

describe('completion', () => {
  it.each([
    [['bal'], ['balance']],
    [
      ['chain', ''],
      ['info', 'tips', 'export', 'import'],
    ],
    [
      ['--json', 'mining', 'st'],
      ['start', 'stop', 'status'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [
      ['send', '--fee'],
      ['--fee', '--fee-rate'],
    ],
    [['send', '--to', ''], ['']],
    [['db', 'verify', '--s'], ['--signatures']],
    [['node', '--retarget'], ['--retarget-interval']],
    [['devnet', 'pa'], ['partition']],
    [['devnet', 'mine', '--sh'], ['--share']],
    [['devnet', '--dir', 'sr'], ['src']],
    [
      ['chain', 'import', 'packag'],
      ['package.json', 'package-lock.json'],
    ],
    [
      ['create-wallet', '--out', 'packag'],
      ['package.json', 'package-lock.json'],
    ],
    [['node', '--data-dir', 'sr'], ['src']],
  ])('bash offers for %j', async (words, expected) => {
    expect((await completions(...words)).sort()).toEqual([...expected].sort());
  });

  it('names every command in every shell', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const text = await script(shell);
      for (const path of ['/send', '/chain/export', '/tx/check', '/db/verify', '/demo', '/devnet/heal'])
        expect(text).toContain(path);
      expect(text).toContain('mbtc');
    }
  });

  // Where these shells are installed, they must at least understand their scripts.
  it.each([
    ['bash', ['-n']],
    ['zsh', ['-n']],
    ['fish', ['--no-execute']],
  ])('%s can read its script', async (shell, flags) => {
    const folder = await mkdtemp(join(tmpdir(), 'cli-completion-'));
    const path = join(folder, 'script');
    await writeFile(path, await script(shell));
    const checked = spawnSync(shell, [...flags, path], { encoding: 'utf8' });
    await rm(folder, { recursive: true });
    if (checked.error === undefined) expect(checked).toMatchObject({ status: 0, stderr: '' });
    else expect(checked.error).toMatchObject({ code: 'ENOENT' });
  });
});
