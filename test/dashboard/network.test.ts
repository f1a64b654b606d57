/** The page of the network: two real nodes meet before the eyes of whoever watches one of them. */
import { describe, expect, test } from 'vitest';
import { blockToJson } from '../../src/consensus/index.ts';
import { hasChromium } from '../support/browser.ts';
import { expectAccessible, openPage, QUIET, useBrowser } from '../support/browser-page.ts';
import { ChainBuilder } from '../support/chain-builder.ts';
import { runNode } from '../support/running-node.ts';

describe.skipIf(!hasChromium())('the network in a browser', () => {
  useBrowser();

  test('two nodes meet, talk, fork and part', async () => {
    const own = await runNode();
    const other = await runNode({ NODE_NAME: 'other-node' });
    const chain = new ChainBuilder().extend(4, 'a').fork('a2').extend(1, 'b');
    for (const name of ['genesis', 'a1', 'a2', 'a3'])
      await other.client.submitBlock(blockToJson(chain.at(name).block));

    const [page, complaints] = await openPage(`${own.url}/network`);
    await page.getByRole('heading', { name: 'No peers yet' }).waitFor();
    const port = Number(new URL(own.url).port);
    expect(await page.getByTestId('command').textContent()).toBe(
      `npm start -- --port ${port + 1} --data-dir ./second-node --peers ${own.url}`,
    );
    await expectAccessible(page);
    await page.setViewportSize({ width: 1200, height: 900 });

    const field = page.getByLabel('Address of another node');
    const problem = page.locator('#peer-problem');
    await field.fill('http://');
    await page.keyboard.press('Enter');
    await problem.filter({ hasText: 'An address begins with http://' }).waitFor();
    await field.fill('ftp://192.0.2.1');
    await page.keyboard.press('Enter');
    await problem.filter({ hasText: 'http:// or https:// is expected' }).waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    await field.fill(other.url);
    await page.keyboard.press('Enter');

    const row = page.locator(`[data-peer="${other.url}"]`);
    await row.filter({ hasText: 'same tip' }).waitFor();
    expect(await row.textContent()).toMatch(/other-node.*connected.*block 3/s);
    const card = page.getByRole('button', { name: /other-node/ });
    expect(await card.textContent()).toMatch(/other-node\s+connected\s+block 3 · same tip/);

    const log = page.locator('[data-kind]');
    const kinds = page.getByRole('combobox', { name: 'Message' });
    for (const kind of ['hello', 'headers', 'blocks']) {
      await kinds.selectOption(kind);
      await log.filter({ hasText: kind }).first().waitFor();
    }
    expect(await log.first().textContent()).toMatch(/4 blocks.*ok/s);
    await log.first().getByRole('link', { name: 'block 0' }).waitFor();
    await kinds.selectOption('');

    // Paused, it holds what comes; a new block at the other node is told of with a message.
    await page.getByRole('button', { name: 'Pause' }).click();
    const before = await log.count();
    await other.client.submitBlock(blockToJson(chain.at('a4').block));
    await page.getByText(/\d+ new messages?/).waitFor();
    expect(await log.count()).toBe(before);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.locator('[data-kind=announce]').first().waitFor();
    await row.filter({ hasText: 'block 4' }).waitFor();

    await card.focus();
    await page.keyboard.press('Enter');
    expect(await card.getAttribute('aria-pressed')).toBe('true');
    expect(await page.getByRole('combobox', { name: 'Peer' }).inputValue()).toBe(other.url);
    await page.getByText('What the messages are for').click();
    await page.getByText('Who are you, and are we of one network?').waitFor();
    await expectAccessible(page);

    await row.getByRole('button', { name: /^Ban/ }).click();
    await row.filter({ hasText: '✕ banned' }).waitFor();
    expect(await row.textContent()).toContain('the owner of this node banned it');
    await row.getByRole('button', { name: /^Unban/ }).click();
    await row.filter({ hasText: 'connected' }).waitFor();

    // Somebody who answers nothing: the table and the log say why.
    await field.fill('127.0.0.1:9');
    await page.keyboard.press('Enter');
    const silent = page.locator('[data-peer="http://127.0.0.1:9"]');
    await silent.filter({ hasText: 'nobody listens there' }).waitFor();
    await silent.getByRole('button', { name: 'Sync now' }).click();
    await page.getByRole('alert').filter({ hasText: 'nobody listens there' }).waitFor();
    await silent.getByRole('button', { name: 'Remove' }).click();
    await silent.waitFor({ state: 'detached' });
    expect(complaints).toEqual(QUIET);
  });
});
