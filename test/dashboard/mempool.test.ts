/** The pages of the mempool and of mining: a real node, a real browser, blocks that are really found in it. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { type Transaction, transactionToJson, txidOf } from '../../src/consensus/index.ts';
import { hasChromium } from '../support/browser.ts';
import { expectAccessible, openPage, QUIET, useBrowser } from '../support/browser-page.ts';
import { key, pay } from '../support/chain-builder.ts';
import { mainThreadTasks } from '../support/main-thread.ts';
import { outputOf } from '../support/mempool-node.ts';
import { runNode, until } from '../support/running-node.ts';

const [me, other] = [key('me'), key('other')];

describe.skipIf(!hasChromium())('the mempool and mining in a browser', () => {
  useBrowser();

  test('what waits is shown with its reasons, is replaced, and leaves with a block', async () => {
    const { client, node, url } = await runNode({ MAX_BLOCK_TXS: '3', COINBASE_MATURITY: '0' });
    const [page, complaints] = await openPage(`${url}/mempool`);
    await page.getByRole('heading', { name: 'Nothing waits' }).waitFor();
    await page.getByRole('link', { name: 'Send a payment' }).waitFor();
    await expectAccessible(page);

    await client.mine({ minerAddress: me.address, blocks: 4 });
    const coins = (await node.services.store.coinsOf(me.address, { limit: 10 })).items;
    const payment = (coin: number, fee: number): Transaction =>
      pay({ coins: [coins[coin]!], from: me, to: other, amount: 1_000_000, fee });
    const [rich, poor, late, better] = [
      payment(0, 90_000),
      payment(1, 100),
      payment(2, 300),
      payment(2, 900),
    ];
    const child = pay({ coins: [outputOf(poor, 1)], from: me, to: other, amount: 5, fee: 500_000 });
    for (const tx of [rich, poor, late, child]) await client.submitTx(transactionToJson(tx));
    await page.getByRole('heading', { name: '4 transactions wait' }).waitFor();

    // Each square says why; by keyboard, from the first to the last.
    const square = (tx: Transaction): ReturnType<Page['locator']> =>
      page.locator(`[data-txid="${txidOf(tx)}"]`);
    const chosen = page.getByTestId('chosen');
    await square(late).click();
    await chosen.filter({ hasText: 'not in the next block' }).waitFor();
    expect(await chosen.textContent()).toContain('The block is full');
    await square(child).click();
    await chosen.filter({ hasText: 'It pays for its parent' }).waitFor();
    expect(await square(poor).textContent()).toContain('its child pays');
    await page.getByRole('listbox').focus();
    await page.keyboard.press('End');
    await chosen.filter({ hasText: txidOf(late) }).waitFor();
    await page.keyboard.press('Home');
    await chosen.filter({ hasText: '✓' }).waitFor();
    await page.getByRole('button', { name: 'Fee rate' }).click();
    expect(await page.locator('th[aria-sort=descending]').textContent()).toContain('Fee rate');
    await expectAccessible(page);

    const news = page.getByTestId('news');
    await client.submitTx(transactionToJson(better));
    await news.filter({ hasText: 'was replaced by' }).waitFor();
    await client.mine({ minerAddress: me.address });
    await news.filter({ hasText: '3 transactions left: they are in a block now' }).waitFor();
    await page.getByRole('heading', { name: '1 transaction waits' }).waitFor();
    expect(await square(rich).count()).toBe(0);
    await page.getByLabel('Language').selectOption('de');
    await page.getByRole('heading', { name: '1 Transaktion wartet' }).waitFor();
    expect(complaints).toEqual(QUIET);
  });

  test('the page finds blocks that the node takes, without long tasks; and the node mines when told to', async () => {
    const target = `0x00003${'f'.repeat(59)}`;
    const { client, url } = await runNode({ DEFAULT_TARGET: target, RETARGET_INTERVAL: '1000' });
    const [page, complaints] = await openPage(url);
    await page.evaluate(`localStorage.setItem('mini-bitcoin.address', '${me.address}')`);
    await page.goto(`${url}/mine`);
    await page.getByTestId('countdown').waitFor();
    await expectAccessible(page);

    await page.setViewportSize({ width: 1200, height: 800 });
    const tasks = await mainThreadTasks(page, async () => {
      await page.getByRole('button', { name: 'Mine in this page' }).click();
      await page.getByTestId('page-found').filter({ hasText: 'and the node took it' }).waitFor();
      await page.waitForTimeout(2_000);
    });
    // A trace without figures would prove nothing.
    expect(tasks.filter(({ ms }) => ms > 0).length).toBeGreaterThan(100);
    expect(tasks.filter(({ ms }) => ms > 50)).toEqual([]);
    // It is the button that was pressed, and has the focus still.
    await page.getByRole('button', { name: 'Stop', exact: true }).and(page.locator(':focus')).click();
    await page.getByTestId('page-state').filter({ hasText: 'does not mine' }).waitFor();
    await page.getByRole('cell', { name: 'in this page' }).first().waitFor();
    const { height } = await client.chainInfo();
    const [{ miner } = { miner: undefined }] = (await client.blocks({ limit: 1 })).blocks;
    expect(miner).toBe(me.address);
    expect(await page.getByTestId('versus-target').textContent()).toContain('18 zero bits in front');

    await page.getByLabel('Share of the time').first().fill('200');
    expect(await page.getByRole('button', { name: 'Start mining' }).isDisabled()).toBe(true);
    await page.getByLabel('Share of the time').first().fill('50');
    await page.getByRole('button', { name: 'Start mining' }).click();
    await page.getByTestId('node-state').filter({ hasText: 'The node mines' }).waitFor();
    expect(await client.miningStatus()).toMatchObject({
      running: true,
      share: 0.5,
      miner_address: me.address,
    });
    await until(async () => (await client.chainInfo()).height > height);
    await page.getByRole('cell', { name: 'by the node' }).first().waitFor();
    await page.getByRole('button', { name: 'Stop mining' }).click();
    await page.getByTestId('node-state').filter({ hasText: 'does not mine' }).waitFor();
    await expectAccessible(page);
    expect(complaints).toEqual(QUIET);
  });
});
