/** `create-wallet`, `balance`, `utxos`, `history`. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ApiError } from '../../protocol/client-errors.ts';
import type { AddressAnswer, HistoryEntry, Utxo } from '../../protocol/index.ts';
import { createWallet } from '../../wallet/index.ts';
import { parseAddress, parseWholeNumber } from '../arguments.ts';
import type { Context } from '../context.ts';
import { amountText, counted } from '../describe.ts';
import { factsText, tableText } from '../layout.ts';
import { walletJson, writeWalletFile } from '../wallet-file.ts';
import { examples } from './examples.ts';

export function addWalletCommands(program: Command, context: Context): void {
  program
    .command('create-wallet')
    .summary('make a new key pair and its address')
    .description(
      'Makes a private key, its public key and its address. Nothing is sent anywhere: a wallet is only numbers. Whoever has the ' +
        'private key has the coins.',
    )
    .option('--out <file>', 'write it into this file, readable by you alone; never overwrites one')
    .addHelpText(
      'after',
      examples(
        'mini-bitcoin create-wallet',
        'mini-bitcoin create-wallet --out alice.json',
        'mini-bitcoin create-wallet --json',
      ),
    )
    .action(async (options: { out?: string }) => printNewWallet(context, options.out));

  program
    .command('balance')
    .summary('show what an address has')
    .description('Adds up the unspent coins of an address, and tells what waiting transactions will change.')
    .argument('<address>', '40 hex characters')
    .option('--height <height>', 'as it was after the block at this height')
    .addHelpText(
      'after',
      examples(
        'mini-bitcoin balance 28bff34c1c08327af2418f9f92ebac4482aaf81d',
        'mini-bitcoin balance 28bff34c1c08327af2418f9f92ebac4482aaf81d --height 100',
      ),
    )
    .action(async (address: string, options: { height?: string }) => printBalance(context, address, options));

  program
    .command('utxos')
    .summary('list the unspent coins of an address')
    .description('Lists the coins of an address: the outputs of transactions that nobody has spent yet.')
    .argument('<address>', '40 hex characters')
    .option('--height <height>', 'as it was after the block at this height')
    .addHelpText('after', examples('mini-bitcoin utxos 28bff34c1c08327af2418f9f92ebac4482aaf81d'))
    .action(async (address: string, options: { height?: string }) => printUtxos(context, address, options));

  program
    .command('history')
    .summary('list the transactions of an address')
    .description('Lists the confirmed transactions that paid to or from an address, latest first.')
    .argument('<address>', '40 hex characters')
    .option('--limit <n>', 'at most so many', '50')
    .addHelpText(
      'after',
      examples('mini-bitcoin history 28bff34c1c08327af2418f9f92ebac4482aaf81d --limit 10'),
    )
    .action(async (address: string, options: { limit: string }) => printHistory(context, address, options));
}

async function printNewWallet(context: Context, out: string | undefined): Promise<void> {
  const wallet = createWallet();
  const json = walletJson(wallet);
  if (out === undefined) {
    context.result(json, () =>
      factsText(context.layout, [
        ['private key', wallet.privateKey],
        ['public key', wallet.publicKey],
        ['address', wallet.address],
      ]),
    );
    context.note(
      '\nKeep the private key secret, and keep it: nobody can restore it. The address is for everybody.',
    );
    return;
  }
  await writeWalletFile(resolve(context.terminal.cwd, out), wallet, out);
  context.result({ address: wallet.address, public_key: wallet.publicKey, file: out }, () =>
    factsText(context.layout, [
      ['public key', wallet.publicKey],
      ['address', wallet.address],
      ['file', `${out} (holds the private key; only you can read it)`],
    ]),
  );
}

async function printBalance(context: Context, text: string, options: { height?: string }): Promise<void> {
  const address = parseAddress(text);
  const at = atHeight(options.height);
  const client = context.client();
  const [answer, waiting] = await Promise.all([
    client.balance(address, at, context.call),
    at.height === undefined ? expected(() => client.address(address, context.call)) : undefined,
  ]);
  const json =
    waiting === undefined
      ? answer
      : { ...answer, mempool: waiting.mempool, expected_balance: waiting.expected_balance };
  context.result(json, () =>
    factsText(context.layout, [
      ['address', address],
      ['balance', `${amountText(answer.balance)}, in ${counted(answer.utxo_count, 'coin')}`],
      ['height', at.height],
      ...(waiting === undefined || waiting.mempool.transaction_count === 0
        ? []
        : [
            ['waiting', `+${waiting.mempool.received} −${waiting.mempool.sent} in the mempool`] as const,
            ['expected', amountText(waiting.expected_balance)] as const,
          ]),
    ]),
  );
}

/** The original's nodes do not have this path: then the plain balance must do. */
async function expected(ask: () => Promise<AddressAnswer>): Promise<AddressAnswer | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

async function printUtxos(context: Context, text: string, options: { height?: string }): Promise<void> {
  const address = parseAddress(text);
  const utxos: Utxo[] = [];
  for await (const utxo of context.client().allUtxos(address, atHeight(options.height), context.call))
    utxos.push(utxo);
  const total = utxos.reduce((sum, { amount }) => sum + amount, 0);
  context.result({ address, total, utxos }, () => {
    if (utxos.length === 0) return `${address} has no coins.`;
    const table = tableText(
      context.layout,
      [
        { title: 'txid', hash: true },
        { title: 'vout', align: 'right' },
        { title: 'amount', align: 'right' },
        { title: 'coins', align: 'right' },
        { title: 'height', align: 'right' },
        {
          title: 'state',
          paint: (state, style) => (state === 'spendable' ? style.green(state) : style.yellow(state)),
        },
      ],
      utxos.map((utxo) => [
        utxo.txid,
        utxo.vout,
        utxo.amount,
        utxo.amount / 100_000_000,
        utxo.height,
        stateOf(utxo),
      ]),
    );
    return context.layout.isTerminal
      ? `${table}\n${counted(utxos.length, 'coin')}, together ${amountText(total)}`
      : table;
  });
}

function stateOf(utxo: Utxo): string {
  if (utxo.spent_in_mempool) return 'being-spent';
  return utxo.mature ? 'spendable' : 'immature';
}

async function printHistory(context: Context, text: string, options: { limit: string }): Promise<void> {
  const address = parseAddress(text);
  const limit = parseWholeNumber(options.limit, '--limit', 1, 1_000_000);
  const transactions: HistoryEntry[] = [];
  for await (const entry of context.client().allHistory(address, context.call)) {
    transactions.push(entry);
    if (transactions.length >= limit) break;
  }
  context.result({ address, transactions }, () => {
    if (transactions.length === 0) return `No confirmed transaction touches ${address}.`;
    return tableText(
      context.layout,
      [
        { title: 'height', align: 'right' },
        { title: 'txid', hash: true },
        { title: 'received', align: 'right' },
        { title: 'sent', align: 'right' },
        {
          title: 'net',
          align: 'right',
          paint: (net, style) => (net.startsWith('-') ? style.red(net) : style.green(net)),
        },
        { title: 'confirmations', align: 'right' },
      ],
      transactions.map(({ height, txid, received, sent, net, confirmations }) => [
        height,
        txid,
        received,
        sent,
        net > 0 ? `+${net}` : net,
        confirmations,
      ]),
    );
  });
}

function atHeight(text: string | undefined): { height?: number } {
  return text === undefined ? {} : { height: parseWholeNumber(text, '--height', 0, Number.MAX_SAFE_INTEGER) };
}
