/**
 * The lessons, each played to its end as somebody does who has no mouse: Tab, Enter, letters and digits, on a real node.
 */
import { describe, expect, test } from 'vitest';
import { hasChromium } from '../support/browser.ts';
import { expectAccessible, openPage, QUIET, useBrowser } from '../support/browser-page.ts';
import { Learner, tabTo } from '../support/learner.ts';
import { runNode } from '../support/running-node.ts';

describe.skipIf(!hasChromium())('the lessons', () => {
  useBrowser();

  test('are played through by keyboard alone, one after the other on one node', async () => {
    const { client, url } = await runNode();
    const [page, complaints] = await openPage(`${url}/learn`);
    const me = new Learner(page, client);

    // Somebody else has mined a block. Hash; also what a failed check looks like, and what is kept.
    await client.mine({ minerAddress: '11'.repeat(20) });
    await me.press(page.getByRole('link', { name: 'Start: Hash' }));
    await me.button('change', 'Check');
    await me.result('change').filter({ hasText: 'Not yet: Type something' }).waitFor();
    await me.button('change', 'hash function');
    await page.getByText('A recipe that turns any bytes').waitFor();
    await expectAccessible(page);
    await page.setViewportSize({ width: 1200, height: 800 });
    // To type on is no change of a letter.
    await me.type('change', 'Your text', 'ab');
    await page.getByText('of 256 bits turned over').first().waitFor();
    expect(await me.result('change').textContent()).not.toContain('Done');
    await page.keyboard.press('Backspace');
    await me.isDone('change');
    expect(await me.step('change').textContent()).toMatch(/\d+ of 256 bits turned over/);
    await me.type('find', 'Your text', 'x');
    await me.untilDone('find', () => page.keyboard.press('y'));
    await me.ends();
    await page.reload();
    await me.ends();
    await me.press(page.getByRole('link', { name: 'All lessons' }).first());
    await page.getByText(/^1 of \d+ lessons done/).waitFor();
    await expectAccessible(page);
    await page.setViewportSize({ width: 1200, height: 800 });

    await me.press(page.getByRole('link', { name: 'Continue: Nonce and target' }));
    await tabTo(page, me.step('hand').getByRole('button', { name: 'Next nonce' }));
    await me.untilDone('hand', () => page.keyboard.press('Enter'));
    await me.button('search', '1 zero');
    await me.button('search', '2 zeros');
    await me.isDone('search');
    await me.button('mine', 'Mine a block');
    await me.isDone('mine');
    expect(await me.ends()).toMatch(/Your node tried \d+ hashes/);
    const mined = await client.block(await me.note('nonce-and-target', 'block'));
    expect(mined.transactions[0]?.outputs[0]?.pubkey_hash).toBe(await me.note('nonce-and-target', 'miner'));

    await me.goesOn('Block and chain');
    await me.button('copy', 'Copy the last blocks');
    await me.isDone('copy');
    await me.button('tamper', 'Pay the reward to a thief');
    await me.isDone('tamper');
    expect(await me.step('tamper').textContent()).toContain('bad-txnmrklroot');
    await me.button('repair', 'Mine the copy again');
    await me.isDone('repair');
    expect(await me.step('tamper').textContent()).toContain('prev-blk-not-found');
    await me.type('count', 'Number of blocks', '2');
    await me.button('count', 'Check');
    await me.result('count').filter({ hasText: 'Not yet:' }).waitFor();
    await me.type('count', 'Number of blocks', '1');
    await me.isDone('count');
    await me.ends();

    await me.goesOn('Keys and signatures');
    // The curve comes when a key is made. Where it does not come, that is told, and can be done again.
    await page.route('**/assets/curve-*.js', (route) => route.abort());
    await me.button('make', 'Make a new key');
    await me.step('make').getByRole('alert').filter({ hasText: 'That did not work' }).waitFor();
    await page.unroute('**/assets/curve-*.js');
    await me.button('make', 'Retry');
    await me.isDone('make');
    await me.type('sign', 'Message', 'I owe you a coin');
    await me.button('sign', /^Sign$/);
    await me.isDone('sign');
    await me.button('alter', /^Turn over a bit/);
    await me.isDone('alter');
    await me.funds();
    await me.button('refused', 'Ask the node');
    await me.isDone('refused');
    expect(await me.ends()).toContain('bad-signature');

    await me.goesOn('Coins and change');
    await me.isDone('coins');
    await me.button('pay', 'Prepare the payment');
    await me.button('pay', 'Send it');
    await me.isDone('pay');
    await me.button('look', 'Mine a block');
    await me.isDone('look');
    const payment = await client.tx(await me.note('coins-and-change', 'txid'));
    await me.type('sum', 'Fee in base units', String(payment.fee));
    await me.isDone('sum');
    expect(await me.ends()).toContain('A coin of 50 coins is gone');

    await me.goesOn('Merkle proof');
    await me.isDone('coins');
    await me.button('pay', 'Send three payments');
    // The button to mine is there after the first of them.
    await me.step('pay').locator('[aria-busy="true"]').waitFor({ state: 'detached' });
    await me.button('pay', 'Mine a block');
    await me.isDone('pay');
    await me.button('climb', 'Ask the node for the proof');
    await me.button('climb', 'Hash with the next sibling');
    await me.button('climb', 'Hash with the next sibling');
    await me.isDone('climb');
    expect(await me.step('climb').textContent()).toContain('2 siblings stand for 4 transactions');
    await me.button('corrupt', 'Change one digit');
    await me.isDone('corrupt');
    expect(await me.ends()).toContain('64 bytes of proof');

    await me.goesOn('Mempool and fees');
    await me.funds();
    await me.type('send', /Fee rate of payment A/, '2000');
    await me.type('send', /Fee rate of payment B/, '9000');
    await me.button('send', 'Send both');
    await me.isDone('send');
    await me.button('guess', 'Payment A');
    await me.button('guess', 'Check');
    await me.result('guess').filter({ hasText: 'Not yet: Look at the rates' }).waitFor();
    await me.button('guess', 'Payment B');
    await me.isDone('guess');
    await me.button('mine', 'Mine a block');
    await me.isDone('mine');
    expect(await me.ends()).toContain('Payment B paid the better rate');

    await me.goesOn('Double spend');
    await me.funds();
    await me.button('first', 'Pay the shop');
    await me.isDone('first');
    await me.button('refused', 'Pay the same coin to myself');
    await me.isDone('refused');
    await me.button('replace', /ten times the fee/);
    await me.isDone('replace');
    await me.button('mine', 'Mine a block');
    await me.isDone('mine');
    expect(await me.ends()).toContain('insufficient fee');
    const coin = await client.tx(await me.note('double-spend', 'me'));
    expect(coin.status).toBe('confirmed');
    await expectAccessible(page);

    // Nothing that is kept for longer than the tab knows a private key.
    const secret = await page.evaluate<string>(`sessionStorage.getItem('mini-bitcoin.play-key')`);
    expect(await page.evaluate<string>('JSON.stringify(localStorage)')).not.toContain(secret);
    await page.goto(`${url}/learn/nothing`);
    await me.press(page.getByRole('link', { name: 'All lessons' }));
    await page.getByText(/^8 of \d+ lessons done/).waitFor();
    expect(complaints).toEqual(QUIET);
  });

  test('the target of the own chain is computed again, from the blocks that decided it', async () => {
    const { client, url } = await runNode({ RETARGET_INTERVAL: '3' });
    await client.mine({ minerAddress: '11'.repeat(20), blocks: 2 });
    const [page, complaints] = await openPage(`${url}/learn/retarget`);
    const me = new Learner(page, client);
    await me.step('speed').getByText('an interval of 3 blocks, and a block every 10 s').waitFor();
    await me.button('speed', 'Check');
    await me.result('speed').filter({ hasText: 'Not yet: mining must get 2 times as hard' }).waitFor();
    await me.type('speed', /^Seconds between blocks/, '5');
    await me.isDone('speed');
    await me.type('clamp', /^Seconds between blocks/, '900');
    expect(await me.step('clamp').textContent()).toContain('4 times as easy');
    await me.type('clamp', /^How many times/, '4');
    await me.isDone('clamp');
    // Blocks 0 and 1 are there; the first change comes with block 3.
    await me.step('own').getByText('The target changes first at height 3').waitFor();
    await me.button('own', 'Mine a block');
    await page.getByText('Block 2 was mined').waitFor();
    await me.button('own', 'Mine a block');
    await me.button('own', 'Compute it again');
    await me.isDone('own');
    expect(await me.step('own').textContent()).toMatch(/2 gaps between blocks.*In block 3.*✓ the same/s);
    expect(await me.ends()).toContain('from 2 gaps between blocks');
    await expectAccessible(page);
    expect(complaints).toEqual(QUIET);
  });

  test('where the target never changes, the rule is tried on the last blocks, and nothing else is claimed', async () => {
    const { client, url } = await runNode({ RETARGET_INTERVAL: '0', TARGET_BLOCK_TIME: '60' });
    const [page, complaints] = await openPage(`${url}/learn/retarget`);
    const me = new Learner(page, client);
    await me.step('speed').getByText('no change of the target at all').waitFor();
    await me.type('speed', /^Seconds between blocks/, '30');
    await me.isDone('speed');
    await me.type('clamp', /^Seconds between blocks/, '100');
    await me.type('clamp', /^How many times/, '4');
    await me.button('clamp', 'Check');
    await me
      .result('clamp')
      .filter({ hasText: 'Not yet: choose a time that is far off: 6 s or less, or 600 s' })
      .waitFor();
    await me.type('clamp', /^Seconds between blocks/, '6');
    await me.isDone('clamp');
    await me.button('own', 'Mine a block');
    await page.getByText('Block 0 was mined').waitFor();
    await me.button('own', 'Mine a block');
    await me.button('own', 'Compute it again');
    await me.isDone('own');
    expect(await me.step('own').textContent()).toMatch(
      /Targets of this network never change.*1 gap between/s,
    );
    const said = await me.ends();
    expect(said).toContain('with the last gap between blocks of your chain');
    expect(said).not.toContain('came to the same as your node');
    expect(complaints).toEqual(QUIET);
  });
});
