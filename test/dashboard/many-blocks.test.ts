/** A chain of a thousand blocks: one tab saw it grow, another one came later; both follow it. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasChromium } from '../support/browser.ts';
import { expectAccessible, openPage, QUIET, TIP, useBrowser } from '../support/browser-page.ts';
import { ChainBuilder } from '../support/chain-builder.ts';
import { mainThreadTasks } from '../support/main-thread.ts';
import { runNode } from '../support/running-node.ts';

/** Columns of a page 1,200 pixels wide, and as many again; far from a thousand. */
const FEW_CARDS = 30;

const cards = (page: Page): Promise<number> => page.locator('[data-hash]').count();
const focused = (page: Page): Promise<string> =>
  page.evaluate<string>('document.activeElement.dataset.hash ?? ""');
const scrollTo = (page: Page, left: number): Promise<unknown> =>
  page.evaluate(`document.querySelector('.scroller').scrollLeft = ${left}`);
const scrollLeft = (page: Page): Promise<number> =>
  page.evaluate<number>(`document.querySelector('.scroller').scrollLeft`);

describe.skipIf(!hasChromium())('a thousand blocks in a browser', () => {
  useBrowser();

  test('are followed by two tabs, and walked through down to block 0, with few cards at a time', async () => {
    const { node, url } = await runNode();
    const chain = new ChainBuilder().extend(1_000, 'a').fork('a400').extend(2, 'b');
    const take = async (...names: string[]): Promise<void> => {
      for (const name of names)
        expect(await node.services.chain.acceptBlock(chain.at(name).block)).toMatchObject({ ok: true });
    };
    const [early, complaints] = await openPage(url);
    await early.locator(TIP, { hasText: 'No blocks yet' }).waitFor();
    await take(...chain.all.map(({ name }) => name));
    await early.locator(TIP, { hasText: 'Block 1,000 is the tip' }).waitFor();

    const late = await early.context().newPage();
    await late.goto(url);
    await late.locator(TIP, { hasText: 'Block 1,000 is the tip' }).waitFor();
    const tip = late.locator(`[data-hash="${chain.at('a1000').hash}"]`);
    await tip.waitFor();
    expect(await tip.textContent()).toContain('block 1,000 of 0 to 1,000');
    for (const page of [early, late]) expect(await cards(page)).toBeLessThan(FEW_CARDS);

    // Home goes to a block that this tab has never heard of; from there on across the edge of what is drawn.
    await tip.focus();
    await late.keyboard.press('Home');
    const genesis = late.locator(`[data-hash="${chain.at('genesis').hash}"]`);
    await genesis.waitFor();
    await expect.poll(() => focused(late)).toBe(chain.at('genesis').hash);
    for (let i = 0; i < 30; i++) await late.keyboard.press('ArrowRight');
    await expect.poll(() => focused(late)).toBe(chain.at('a30').hash);
    expect(await cards(late)).toBeLessThan(FEW_CARDS);

    // Scrolled far away, the focus stays where it was; the branch in the middle comes from the node.
    await scrollTo(late, 395 * 148);
    const stale = late.locator(`[data-hash="${chain.at('b402').hash}"]`);
    await stale.waitFor();
    expect(await stale.textContent()).toMatch(/✕ stale.*block 402 .* on branch 1 beside the chain/s);
    expect(await focused(late)).toBe(chain.at('a30').hash);
    expect(await cards(late)).toBeLessThan(FEW_CARDS);
    await late.keyboard.press('ArrowLeft');
    await expect.poll(() => focused(late)).toBe(chain.at('a29').hash);

    // New tips: who follows is taken along, who looks at older blocks is not.
    await scrollTo(late, 395 * 148);
    await stale.waitFor();
    const [before, earlyBefore] = [await scrollLeft(late), await scrollLeft(early)];
    for (let height = 1_001; height <= 1_005; height++) chain.block(`a${height}`, { on: `a${height - 1}` });
    await take('a1001', 'a1002', 'a1003', 'a1004', 'a1005');
    for (const page of [early, late])
      await page.locator(TIP, { hasText: 'Block 1,005 is the tip' }).waitFor();
    await early.locator(`[data-hash="${chain.at('a1005').hash}"]`).waitFor();
    await expect.poll(() => scrollLeft(early)).toBe(earlyBefore + 5 * 148);
    expect(await scrollLeft(late)).toBe(before);

    // What one new block costs the page: its longest task, in processor time. Of nine the one in the middle.
    const costs: number[] = [];
    for (let height = 1_006; height < 1_015; height++) {
      chain.block(`a${height}`, { on: `a${height - 1}` });
      const tasks = await mainThreadTasks(early, async () => {
        await take(`a${height}`);
        await early.locator(`[data-hash="${chain.at(`a${height}`).hash}"]`).waitFor();
      });
      costs.push(Math.max(...tasks.map(({ ms }) => ms)));
    }
    expect(costs.sort((a, b) => a - b)[4]).toBeLessThanOrEqual(20);
    expect(await cards(early)).toBeLessThan(FEW_CARDS);

    await scrollTo(early, 0);
    await early.locator(`[data-hash="${chain.at('a2').hash}"]`).waitFor();
    expect(await cards(early)).toBeLessThan(FEW_CARDS);
    // What is known of old blocks stays when a new one comes: it is not asked for again.
    const questions: string[] = [];
    early.on('request', (request) => questions.push(new URL(request.url()).pathname));
    chain.block('a1015', { on: 'a1014' });
    await take('a1015');
    await early.getByRole('heading', { name: 'Block 1,015 is the tip' }).waitFor();
    await early.waitForTimeout(500);
    expect(questions.filter((path) => path === '/chain/tree')).toEqual([]);
    await expectAccessible(early);
    await early.getByRole('button', { name: 'Back to the tip' }).click();
    await early.locator(`[data-hash="${chain.at('a1015').hash}"]`).waitFor();
    expect(complaints).toEqual(QUIET);
  });
});
