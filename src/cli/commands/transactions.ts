/** `tx`: look at a transaction, check one, hand one in. */
import type { Command } from 'commander';
import { transactionToJson } from '../../consensus/index.ts';
import type { TransactionAnswer } from '../../protocol/index.ts';
import { parseHash } from '../arguments.ts';
import { CliError, meaningOf, usageError } from '../cli-errors.ts';
import type { Context } from '../context.ts';
import { amountText, counted, feeRateText, timeText } from '../describe.ts';
import { factsText, tableText } from '../layout.ts';
import { readTextInput } from '../standard-input.ts';
import { parseTransaction } from '../transaction-input.ts';
import { examples } from './examples.ts';

/** Twice the largest block in hex. */
const MAX_INPUT_BYTES = 128 * 1024 * 1024;

export function addTransactionCommands(program: Command, context: Context): void {
  const tx = program
    .command('tx')
    .summary('look at a transaction, check one, hand one in')
    .description('Shows a transaction, confirmed or waiting. `tx check` and `tx send` take one from a file.')
    .usage('[options] <txid> | check <file> | send <file>')
    .argument('[txid]', '64 hex characters')
    .allowExcessArguments() // `tx chek FILE` deserves a better answer than "too many arguments"
    .addHelpText(
      'after',
      examples(
        'mini-bitcoin tx 061776dfcf0ebf1277636aa059c9b82922e5a0409b0dd3ba1f61098c56a0b60f',
        'mini-bitcoin tx check payment.json',
        'mini-bitcoin tx send payment.json',
      ),
    )
    .action(async (txid: string | undefined) => {
      if (txid === undefined)
        throw usageError('Which transaction?', 'mini-bitcoin tx TXID, tx check FILE, or tx send FILE');
      if (/^[g-z-]+$/i.test(txid) || txid.length < 40)
        throw usageError(`"${txid}" is neither a transaction id (64 hex characters) nor check or send.`);
      await printTransaction(context, parseHash(txid, 'a transaction id'));
    });
  tx.command('check')
    .description('Asks the node whether it would take a transaction, and changes nothing.')
    .argument('<file>', 'JSON or full bytes in hex; - is standard input')
    .addHelpText(
      'after',
      examples('mini-bitcoin tx check payment.json', 'cat payment.hex | mini-bitcoin tx check -'),
    )
    .action(async (file: string) => check(context, file));
  tx.command('send')
    .description('Hands a signed transaction to the node.')
    .argument('<file>', 'JSON or full bytes in hex; - is standard input')
    .addHelpText(
      'after',
      examples(
        'mini-bitcoin tx send payment.json',
        'mini-bitcoin send … --dry-run --json | mini-bitcoin tx send -',
      ),
    )
    .action(async (file: string) => {
      const transaction = parseTransaction(
        await readTextInput(context.terminal, context.signal, file, MAX_INPUT_BYTES),
      );
      const answer = await context.client().submitTx(transactionToJson(transaction), context.call);
      context.result(answer, () =>
        factsText(context.layout, [
          ['txid', answer.txid],
          ['fee', amountText(answer.fee)],
          ['replaced', answer.replaced.length === 0 ? undefined : answer.replaced.join(', ')],
        ]),
      );
    });
}

async function check(context: Context, file: string): Promise<void> {
  const transaction = parseTransaction(
    await readTextInput(context.terminal, context.signal, file, MAX_INPUT_BYTES),
  );
  const answer = await context.client().checkTx(transactionToJson(transaction), context.call);
  const reason = answer.reason ?? undefined;
  context.result(answer, () =>
    factsText(context.layout, [
      ['txid', answer.txid],
      ['allowed', answer.allowed ? context.style.green('yes') : context.style.red('no')],
      [
        'fee',
        answer.fee === null
          ? undefined
          : `${amountText(answer.fee)}, ${feeRateText(answer.fee, answer.size)}`,
      ],
      ['bytes', answer.size],
      ['replaces', answer.replaced.length === 0 ? undefined : answer.replaced.join(', ')],
      ['reason', reason],
      ['detail', answer.detail],
    ]),
  );
  if (!answer.allowed) {
    throw new CliError('The node would refuse this transaction.', {
      reason: reason ?? 'refused',
      hint: meaningOf(reason),
    });
  }
}

async function printTransaction(context: Context, txid: string): Promise<void> {
  const tx = await context.client().tx(txid, context.call);
  context.result(tx, () => {
    const { layout } = context;
    const facts = factsText(layout, [
      ['txid', tx.txid],
      ['status', statusText(context, tx)],
      ['block', tx.block_hash === null ? undefined : `${tx.block_height ?? '?'}  ${tx.block_hash}`],
      ['time', tx.timestamp === null ? undefined : timeText(tx.timestamp)],
      ['fee', tx.fee === null ? undefined : `${amountText(tx.fee)}, ${feeRateText(tx.fee, tx.size)}`],
      ['bytes', tx.size],
      ['locktime', tx.locktime === 0 ? undefined : tx.locktime],
    ]);
    const inputs = tableText(
      layout,
      [
        { title: 'spends', hash: true },
        { title: 'vout', align: 'right' },
        { title: 'amount', align: 'right' },
        { title: 'of', hash: true },
      ],
      tx.inputs.map((input, i) => {
        const spent = tx.spends?.[i];
        return tx.coinbase
          ? ['(new coins)', '-', '-', '-']
          : [input.prev_txid, input.prev_index, spent?.amount ?? '?', spent?.pubkey_hash ?? '?'];
      }),
    );
    const outputs = tableText(
      layout,
      [
        { title: 'vout', align: 'right' },
        { title: 'amount', align: 'right' },
        { title: 'to', hash: true },
      ],
      tx.outputs.map((output, i) => [i, output.amount, output.pubkey_hash]),
    );
    return `${facts}\n\n${inputs}\n\n${outputs}`;
  });
}

function statusText({ style }: Context, tx: TransactionAnswer): string {
  if (tx.status === 'mempool') return style.yellow('waits in the mempool');
  const kind = tx.coinbase ? ' (coinbase)' : '';
  return `${style.green('confirmed')}, ${counted(tx.confirmations, 'confirmation')}${kind}`;
}
