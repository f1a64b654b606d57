/** The pages of a transaction and of a block, on a real node, in a real browser. */
import { describe, expect, test } from 'vitest';
import { blockToJson, transactionToJson, txidOf } from '../../src/consensus/index.ts';
import { hasChromium } from '../support/browser.ts';
import { expectAccessible, openPage, QUIET, useBrowser } from '../support/browser-page.ts';
import { ChainBuilder, key, pay, spend } from '../support/chain-builder.ts';
import { runNode } from '../support/running-node.ts';

const alice = key('alice');
const bob = key('bob');

/** A chain in which alice pays twice in one block, and has more to spend. */
function scene(): { chain: ChainBuilder; payment: string; other: string } {
  const chain = new ChainBuilder({ miner: alice }).extend(4);
  const coins = chain.coins(alice);
  const payment = spend({
    coins: coins.slice(0, 2),
    owner: alice,
    outputs: [
      { amount: 70_00000000, pubkeyHash: bob.address },
      { amount: 29_99990000, pubkeyHash: alice.address },
    ],
  });
  const other = pay({ coins: [coins[2]!], from: alice, to: bob, amount: 1_00000000, fee: 2_000 });
  chain.block('pays', { txs: [payment, other] });
  return { chain, payment: txidOf(payment), other: txidOf(other) };
}

describe.skipIf(!hasChromium())('transactions and blocks in a browser', () => {
  useBrowser();

  test('from a block to its transaction: bytes, signatures and proof are computed in the page', async () => {
    const { client, url } = await runNode();
    const { chain, payment, other } = scene();
    for (const { block } of chain.all) await client.submitBlock(blockToJson(block));
    const [page, complaints] = await openPage(`${url}/block/${chain.at('pays').hash}`);

    await page.getByRole('tab', { name: 'Merkle tree' }).click();
    const tree = page.getByTestId('merkle-tree');
    await tree.getByRole('button', { name: 'tx 2' }).click();
    const path = page.getByTestId('merkle-path');
    await path.getByRole('button', { name: 'Next step' }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await path.textContent()).toContain('ours again: it has no sibling');
    await page.keyboard.press('ArrowRight');
    const result = page.getByTestId('merkle-result');
    expect(await result.textContent()).toContain('after 2 steps: the transaction is in the block');
    await path.getByRole('button', { name: 'Corrupt one byte' }).click();
    expect(await result.textContent()).toContain('✕ The root differs from the header');
    expect(await path.getByText('✕ not what it was').count()).toBe(3);
    expect(await tree.getByText('✕').count()).toBe(3);
    await expectAccessible(page);
    await path.getByRole('button', { name: 'Undo' }).click();
    expect(await result.textContent()).toContain('✓ The root is that of the header');
    await page.getByRole('tab', { name: 'Merkle tree' }).press('ArrowRight');
    expect(await page.getByTestId('json').textContent()).toContain(
      `"block_hash": "${chain.at('pays').hash}"`,
    );
    await page.keyboard.press('Home');
    await expectAccessible(page);

    await page.getByRole('link', { name: payment }).click();
    await page.getByTestId('state').filter({ hasText: 'on the active chain' }).waitFor();
    const flow = page.getByTestId('flow');
    expect(await flow.textContent()).toMatch(
      /50 coins.*50 coins.*70 coins.*29\.9999 coins.*0\.0001 coins.*Fee/s,
    );
    const field = page.getByTestId('field');
    await page.locator('[data-byte="4"]').focus();
    await page.keyboard.press('ArrowRight');
    expect(await field.textContent()).toContain('Txid of the coin · input 0');
    await page.keyboard.press('End');
    expect(await field.textContent()).toMatch(/Locktime.*Little-endian/s);
    expect(await page.locator('main').textContent()).toContain('✓ the txid.');
    await expectAccessible(page);

    await page.getByRole('tab', { name: 'Signatures' }).click();
    const signature = page.getByTestId('signature');
    expect(await signature.textContent()).toContain('✓ Valid');
    await page.getByLabel('Input', { exact: true }).selectOption('1');
    expect(await field.textContent()).toContain('Owner of the coin · input 1');
    expect(await signature.textContent()).toContain('✓ Valid');
    await page.getByRole('button', { name: 'Change one byte' }).click();
    expect(await signature.textContent()).toContain('✕ Not valid');
    await expectAccessible(page);

    await page.getByRole('tab', { name: 'Merkle proof' }).click();
    await path.getByRole('button', { name: 'All steps' }).click();
    expect(await result.textContent()).toContain('the transaction is in the block');

    await page.getByRole('searchbox').fill(other);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/tx/${other}`);
    expect(complaints).toEqual(QUIET);
  });

  test('a waiting transaction is seen mined, another one replaced by a block; and what nobody knows', async () => {
    const { client, url } = await runNode();
    const { chain } = scene();
    for (const { block } of chain.all) await client.submitBlock(blockToJson(block));
    const coin = chain.coins(alice).at(-1)!;
    const first = pay({ coins: [coin], from: alice, to: bob, amount: 5_00000000, fee: 1_000 });
    const child = pay({
      coins: chain.coins(alice).slice(0, 1),
      from: alice,
      to: bob,
      amount: 1_00000000,
      fee: 1_000,
    });
    await client.submitTx(transactionToJson(child));
    await client.submitTx(transactionToJson(first));
    const [page, complaints] = await openPage(`${url}/tx/${txidOf(first)}`);
    const state = page.getByTestId('state');
    await state.filter({ hasText: 'waiting in the mempool' }).waitFor();
    expect(await page.locator('main').textContent()).toMatch(/Fee rate.*base units per 1,000 bytes/s);
    await page.getByRole('tab', { name: 'Merkle proof' }).click();
    await page.getByText('Only a block can prove it.').waitFor();

    chain.block('mined', { txs: [first] });
    await client.submitBlock(blockToJson(chain.at('mined').block));
    await state.filter({ hasText: 'on the active chain' }).waitFor();
    await page.getByTestId('merkle-path').waitFor();

    // A branch of more work without it, and with another payment of the same coin.
    await page.goto(`${url}/tx/${txidOf(child)}`);
    await state.filter({ hasText: 'waiting' }).waitFor();
    const rival = pay({
      coins: chain.coins(alice, 'pays').slice(0, 1),
      from: alice,
      to: alice,
      amount: 2_00000000,
      fee: 9_000,
    });
    chain.block('rival', { txs: [rival] });
    await client.submitBlock(blockToJson(chain.at('rival').block));
    await state.filter({ hasText: '✕ not on the chain' }).waitFor();
    expect(await page.getByTestId('rival').textContent()).toContain(txidOf(rival));
    await expectAccessible(page);

    chain.fork('a4').block('side');
    await client.submitBlock(blockToJson(chain.at('side').block));
    const aside = txidOf(chain.at('side').block.transactions[0]!);
    await page.goto(`${url}/tx/${aside}`);
    await page.getByText('Its block is not on the chain').waitFor();
    expect(await page.getByTestId('flow').textContent()).toMatch(/New coins.*never existed on the chain/s);

    await page.goto(`${url}/tx/${'ab'.repeat(32)}`);
    await page.getByRole('heading', { name: 'No such transaction' }).waitFor();
    await page.getByRole('link', { name: 'Back to the chain' }).waitFor();
    await expectAccessible(page);
    // The search looks beside the chain, too.
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByRole('searchbox').fill(aside);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/tx/${aside}`);
    expect(complaints).toEqual(QUIET);
  });
});
