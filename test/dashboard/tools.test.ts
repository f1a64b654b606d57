/** The pages of tools and of the API, in a real browser on a real node. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { blockToJson, bytesToHex, encodeBlock, transactionToJson } from '../../src/consensus/index.ts';
import { hasChromium } from '../support/browser.ts';
import { expectAccessible, openPage, QUIET, useBrowser } from '../support/browser-page.ts';
import { ChainBuilder, key, pay } from '../support/chain-builder.ts';
import { runNode, type TestNode } from '../support/running-node.ts';
import { readVectors } from '../support/vector-files.ts';

const alice = key('alice');

/** A node with four blocks, a payment in the last, and another one that waits. */
async function nodeWithPayments(): Promise<TestNode & { chain: ChainBuilder }> {
  const started = await runNode();
  const chain = new ChainBuilder({ miner: alice }).extend(2);
  const paid = (): ReturnType<typeof pay> =>
    pay({ coins: chain.coins(alice).slice(-1), from: alice, to: key('bob'), amount: 7, fee: 1_000 });
  chain.block('a3', { txs: [paid()] });
  for (const { block } of chain.all) await started.client.submitBlock(blockToJson(block));
  await started.client.submitTx(transactionToJson(paid()));
  return { ...started, chain };
}

const row = (page: Page, name: string): Promise<string | null> =>
  page.locator(`[data-row="${name}"]`).textContent();

describe.skipIf(!hasChromium())('tools and API in a browser', () => {
  useBrowser();

  test('each tool, with known vectors and with mistakes', async () => {
    const { url, chain } = await nodeWithPayments();
    const [page, complaints] = await openPage(`${url}/tools`);
    const open = async (tool: string): Promise<void> => {
      await page.getByRole('navigation', { name: 'Tools' }).getByRole('link', { name: tool }).click();
      await page.getByRole('heading', { name: tool, exact: true }).waitFor();
    };

    // The example is there, and a hash of the vectors is right.
    await page.locator('[data-row="sha256d"]').waitFor();
    const { data, ...hashes } =
      readVectors<Record<'data' | 'sha256' | 'sha256d' | 'hash160', string>[]>('hashes')[3]!;
    await page.getByLabel('bytes in hex').check();
    await page.getByLabel('Input').fill(data);
    for (const [name, hash] of Object.entries(hashes)) expect(await row(page, name)).toBe(hash);
    expect(await page.getByTestId('changed').textContent()).toMatch(/Of the 256 bits .* changed/);
    await page.getByLabel('Input').fill('00 0z');
    await page.getByText('✕ “z” at position 5 is no hex digit').waitFor();

    await open('Hex and numbers');
    expect(page.url()).toBe(`${url}/tools#numbers`);
    await page.getByLabel('a varint').check();
    await page.getByLabel('Input').fill('fde803');
    expect([await row(page, 'number'), await row(page, 'little4')]).toEqual(['1000', 'e8030000']);
    await page.getByLabel('Input').fill('fd0100');
    await page.getByText('1 fits into 1 byte').waitFor();
    await page.getByLabel('Input').fill('fde903');
    await page.getByLabel('little-endian bytes').check();
    expect(await page.getByLabel('Input').inputValue()).toBe('e903000000000000');

    await open('Address');
    const { private_key: privateKey, address } = readVectors<{
      valid: Record<'private_key' | 'address', string>[];
    }>('keys').valid[1]!;
    // The curve comes with the first key. Where it does not come, it is told of, and asked for again.
    await page.route('**/assets/keys-*.js', (route) => route.abort());
    await page.getByLabel('Private key').fill(privateKey);
    await page.getByRole('alert').filter({ hasText: 'That did not work' }).waitFor();
    await expectAccessible(page);
    // Where asking again did not help, the page is loaded anew: many browsers remember what they could not get.
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.getByRole('alert').filter({ hasText: 'a part of this page did not come' }).waitFor();
    await page.unroute('**/assets/keys-*.js');
    await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Retry' }).click()]);
    await page.getByLabel('Private key').fill(privateKey);
    await page.locator('[data-row="address"]', { hasText: address }).waitFor();
    await page.getByRole('button', { name: 'Example' }).click();
    await page
      .locator('[data-row="address"]', { hasText: '751e76e8199196d454941c45d1b3a323f1433bd6' })
      .waitFor();
    await page.getByLabel('Private key').fill('0'.repeat(64));
    await page.getByText('✕ This number is no private key').waitFor();
    await page.getByLabel('Private key').fill('12');
    await page.getByText('✕ 32 bytes (64 hex digits) are wanted; here is 1.').waitFor();

    await open('Target and difficulty');
    // The node's own.
    await page.locator('[data-row="odds"]', { hasText: '1 in 2' }).waitFor();
    await page.getByLabel('Zero bits in front').check();
    await page.getByRole('textbox', { name: 'Zero bits in front' }).fill('20');
    expect(await row(page, 'odds')).toBe('1 in 1,048,576');
    expect(await row(page, 'target')).toBe(`00000${'f'.repeat(59)}`);
    await page.getByLabel('Target in hex').check();
    expect(await page.getByRole('textbox', { name: 'Target in hex' }).inputValue()).toBe(
      `0x${'f'.repeat(59)}`,
    );

    await open('Merkle tree');
    const { leaves, root } = readVectors<{ trees: { leaves: string[]; root: string }[] }>('merkle').trees[2]!;
    await page.getByLabel('Leaves').fill(leaves.join('\n'));
    await page.getByTestId('root').filter({ hasText: root }).waitFor();
    expect(await page.getByTestId('odd').count()).toBe(leaves.length % 2);
    await page.getByRole('button', { name: 'The transactions of the tip' }).click();
    await page.getByText('✓ as in the header of block 3').waitFor();
    await expectAccessible(page);

    await open('Build a transaction');
    await page.getByLabel('Private key').fill('1'.padStart(64, '0'));
    await page.getByText('751e76e8199196d454941c45d1b3a323f1433bd6', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'What would the node say?' }).click();
    await page.getByTestId('answer').filter({ hasText: 'bad-txns-inputs-missingorspent' }).waitFor();
    await page.getByLabel('Base units').first().fill('1.5');
    await page.getByText('✕ “.” at position 2 is no digit').waitFor();
    await expectAccessible(page);
    await page.getByLabel('Base units').first().fill('15');
    await page.getByRole('link', { name: 'Take these bytes apart' }).click();

    await page.getByTestId('kind').filter({ hasText: 'A transaction' }).waitFor();
    await page.getByTestId('verdict').filter({ hasText: '✓' }).waitFor();
    await page.getByText('Signatures that fit their public key: 1 of 1').waitFor();
    const bytes = bytesToHex(encodeBlock(chain.at('a3').block));
    // The last digit is of the payment's locktime: the merkle root is another one.
    await page.getByLabel('Bytes in hex').fill(`${bytes.slice(0, -1)}1`);
    await page.getByTestId('verdict').filter({ hasText: 'bad-txnmrklroot' }).waitFor();
    await page.getByLabel('Bytes in hex').fill('00');
    await page.getByText('This is no transaction, header or block').waitFor();
    // What was typed is there still, but for the key.
    await open('Build a transaction');
    expect(await page.getByLabel('Base units').first().inputValue()).toBe('15');
    expect(await page.getByLabel('Private key').inputValue()).toBe('');
    expect(complaints).toEqual(QUIET);
  });

  test('the call behind a panel runs, refusals are explained, changes are asked for, events are heard', async () => {
    const { url, chain } = await nodeWithPayments();
    const [page, complaints] = await openPage(`${url}/block/${chain.at('a3').hash}`);
    await page.locator(`a[href="/api?call=/block/${chain.at('a3').hash}"]`).click();
    await page.getByRole('heading', { name: 'GET /block/{id}' }).waitFor();
    expect(await page.getByLabel('id', { exact: true }).inputValue()).toBe(chain.at('a3').hash);
    const answer = page.getByTestId('answer');
    await page.getByRole('button', { name: 'Run' }).click();
    await answer.filter({ hasText: '✓ 200' }).filter({ hasText: '"height": 3' }).waitFor();
    expect(await page.getByTestId('curl').textContent()).toBe(`curl '${url}/block/${chain.at('a3').hash}'`);
    await page.getByLabel('id', { exact: true }).fill('99');
    await page.keyboard.press('Enter');
    await answer
      .filter({ hasText: 'The node knows no such thing.' })
      .filter({ hasText: 'not-found' })
      .waitFor();
    await expectAccessible(page);

    await page.getByLabel('Topic').selectOption('mempool');
    await page.getByRole('button', { name: 'Listen' }).click();
    await page.getByTestId('events').filter({ hasText: 'snapshot' }).waitFor();
    await page.getByRole('searchbox', { name: 'Search calls' }).fill('mine post');
    await page.getByRole('link', { name: '/mine' }).click();
    await page.getByRole('heading', { name: 'POST /mine' }).waitFor();
    expect(await page.getByLabel('Body').inputValue()).toContain(alice.address);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('button', { name: 'Yes, run it' }).click();
    await answer.filter({ hasText: '✓ 200' }).filter({ hasText: '"height": 4' }).waitFor();
    await page.getByTestId('events').filter({ hasText: 'mempool-changed' }).waitFor();

    await page.getByLabel('Body').fill('{');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText('✕ This is no JSON').waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'GET /block/{id}' }).waitFor();
    await page.goto(`${url}/api?call=/nowhere`);
    await page.getByText('The node has no call /nowhere').waitFor();
    expect(complaints).toEqual(QUIET);
  });
});
