/** The page of an address, and the charts: a real node, a real browser. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { blockToJson, transactionToJson } from '../../src/consensus/index.ts';
import { hasChromium } from '../support/browser.ts';
import { expectAccessible, openPage, QUIET, useBrowser } from '../support/browser-page.ts';
import { ChainBuilder, key, pay } from '../support/chain-builder.ts';
import { runNode } from '../support/running-node.ts';

const [alice, bob] = [key('alice'), key('bob')];

/** Sixty blocks of alice's; in every tenth she pays bob one coin and a fee. */
function sixtyBlocks(): ChainBuilder {
  const chain = new ChainBuilder({ miner: alice });
  for (let height = 1; height < 60; height++) {
    const coins = chain.coins(alice).slice(0, 1);
    const txs =
      height % 10 === 0 ? [pay({ coins, from: alice, to: bob, amount: 100_000_000, fee: 5_000 })] : [];
    chain.block(`a${height}`, { txs });
  }
  return chain;
}

async function tell(url: string, chain: ChainBuilder): Promise<void> {
  for (const { block } of chain.all) {
    const answer = await fetch(`${url}/block`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(blockToJson(block)),
    });
    expect(answer.status, await answer.text()).toBe(200);
  }
}

async function download(page: Page, chart: string, format: string): Promise<Buffer> {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByTestId(`chart-${chart}`).getByRole('button', { name: format }).click(),
  ]);
  expect(file.suggestedFilename()).toBe(`${chart}.${format.toLowerCase()}`);
  return readFile(await file.path());
}

describe.skipIf(!hasChromium())('addresses and charts in a browser', () => {
  useBrowser();

  test('an address: what it has, did, and had at any height', async () => {
    const { url, client } = await runNode();
    const chain = sixtyBlocks();
    await tell(url, chain);
    const [page, complaints] = await openPage(`${url}/address/${'ab'.repeat(20)}`);
    await page.getByRole('heading', { name: 'Nothing here yet' }).waitFor();
    await expectAccessible(page);

    await page.setViewportSize({ width: 1200, height: 800 });
    await page.evaluate(`localStorage.setItem('mini-bitcoin.address', '${alice.address}')`);
    await page.reload();
    await page.getByRole('searchbox').fill(alice.address.toUpperCase());
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/address/${alice.address}`);
    const balance = page.getByTestId('balance');
    const { balance: units } = await client.balance(alice.address);
    expect(units).toBe((60 * 50 - 5) * 100_000_000);
    await balance.filter({ hasText: '2,995' }).waitFor();
    expect(await page.locator('.row').first().textContent()).toContain('you');

    const history = page.getByTestId('history');
    expect(await history.getByRole('listitem').first().textContent()).toMatch(
      /\+50 received.*Block 59.*1 conf/s,
    );
    const latest = await history.textContent();
    await history.getByRole('button', { name: 'Older' }).click();
    expect(await history.textContent()).toMatch(/Block 45.*11 to 20/s);
    // Of two in one block, either may come first.
    expect(`${latest}${await history.textContent()}`).toMatch(/−1.00005 sent/);

    const slider = page.getByTestId('height-slider');
    await slider.focus();
    await page.keyboard.press('Home');
    const past = page.getByTestId('past');
    await past.filter({ hasText: 'as it was after block 0, Nov 14, 2023' }).waitFor();
    expect(await past.textContent()).toMatch(/Balance then 50 1 unspent coin.*Since then \+2,945/s);
    await page.keyboard.press('ArrowRight');
    await past.filter({ hasText: 'after block 1,' }).waitFor();
    const coins = page.getByTestId('coins');
    await coins.getByRole('heading', { name: 'Coins unspent then' }).waitFor();
    await coins.getByRole('listitem').nth(1).waitFor();
    expect(await coins.getByRole('listitem').count()).toBe(2);
    expect(await history.getByRole('listitem').count()).toBe(2);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Back to now' }).click();
    await past.filter({ hasText: 'how it is now' }).waitFor();

    // A payment waits, then is in a block: the page follows.
    const payment = pay({
      ...{ coins: chain.coins(alice).slice(-1), from: alice, to: bob },
      ...{ amount: 100_000_000, fee: 5_000 },
    });
    await client.submitTx(transactionToJson(payment));
    await page.locator('main').filter({ hasText: 'Pending −1.00005 1 transaction waits' }).waitFor();
    await coins.getByRole('button', { name: 'Newer' }).waitFor();
    chain.block('a60', { miner: bob, txs: [payment] });
    await client.submitBlock(blockToJson(chain.at('a60').block));
    await balance.filter({ hasText: '2,993.99995' }).waitFor();
    expect(complaints).toEqual(QUIET);
  });

  test('charts: empty, full, by keyboard, as files, and when the node does not answer', async () => {
    const { url } = await runNode();
    const [page, complaints] = await openPage(`${url}/charts`);
    await page.getByTestId('no-blocks').waitFor();
    await expectAccessible(page);

    await tell(url, sixtyBlocks());
    await page.getByTestId('span').filter({ hasText: 'Blocks 0 to 59' }).waitFor();
    const rate = page.getByTestId('chart-hash-rate');
    const cursor = rate.getByRole('slider');
    await cursor.focus();
    await page.keyboard.press('Home');
    expect(await cursor.getAttribute('aria-valuetext')).toBe('Block 1: 0.2 hashes per second');
    await page.keyboard.press('ArrowRight');
    expect(await rate.textContent()).toContain('Block 2: 0.2 hashes per second');
    await rate.getByText('As a table').click();
    await rate.getByRole('rowheader', { name: 'Block 59' }).waitFor();
    await expectAccessible(page);

    const fees = (await download(page, 'fees', 'CSV')).toString().trimEnd().split('\n');
    expect([fees[0], fees.length, fees[11]]).toEqual(['Block height,Coins', 61, '10,0.00005']);
    const svg = (await download(page, 'block-intervals', 'SVG')).toString();
    expect(svg).toMatch(/^<svg.*Time between blocks.*stroke="rgb\(/s);
    expect(svg).not.toMatch(/var\(|class=|light-dark/);
    const png = await download(page, 'coin-ages', 'PNG');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.length).toBeGreaterThan(2_000);

    await page.route('**/stats/**', (route) => route.abort());
    await page.reload();
    await page.getByRole('alert').waitFor();
    await expectAccessible(page);
    await page.unroute('**/stats/**');
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.getByTestId('span').filter({ hasText: 'Blocks 0 to 59' }).waitFor();
    expect(complaints).toEqual(QUIET);
  });
});
