/** The wallet as people use it: a real node, a real browser, nothing in between. */
import type { Page, Request } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { hasChromium } from '../support/browser.ts';
import { expectAccessible, openPage, QUIET, TIP, useBrowser } from '../support/browser-page.ts';
import { key } from '../support/chain-builder.ts';
import { runNode } from '../support/running-node.ts';

const PASSPHRASE = 'tulip ladder 7 comet';
const TOKEN = 'a-token-of-16-or-more';

/** Everything that a page says to the outside. */
function listen(page: Page): () => string {
  const said: string[] = [];
  page.on('request', (request: Request) =>
    said.push(
      request.url(),
      request.postDataBuffer()?.toString('hex') ?? '',
      request.postData() ?? '',
      JSON.stringify(request.headers()),
    ),
  );
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => said.push(payload.toString())));
  return () => said.join('\n').toLowerCase();
}

const button = (page: Page, name: string | RegExp): ReturnType<Page['getByRole']> =>
  page.getByRole('button', { name, exact: typeof name === 'string' });

describe.skipIf(!hasChromium())('the wallet in a browser', () => {
  useBrowser();

  test('make a key, mine to it, unlock after a reload, send in three steps by keyboard; the key stays here', async () => {
    const { client, url } = await runNode({ COINBASE_MATURITY: '2' });
    const [page, complaints] = await openPage(`${url}/wallet`);
    const said = listen(page);

    await button(page, 'Make and keep it').waitFor();
    await expectAccessible(page);
    await page.getByLabel('Name').fill('Savings');
    await page.getByLabel('Passphrase', { exact: true }).fill('short');
    await button(page, 'Make and keep it').click();
    await page.getByText('✕ At least 8 characters.').waitFor();
    await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await page.getByLabel('Passphrase again').fill(`${PASSPHRASE}!`);
    await button(page, 'Make and keep it').click();
    await page.getByText('✕ The two passphrases differ.').waitFor();
    await page.getByLabel('Passphrase again').fill(PASSPHRASE);
    await page.keyboard.press('Enter');
    const address = (await page.getByTestId('address').textContent()) ?? '';
    expect(address).toMatch(/^[0-9a-f]{40}$/);
    await page.getByRole('img', { name: `QR code of the address ${address}` }).waitFor();

    // Its rewards: seen as they come, and not to be spent before they are mature.
    await button(page, 'Use for mining rewards').click();
    await page.getByText('✓ Mining rewards go here').waitFor();
    await client.mine({ minerAddress: address });
    await page.getByTestId('balance').filter({ hasText: '50 coins' }).waitFor();
    await page.getByText('immature: in 1 block · mined').waitFor();

    await page.reload();
    await button(page, 'Unlock').waitFor();
    await page.getByLabel('To (address').fill(key('bob').address);
    await page.getByLabel('Amount in coins').fill('12.5');
    await page.keyboard.press('Enter');
    await page
      .getByTestId('shortage')
      .filter({ hasText: '50 are rewards that have to mature first.' })
      .waitFor();
    await expectAccessible(page);
    await client.mine({ minerAddress: key('other').address, blocks: 2 });
    await page.getByText('50 can be spent now').waitFor();

    await page.getByLabel('Passphrase').fill('not this one');
    await page.keyboard.press('Enter');
    await page.getByText('✕ This is not the passphrase of this key.').waitFor();
    await page.getByLabel('Passphrase').fill(PASSPHRASE);
    await page.keyboard.press('Enter');
    await button(page, 'Lock').waitFor();

    // An answer about an amount that was changed meanwhile is none.
    let answer = (): void => undefined;
    const changed = new Promise<void>((resolve) => (answer = resolve));
    let isAnswered = (): void => undefined;
    const answered = new Promise<void>((resolve) => (isAnswered = resolve));
    await page.route(
      /utxos/,
      async (route) => {
        const response = await route.fetch();
        await changed;
        await route.fulfill({ response });
        isAnswered();
      },
      { times: 1 },
    );
    await page.getByLabel('Amount in coins').fill('1');
    await button(page, 'Choose coins').click();
    await page.getByLabel('Amount in coins').fill('12.5');
    await button(page, 'Choose coins').waitFor();
    answer();
    await answered;
    expect(await button(page, 'Next: sign').count()).toBe(0);

    // By keyboard: each step puts the focus where the next one is.
    await page.getByLabel('Amount in coins').focus();
    await page.keyboard.press('Enter');
    await page
      .getByRole('group', { name: 'The payment: coins in, coins out' })
      .filter({ hasText: 'change, back to you' })
      .waitFor();
    for (const [now, next] of [
      ['Next: sign', 'Sign it'],
      ['Sign it', 'Next: broadcast'],
      ['Next: broadcast', 'Broadcast it (POST /tx)'],
    ] as const) {
      await expect.poll(() => page.evaluate('document.activeElement.textContent.trim()')).toBe(now);
      await page.keyboard.press('Enter');
      await button(page, next).waitFor();
    }
    await page.getByText('✓ checked here').waitFor();
    await page.getByTestId('verdict').filter({ hasText: '✓ The node would take it' }).waitFor();
    await expectAccessible(page);
    const txid = (await page.getByTestId('txid').textContent()) ?? '';
    await expect
      .poll(() => page.evaluate('document.activeElement.textContent.trim()'))
      .toBe('Broadcast it (POST /tx)');
    await page.keyboard.press('Enter');
    await page.getByTestId('sent').filter({ hasText: 'It waits in the mempool' }).waitFor();
    expect((await client.tx(txid)).status).toBe('mempool');
    await page.getByText('waits for a block (1)').waitFor();
    await client.mine({ minerAddress: address });
    await page.getByTestId('sent').filter({ hasText: 'Confirmed in block 3.' }).waitFor();
    expect((await client.balance(key('bob').address)).balance).toBe(1_250_000_000);
    await page.goto(url);
    await page.locator(TIP).waitFor();
    await page.getByRole('list', { name: 'First steps' }).waitFor({ state: 'detached' });

    // The private key, shown on request after the passphrase, was said to nobody and is written nowhere in the clear.
    await page.goto(`${url}/wallet`);
    await button(page, 'Show private key…').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Passphrase').fill(PASSPHRASE);
    await page.keyboard.press('Enter');
    const secret = (await page.getByTestId('exported').textContent()) ?? '';
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(said()).toContain(txid);
    for (const hidden of [secret, PASSPHRASE, Buffer.from(PASSPHRASE).toString('hex')])
      expect(said()).not.toContain(hidden);
    const kept = await page.evaluate<string>(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href])',
    );
    expect(kept).toContain(address);
    expect(kept).not.toContain(secret);
    await button(page, 'Done').click();

    await button(page, 'Delete…').click();
    await dialog.getByText(/This address has \S+ coins/).waitFor();
    await dialog.getByText('Mining rewards go to this address').waitFor();
    expect(await button(page, 'Delete it').isDisabled()).toBe(true);
    await dialog.getByLabel('I have a copy').check();
    await button(page, 'Delete it').click();
    await page.getByText('Import a key').click();
    // Hidden, but no password that the browser would keep.
    const field = page.getByLabel('Private key');
    expect(await field.getAttribute('type')).toBeNull();
    const shownAs = "getComputedStyle(document.querySelector('form input.mono')).webkitTextSecurity";
    expect(await page.evaluate(shownAs)).toBe('disc');
    await page.getByLabel('Private key').fill('ff');
    await button(page, 'Keep it').click();
    await page.getByText('✕ This is no private key').waitFor();
    await page.getByLabel('Private key').fill(secret);
    await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await page.getByLabel('Passphrase again').fill(PASSPHRASE);
    await page.keyboard.press('Enter');
    await button(page, 'Lock').click();
    await button(page, 'Unlock').waitFor();
    expect(await page.getByTestId('address').textContent()).toBe(address);
    await button(page, '+ Add a key').click();
    await page.getByText('Import a key').click();
    await page.getByLabel('Private key').fill(secret);
    await page.keyboard.press('Enter');
    await page.getByText('✕ This key is in the wallet already, as “Key 1”.').waitFor();
    expect(complaints).toEqual(QUIET);
  });

  test('a key of the first page is kept; mining asks for the API token, for this tab', async () => {
    const { client, url } = await runNode({ ADMIN_ACCESS: 'token', API_TOKEN: TOKEN });
    const [page, complaints] = await openPage(url);
    const said = listen(page);
    await page.reload(); // its connection is listened to from the start, too
    await button(page, 'Mine block 0').click();
    await button(page, 'Make one for me').click();
    const secret = (await page.getByTestId('private-key').textContent()) ?? '';
    await button(page, 'Keep it in the wallet…').click();
    await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await page.getByLabel('Passphrase again').fill(PASSPHRASE);
    await page.keyboard.press('Enter');

    await page.getByText('this call needs the API token of the node').waitFor();
    await button(page, 'Enter the API token…').click();
    await page.getByLabel('Token', { exact: true }).fill('another-token-that-is-wrong');
    await page.keyboard.press('Enter');
    await page.getByText('✕ This is not the token of the node.').waitFor();
    await expectAccessible(page);
    await page.getByLabel('Token', { exact: true }).fill(TOKEN);
    await page.keyboard.press('Enter');
    await page.locator(TIP, { hasText: 'Block 0 is the tip' }).waitFor();
    // The first steps follow the address once: an answer is no reason to follow anew.
    expect(said().match(/"type":"subscribe"/g)?.length).toBeLessThan(5);
    expect(await page.getByTestId('connection').textContent()).toBe('Live');
    const coins = await client.block(0);
    await page.goto(`${url}/wallet`);
    await button(page, 'Unlock').waitFor();
    expect(await page.getByTestId('address').textContent()).toBe(
      coins.transactions[0]?.outputs[0]?.pubkey_hash,
    );
    expect(said()).toContain(`bearer ${TOKEN}`);
    expect(said()).not.toContain(secret);

    const other = await page.context().newPage();
    await other.goto(url);
    await other.locator(TIP).waitFor();
    expect(await button(other, 'API token in use: change or forget it').count()).toBe(0);
    await other.close();
    await button(page, 'API token in use: change or forget it').click();
    await button(page, 'Forget it').click();
    await page.goto(url);
    await button(page, 'Mine a block').click();
    await button(page, 'Enter the API token…').waitFor();

    // So do the calls for peers; what was refused is done once the token is there.
    await page.getByRole('navigation').getByRole('link', { name: 'Network' }).click();
    await page.getByLabel('Address of another node').fill('127.0.0.1:9');
    await page.keyboard.press('Enter');
    await button(page, 'Enter the API token…').click();
    await page.getByLabel('Token', { exact: true }).fill(TOKEN);
    await page.keyboard.press('Enter');
    await page.locator('[data-peer="http://127.0.0.1:9"]').waitFor();
    expect(complaints).toEqual(QUIET);
  });

  test('over plain http from another machine it says what cannot be, and what can', async () => {
    const { url } = await runNode({ ALLOWED_HOSTS: '*' });
    // A name that is no secure context for the browser, and leads here: what another machine would see.
    const foreign = url.replace('127.0.0.1', 'node.example');
    const [page, complaints] = await openPage(`${foreign}/wallet`);
    await page.getByTestId('insecure').waitFor();
    expect(await page.getByText('Make a key').count()).toBe(0);
    await page.getByLabel('Private key').fill('1'.padStart(64, '0'));
    await button(page, 'Use it for this visit').click();
    await page
      .getByTestId('address')
      .filter({ hasText: '751e76e8199196d454941c45d1b3a323f1433bd6' })
      .waitFor();
    await expectAccessible(page);
    await button(page, 'Lock').click();
    await page.getByText('Watch an address').click();
    await page.getByLabel('Address (40').fill(key('bob').address);
    await button(page, 'Watch it').click();
    // It is stored by then.
    await page.getByText('This address is only watched').waitFor();
    await page.reload();
    await page.getByText('This address is only watched').waitFor();
    expect(complaints).toEqual(QUIET);
  });
});
