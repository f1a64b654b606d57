/**
 * The dashboard as people use it: a real node in a process of its own, a real browser, nothing in between.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { blockToJson } from '../../src/consensus/index.ts';
import { hasChromium } from '../support/browser.ts';
import { expectAccessible, openPage, QUIET, TIP, useBrowser } from '../support/browser-page.ts';
import { ChainBuilder, key } from '../support/chain-builder.ts';
import { NodeProcess } from '../support/node-process.ts';
import { runNode, until } from '../support/running-node.ts';

describe.skipIf(!hasChromium())('the dashboard in a browser', () => {
  useBrowser();

  test('the first minutes: a key, block 0, its bytes by keyboard; and the node is killed and comes back', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dashboard-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    let node = await NodeProcess.start({ env: { DATA_DIR: folder } });
    onTestFinished(async () => {
      await node.stop();
    });
    const [page, complaints] = await openPage(node.url);

    await page.getByRole('heading', { name: 'No blocks yet' }).waitFor();
    await page.getByRole('button', { name: 'Mine block 0' }).click();
    await page.getByRole('button', { name: 'Make one for me' }).click();
    expect(await page.getByTestId('private-key').textContent()).toMatch(/^[0-9a-f]{64}$/);
    await page.getByRole('button', { name: 'I have saved it' }).click();
    await page.locator(TIP, { hasText: 'Block 0 is the tip' }).waitFor();
    const card = page.locator('[data-hash]');
    expect(await card.textContent()).toMatch(/mined by you.*1 conf · 1 tx/s);
    const kept = await page.evaluate<string>('JSON.stringify(localStorage)');
    expect(kept).not.toMatch(/[0-9a-f]{64}/);

    await card.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Block 0', exact: true }).waitFor();
    await page.getByRole('tab', { name: 'Header bytes' }).click();
    const field = page.getByTestId('field');
    await page.locator('[data-byte="36"]').focus();
    expect(await field.textContent()).toContain('Merkle root');
    await page.keyboard.press('ArrowLeft');
    expect(await field.textContent()).toContain('Hash of the block before');
    await page.keyboard.press('End');
    expect(await field.textContent()).toMatch(/Nonce.*104–107 · byte 107.*Little-endian/s);
    expect(await page.locator('main').textContent()).toContain('✓ the hash that the node names');
    expect(await page.title()).toBe('Block 0 · MiniBitcoin');

    await page.goBack();
    await page.locator(TIP).waitFor();
    const { port } = new URL(node.url);
    await node.stop('SIGKILL');
    await page.getByTestId('connection').filter({ hasText: 'Reconnecting — data from' }).waitFor();
    expect(await page.locator(TIP).textContent()).toBe('Block 0 is the tip');
    node = await NodeProcess.start({ env: { DATA_DIR: folder }, port: Number(port) });
    await page.getByTestId('connection').filter({ hasText: 'Live' }).waitFor();
    await page.getByRole('button', { name: 'Mine a block' }).click();
    await page.locator(TIP, { hasText: 'Block 1 is the tip' }).waitFor();
    expect(complaints).toEqual(QUIET);
  });

  test('a reorganisation is seen as it happens, and walked through by keyboard', async () => {
    const { client, url } = await runNode();
    const chain = new ChainBuilder().extend(2, 'a').fork('genesis').extend(3, 'b');
    const tell = async (...names: string[]): Promise<void> => {
      for (const name of names) await client.submitBlock(blockToJson(chain.at(name).block));
    };
    await tell('genesis', 'a1', 'a2');
    const [page, complaints] = await openPage(url);
    await page.locator(TIP, { hasText: 'Block 2 is the tip' }).waitFor();
    await tell('b1', 'b2', 'b3');

    await page.locator(TIP, { hasText: 'Block 3 is the tip' }).waitFor();
    const story = page.getByTestId('reorg');
    await story.filter({ hasText: '2 blocks' }).waitFor();
    expect(await story.getAttribute('aria-live')).toBe('polite');
    const card = (name: string): ReturnType<Page['locator']> =>
      page.locator(`[data-hash="${chain.at(name).hash}"]`);
    expect(await card('a2').textContent()).toContain('✕ stale');

    await card('b3').focus();
    for (const arrow of ['Left', 'Down', 'Left', 'Left', 'Right', 'Down'])
      await page.keyboard.press(`Arrow${arrow}`);
    const focused = await page.evaluate<string>('document.activeElement.dataset.hash');
    expect(focused).toBe(chain.at('a1').hash);
    await page.keyboard.press('Enter');
    await page.getByTestId('stale').waitFor();

    // A block that pays its miner too much keeps its place beside the chain, and its page says what is wrong with it.
    chain.block('bad', {
      on: 'b3',
      mutate: ({ header, transactions: [reward, ...others] }) => ({
        header,
        transactions: [
          { ...reward!, outputs: [{ ...reward!.outputs[0]!, amount: reward!.outputs[0]!.amount + 1 }] },
          ...others,
        ],
      }),
    });
    await expect(tell('bad')).rejects.toThrow();
    await page.goto(`${url}/block/${chain.at('bad').hash}`);
    expect(await page.getByTestId('invalid').textContent()).toContain('bad-cb-amount');
    await page.goto(url);
    await card('bad').waitFor();
    expect(await card('bad').textContent()).toContain('✕ invalid');

    await page.keyboard.press('/');
    await page.keyboard.type('99');
    await page.keyboard.press('Enter');
    await page.getByText('Nothing found. Tried as: height of a block.').waitFor();
    // A search that is overtaken says nothing any more, whenever its answer comes.
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let isAnswered = false;
    await page.route('**/block/98', async (route) => {
      const response = await route.fetch();
      await held;
      await route.fulfill({ response });
      isAnswered = true;
    });
    await page.getByRole('searchbox').fill('98');
    await page.keyboard.press('Enter');
    await page.getByText('Searching…').waitFor();
    await page.getByRole('searchbox').fill(chain.at('b2').hash);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/block/${chain.at('b2').hash}`);
    release();
    await until(() => isAnswered);
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 100))');
    expect(await page.getByText('Nothing found').count()).toBe(0);
    expect(page.url()).toBe(`${url}/block/${chain.at('b2').hash}`);
    expect(complaints).toEqual(QUIET);
  });

  test('is accessible in light, dark and on 320 pixels, empty and full', async () => {
    const { client, url } = await runNode();
    const [page, complaints] = await openPage(url);
    await page.locator(TIP).waitFor();
    await expectAccessible(page);

    const chain = new ChainBuilder({ miner: key('me') }).extend(3, 'a').fork('a1').extend(3, 'b');
    for (const { block } of chain.all) await client.submitBlock(blockToJson(block));
    await page.evaluate(`localStorage.setItem('mini-bitcoin.address', '${key('me').address}')`);
    await page.reload();
    await page.locator(TIP, { hasText: 'Block 4' }).waitFor();
    await expectAccessible(page);
    // Words come in the language that is read, and in no other.
    const wordsLoaded = (): Promise<string[]> =>
      page.evaluate<string[]>(
        `performance.getEntriesByType('resource').flatMap(({ name }) => /\\.(en|de)-[^/]*\\.json$/.exec(name)?.[1] ?? [])`,
      );
    expect(new Set(await wordsLoaded())).toEqual(new Set(['en']));
    await page.getByLabel('Language').selectOption('de');
    await page.locator(TIP, { hasText: 'Block 4 ist die Spitze' }).waitFor();
    expect(new Set(await wordsLoaded())).toEqual(new Set(['en', 'de']));
    expect(await page.getByTestId('reorg').textContent()).toContain('die Kette verlassen');
    await page.getByLabel('Farben').selectOption('light');
    await page.reload();
    await page.locator(TIP, { hasText: 'Block 4 ist die Spitze' }).waitFor();
    expect(await page.evaluate<string>('getComputedStyle(document.documentElement).colorScheme')).toBe(
      'light',
    );
    await page.getByLabel('Farben').selectOption('auto');
    await page.getByLabel('Sprache').selectOption('en');
    await page.goto(`${url}/block/${chain.at('a3').hash}#bytes`);
    await page.getByTestId('field').waitFor();
    await expectAccessible(page);
    await page.goto(`${url}/nowhere`);
    await page.getByRole('heading', { name: 'No such page' }).waitFor();
    await expectAccessible(page);
    expect(complaints).toEqual(QUIET);
  });
});
