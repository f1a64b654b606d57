/** What holds for every page: on an empty chain and a full one, mirrored, in the colours of the system, and without its node. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { blockToJson } from '../../src/consensus/index.ts';
import { hasChromium } from '../support/browser.ts';
import { breaches, expectAccessible, openPage, QUIET, useBrowser } from '../support/browser-page.ts';
import { ChainBuilder, key } from '../support/chain-builder.ts';
import { runNode } from '../support/running-node.ts';

const PLAIN = ['/', '/mempool', '/mine', '/network', '/charts', '/wallet', '/learn', '/tools', '/api'];
const MISSING = [`/block/${'0'.repeat(64)}`, '/block/99', `/tx/${'0'.repeat(64)}`, '/learn/nothing'];

/** Goes there without a new load, as a link does. */
async function visit(page: Page, path: string): Promise<void> {
  await page.evaluate(
    `(() => { const link = document.createElement('a'); link.href = ${JSON.stringify(path)}; document.body.append(link); link.click(); link.remove(); })()`,
  );
  await page.waitForURL(`**${path}`);
  await settled(page);
}

/** The page is there, and nothing on it says that it loads. */
async function settled(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor();
  await page.locator('main .skeleton').waitFor({ state: 'detached' });
}

async function overflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
}

describe.skipIf(!hasChromium())('every page', () => {
  useBrowser();

  test('is accessible on an empty chain, and for what is not there', async () => {
    const { url } = await runNode();
    const [page, complaints] = await openPage(url);
    for (const path of [...PLAIN, ...MISSING, `/address/${key('nobody').address}`]) {
      await visit(page, path);
      expect(await page.title(), path).toMatch(/. · MiniBitcoin$/);
      await expectAccessible(page);
    }
    expect(complaints).toEqual(QUIET);
  });

  test('is whole when mirrored and in forced colours, in both languages; and says so when its node is away', async () => {
    const { client, node, url } = await runNode();
    const me = key('me');
    const chain = new ChainBuilder({ miner: me }).extend(8, 'a').fork('a5').extend(5, 'b');
    for (const { block } of chain.all) await client.submitBlock(blockToJson(block));
    const [page, complaints] = await openPage(url, { forcedColors: 'active', colorScheme: 'dark' });
    await page.evaluate(`localStorage.setItem('mini-bitcoin.address', '${me.address}')`);
    const paths = [
      ...PLAIN,
      `/block/${chain.at('b10').hash}`,
      `/tx/${blockToJson(chain.at('b10').block).transactions[0]!.txid}`,
      `/address/${me.address}`,
    ];
    for (const language of ['en', 'de']) {
      await page.evaluate(`localStorage.setItem('mini-bitcoin.locale', '${language}')`);
      await page.goto(url);
      await settled(page);
      for (const [width, direction] of [
        [1200, 'rtl'],
        [320, 'rtl'],
        [320, 'ltr'],
      ] as const) {
        await page.setViewportSize({ width, height: 800 });
        await page.evaluate(`document.documentElement.dir = '${direction}'`);
        for (const path of paths) {
          await visit(page, path);
          expect(await overflow(page), `${path} ${language} ${width} ${direction}`).toBeLessThanOrEqual(0);
        }
      }
      for (const path of paths) {
        await visit(page, path);
        // The system chooses the colours, and axe cannot see which.
        expect(await breaches(page, ['color-contrast']), `${path} in forced colours, ${language}`).toEqual(
          [],
        );
      }
    }
    expect(complaints).toEqual(QUIET);

    await page.evaluate(`localStorage.setItem('mini-bitcoin.locale', 'en')`);
    await page.goto(url);
    await settled(page);
    await node.close();
    await page.getByTestId('connection').filter({ hasText: 'Reconnecting' }).waitFor();
    // Its file was never loaded, and cannot be now.
    await page.getByRole('link', { name: 'Charts' }).click();
    await page.getByRole('button', { name: 'Retry' }).first().waitFor();
    await expectAccessible(page);
  });
});
