/**
 * The lessons that play in a sandbox, by keyboard alone: three real nodes in a thread of the node, and the learner's own chain
 * beside them, which nothing of it may touch.
 */
import { describe, expect, test } from 'vitest';
import { hasChromium } from '../support/browser.ts';
import { expectAccessible, openPage, QUIET, useBrowser } from '../support/browser-page.ts';
import { Learner } from '../support/learner.ts';
import { runNode } from '../support/running-node.ts';

describe.skipIf(!hasChromium())('the lessons in the sandbox', () => {
  useBrowser();

  test('a fork and its end, then a majority attack, and the own chain stays as it is', async () => {
    const { client, url } = await runNode();
    await client.mine({ minerAddress: '11'.repeat(20), blocks: 2 });
    const { tip_hash: tip } = await client.health();
    const [page, complaints] = await openPage(`${url}/learn/fork-and-reorg`);
    const me = new Learner(page, client);
    const blocks = (standing: string): Promise<number> =>
      page.locator(`[data-standing="${standing}"]`).count();

    // Before there is a sandbox, the step says so.
    await me.button('start', 'Check');
    await me.result('start').filter({ hasText: 'Not yet: there is no sandbox' }).waitFor();
    await me.button('start', 'Start a sandbox');
    await me.button('start', 'Honest 1 mines a block');
    await me.isDone('start');
    await me.button('split', 'Cut the lines');
    await me.isDone('split');
    // The answer to the first is slow, and the second is pressed meanwhile: both are done, one after the other.
    let answer = (): void => undefined;
    const pressed = new Promise<void>((resolve) => (answer = resolve));
    await page.route(
      '**/sandbox/actions',
      async (route) => {
        const response = await route.fetch();
        await pressed;
        await route.fulfill({ response });
      },
      { times: 1 },
    );
    await me.button('fork', 'Honest 1 mines a block');
    await me.button('fork', 'Honest 2 mines a block');
    await page.waitForTimeout(200);
    answer();
    await page.getByText('only Honest 2, Attacker').waitFor();
    await me.button('fork', 'Check');
    await me.result('fork').filter({ hasText: 'Not yet: both branches have as much work' }).waitFor();
    await me.button('fork', 'Honest 2 mines a block');
    await me.isDone('fork');
    expect(await blocks('disputed')).toBe(3);
    await expectAccessible(page);
    // A page that is loaded anew finds the sandbox as it was.
    await page.reload();
    await me.button('guess', 'The side of Honest 2');
    await me.button('guess', 'Check');
    await me.result('guess').filter({ hasText: 'Not yet: count the blocks' }).waitFor();
    await me.button('guess', 'The side of Honest 1');
    await me.isDone('guess');
    await me.button('heal', 'Mend the lines');
    await me.isDone('heal');
    expect(await me.ends()).toContain('A block was taken back');
    expect([await blocks('agreed'), await blocks('stale')]).toEqual([3, 1]);
    expect(await page.locator('[data-standing="stale"]').textContent()).toContain('✕ stale');

    // As the merchant, one sees the money come and go.
    await me.press(page.getByRole('link', { name: 'All lessons' }).first());
    await me.press(page.getByRole('link', { name: /51 % attack/ }));
    await me.button('start', 'Check');
    await me.result('start').filter({ hasText: 'Not yet: this sandbox was started by another' }).waitFor();
    const begin = async (): Promise<void> => {
      await me.button('start', 'Start a sandbox');
      await me.button('start', 'The attacker mines a block');
      await me.isDone('start');
    };
    await begin();
    // Another tab puts a new one in its place: what was done is missing there, and one begins again.
    await client.endSandbox();
    await client.startSandbox();
    await page.reload();
    await me.step('pay').getByText('The sandbox of this lesson is gone').waitFor();
    expect(await me.step('pay').getByRole('button', { name: 'Pay the merchant' }).count()).toBe(0);
    await me.button('pay', 'Begin this lesson again');
    await begin();
    await me.button('pay', 'Pay the merchant 10 coins');
    await me.isDone('pay');
    // With its lines open, the attacker would tell all nodes of the second payment.
    const second = me.step('secret').getByRole('button', { name: /^2\. Pay the same coins/ });
    expect(await second.count()).toBe(0);
    await me.button('secret', '1. Cut your lines');
    await me.button('secret', '2. Pay the same coins to yourself');
    await me.isDone('secret');
    await me.button('wait', 'The honest nodes mine a block');
    await me.button('wait', 'The honest nodes mine a block');
    await me.isDone('wait');
    const merchant = page.locator('[data-node="honest-1"]').getByText('10', { exact: true });
    await merchant.waitFor();
    for (let blocksMined = 0; blocksMined < 3; blocksMined++)
      await me.button('overtake', 'The attacker mines a block');
    await me.isDone('overtake');
    expect(await blocks('secret')).toBe(3);
    await expectAccessible(page);
    await me.button('publish', 'Publish the secret branch');
    await me.isDone('publish');
    expect(await merchant.count()).toBe(0);
    expect(await blocks('stale')).toBe(2);
    await me.type('odds', 'Attacker’s share', '0');
    await me.button('odds', 'Run a race');
    await page.getByTestId('race').getByText('the attacker gave up').waitFor();
    await me.type('odds', 'Attacker’s share', '90');
    await me.button('odds', 'Run a race');
    await me.isDone('odds');
    expect(await me.ends()).toMatch(/The attacker won [01] of 2 races/);
    await expectAccessible(page);

    expect(await client.health()).toMatchObject({ tip_hash: tip });
    expect((await client.sandbox()).blocks.every(({ block_hash: hash }) => hash !== tip)).toBe(true);
    expect(complaints).toEqual(QUIET);
  });
});
