/** The first five minutes of somebody new, in one go and in the page alone: nothing is done behind its back. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasChromium } from '../support/browser.ts';
import { openPage, QUIET, TIP, useBrowser } from '../support/browser-page.ts';
import { key } from '../support/chain-builder.ts';
import { runNode } from '../support/running-node.ts';

const PASSPHRASE = 'tulip ladder 7 comet';

const button = (page: Page, name: string): ReturnType<Page['getByRole']> =>
  page.getByRole('button', { name, exact: true });
const goTo = (page: Page, name: string): Promise<void> =>
  page.getByRole('navigation').getByRole('link', { name, exact: true }).click();

describe.skipIf(!hasChromium())('the first five minutes', () => {
  useBrowser();

  test('an empty node, a key, block 0, its bytes, a payment, and the block that confirms it', async () => {
    const { client, url } = await runNode();
    const [page, complaints] = await openPage(url);

    await page.getByRole('heading', { name: 'No blocks yet' }).waitFor();
    await page.getByRole('list', { name: 'First steps' }).waitFor();
    await button(page, 'Mine block 0').click();
    await button(page, 'Make one for me').click();
    const secret = (await page.getByTestId('private-key').textContent()) ?? '';
    await button(page, 'I have saved it').click();
    await page.locator(TIP, { hasText: 'Block 0 is the tip' }).waitFor();
    // The form gave the focus back, and mining did not take it: Enter would mine the next one.
    await button(page, 'Mine a block').and(page.locator(':focus')).waitFor();

    await page.locator('[data-hash]').click();
    await page.getByRole('tab', { name: 'Header bytes' }).click();
    await page.locator('[data-byte="0"]').focus();
    for (let byte = 0; byte < 36; byte++) await page.keyboard.press('ArrowRight');
    expect(await page.getByTestId('field').textContent()).toContain('Merkle root');

    await goTo(page, 'Wallet');
    await page.getByText('Import a key').click();
    await page.getByLabel('Private key').fill(secret);
    await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await page.getByLabel('Passphrase again').fill(PASSPHRASE);
    await button(page, 'Keep it').click();
    await page.getByTestId('balance').filter({ hasText: '50 coins' }).waitFor();
    await page.getByLabel('To (address').fill(key('bob').address);
    await page.getByLabel('Amount in coins').fill('12.5');
    await page.keyboard.press('Enter');
    for (const step of ['Next: sign', 'Sign it', 'Next: broadcast', 'Broadcast it (POST /tx)'])
      await button(page, step).click();
    await page.getByTestId('sent').filter({ hasText: 'It waits in the mempool' }).waitFor();
    const txid = (await page.getByTestId('txid').textContent()) ?? '';

    await goTo(page, 'Mempool');
    await page.locator(`[data-txid="${txid}"]`).first().waitFor();
    await goTo(page, 'Chain');
    await button(page, 'Mine a block').click();
    await page.locator(TIP, { hasText: 'Block 1 is the tip' }).waitFor();
    await page.getByRole('list', { name: 'First steps' }).waitFor({ state: 'detached' });

    await page.keyboard.press('/');
    await page.keyboard.type(txid);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${url}/tx/${txid}`);
    await page.getByText('1 confirmation').first().waitFor();
    expect(await client.tx(txid)).toMatchObject({ status: 'confirmed', block_height: 1 });
    expect(complaints).toEqual(QUIET);
  });
});
