/** `send`: choose coins, build, sign, hand in. The private key never leaves this process. */
import type { Command } from 'commander';
import { transactionSize, transactionToJson, txidOf } from '../../consensus/index.ts';
import { ApiError } from '../../protocol/client-errors.ts';
import type { ApiClient } from '../../protocol/index.ts';
import {
  buildAtRate,
  buildPayment,
  InsufficientFundsError,
  type Payment,
  type Wallet,
} from '../../wallet/index.ts';
import { parseAddress, parseAmountOption, parseRate } from '../arguments.ts';
import { CliError, usageError } from '../cli-errors.ts';
import type { Context } from '../context.ts';
import { amountText, counted, feeRateText } from '../describe.ts';
import { readWallet } from '../key-source.ts';
import { type Fact, factsText } from '../layout.ts';
import {
  candidatesFor,
  type CoinSurvey,
  surveyCoins,
  totalOf,
  type UnconfirmedUse,
} from '../../protocol/spendable-coins.ts';
import { examples } from './examples.ts';

interface SendOptions {
  readonly from?: string;
  readonly fromFile?: string;
  readonly to: string;
  readonly amount: string;
  readonly fee?: string;
  readonly feeRate?: string;
  readonly dryRun?: boolean;
  readonly unconfirmed?: boolean;
}

/** Enough for any node that asks for nothing, and a little incentive for the miner. */
const DEFAULT_FEE_RATE = 1;

export function addSendCommand(program: Command, context: Context): void {
  program
    .command('send')
    .summary('pay somebody')
    .description(
      'Pays an amount to an address. Coins are chosen, change goes back to the sender, the transaction is signed here and handed ' +
        'to the node. Without --from and --from-file the private key is asked for.',
    )
    .option('--from <key>', 'private key of the sender, or - to read it from standard input')
    .option('--from-file <file>', 'file that create-wallet --out wrote, or one with the key in hex')
    .requiredOption('--to <address>', 'who is paid')
    .requiredOption('--amount <amount>', 'base units (150000000) or coins (1.5coin)')
    .option('--fee <amount>', 'what the miner gets; when left out, it follows from the fee rate')
    .option(
      '--fee-rate <rate>',
      `base units per byte (default: ${DEFAULT_FEE_RATE}, or what the node asks for)`,
    )
    .option('--dry-run', 'build, sign and check, but do not send')
    .option('--unconfirmed', 'also spend coins from others that no block confirms yet')
    .option('--no-unconfirmed', 'spend confirmed coins only, not even own change that waits')
    .addHelpText(
      'after',
      examples(
        'mini-bitcoin send --from-file alice.json --to 1f1c614fd70eb1b39ea562ee93178a57b8c7cd1f --amount 1.5coin --fee 1000',
        'mini-bitcoin send --to 1f1c614fd70eb1b39ea562ee93178a57b8c7cd1f --amount 1000000 --dry-run',
        'echo $KEY | mini-bitcoin send --from - --to 1f1c614fd70eb1b39ea562ee93178a57b8c7cd1f --amount 1coin',
        'mini-bitcoin send … --dry-run --json | mini-bitcoin tx send -',
      ),
    )
    .action(async (options: SendOptions) => send(context, options));
}

async function send(context: Context, options: SendOptions): Promise<void> {
  // Everything that can be wrong on the command line is found before the key is asked for.
  const to = parseAddress(options.to);
  const amount = parseAmountOption(options.amount, '--amount', { zero: false });
  if (options.fee !== undefined && options.feeRate !== undefined)
    throw usageError('--fee and --fee-rate are both given.', 'Give one of them.');
  const fee = options.fee === undefined ? undefined : parseAmountOption(options.fee, '--fee', { zero: true });
  const rate = options.feeRate === undefined ? undefined : parseRate(options.feeRate, '--fee-rate');
  const use = unconfirmedUse(options.unconfirmed);
  const client = context.client();
  const wallet = await readWallet(context, options);

  const feeRate = fee === undefined ? (rate ?? (await askedFeeRate(context, client))) : undefined;
  const wish = { wallet, to, amount, fee, feeRate };
  const { survey, payment } = await context.withProgress('Looking for coins', () =>
    plan(context, client, wish, use),
  );
  const { transaction, spent, change } = payment;
  const sizeBytes = transactionSize(transaction);
  const paidFee = spentTotal(payment) - amount - change;

  if (options.dryRun === true) await refuseWhenNotAllowed(context, client, payment);
  else await client.submitTx(transactionToJson(transaction), context.call);

  const txid = txidOf(transaction);
  const json = {
    txid,
    sent: options.dryRun !== true,
    from: wallet.address,
    to,
    amount,
    fee: paidFee,
    fee_rate: paidFee / sizeBytes,
    size: sizeBytes,
    change,
    coins: spent.map((coin) => ({ txid: coin.txid, vout: coin.index, amount: coin.amount })),
    transaction: transactionToJson(transaction),
  };
  const unconfirmed = new Set(
    [...survey.ownChange, ...survey.fromOthers].map(({ txid: id, index }) => `${id}:${index}`),
  );
  context.result(json, () => {
    const facts: Fact[] = [
      ['from', wallet.address],
      ['to', to],
      ['amount', amountText(amount)],
      ['fee', `${amountText(paidFee)}, ${feeRateText(paidFee, sizeBytes)} (${sizeBytes} bytes)`],
      ...spent.map(
        ({ txid: id, index, amount: worth }, i) =>
          [
            i === 0 ? counted(spent.length, 'coin') : '',
            `${id}:${index}  ${amountText(worth)}${unconfirmed.has(`${id}:${index}`) ? '  (unconfirmed)' : ''}`,
          ] as const,
      ),
      ['change', change === 0 ? 'none' : `${amountText(change)}, back to the sender`],
      ['txid', txid],
    ];
    const outcome =
      options.dryRun === true
        ? context.style.yellow('Not sent (--dry-run). The node would take it.')
        : `${context.style.green('Sent.')} It waits in the mempool until a block contains it.`;
    return `${factsText(context.layout, facts)}\n\n${outcome}`;
  });
}

function unconfirmedUse(flag: boolean | undefined): UnconfirmedUse {
  if (flag === undefined) return 'own-change';
  return flag ? 'all' : 'confirmed';
}

/** The mempool's own minimum, when it is full enough to have one. */
async function askedFeeRate(context: Context, client: ApiClient): Promise<number> {
  try {
    const { min_fee_per_kb: least } = await client.mempoolInfo(context.call);
    return Math.max(DEFAULT_FEE_RATE, least / 1000);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return DEFAULT_FEE_RATE; // the original has no such path
    throw error;
  }
}

interface Wish {
  readonly wallet: Wallet;
  readonly to: Payment['transaction']['outputs'][number]['pubkeyHash'];
  readonly amount: number;
  readonly fee: number | undefined;
  readonly feeRate: number | undefined;
}

/** Confirmed coins are asked for first: mostly they are enough, and the mempool need not be read. */
async function plan(
  context: Context,
  client: ApiClient,
  wish: Wish,
  use: UnconfirmedUse,
): Promise<{ survey: CoinSurvey; payment: Payment }> {
  const least = wish.amount + (wish.fee ?? 0);
  const survey = await surveyCoins(client, wish.wallet, context.call, least);
  try {
    return { survey, payment: choose(survey, use, wish) };
  } catch (error) {
    if (!(error instanceof InsufficientFundsError)) throw error;
  }
  const full = await surveyCoins(client, wish.wallet, context.call);
  try {
    return { survey: full, payment: choose(full, use, wish) };
  } catch (error) {
    if (error instanceof InsufficientFundsError) throw notEnough(full, use, error);
    throw error;
  }
}

/** @throws InsufficientFundsError */
function choose(survey: CoinSurvey, use: UnconfirmedUse, wish: Wish): Payment {
  const { wallet, to, amount, feeRate } = wish;
  const build = (fee: number): Payment =>
    buildPayment({
      coins: candidatesFor(survey, amount + fee, use),
      privateKey: wallet.privateKey,
      to,
      amount,
      fee,
    });
  if (feeRate === undefined) return build(wish.fee ?? 0);
  return buildAtRate(build, ({ transaction }) => transactionSize(transaction), feeRate);
}

/** Says not only that it is not enough, but where the rest is. */
function notEnough(survey: CoinSurvey, use: UnconfirmedUse, error: InsufficientFundsError): CliError {
  const fromOthers = totalOf(survey.fromOthers);
  const ownChange = totalOf(survey.ownChange);
  const hints: string[] = [];
  if (survey.beingSpent > 0 && (use === 'confirmed' || ownChange === 0))
    hints.push(`${amountText(survey.beingSpent)} are being spent by transactions that wait: mine a block.`);
  if (use === 'confirmed' && ownChange > 0)
    hints.push(`${amountText(ownChange)} are change that waits: leave out --no-unconfirmed.`);
  if (use !== 'all' && fromOthers > 0)
    hints.push(`${amountText(fromOthers)} from others wait: mine a block, or use --unconfirmed.`);
  if (survey.immature > 0)
    hints.push(`${amountText(survey.immature)} are rewards that have to mature first.`);
  if (hints.length === 0) hints.push('Send less, or mine: `mini-bitcoin mine --address ADDRESS`.');
  return new CliError(
    `Not enough: amount and fee need ${amountText(error.needed)}, and ${amountText(error.available)} can be spent.`,
    {
      reason: 'insufficient-funds',
      hint: hints.join(' '),
      facts: { needed: error.needed, available: error.available },
    },
  );
}

async function refuseWhenNotAllowed(context: Context, client: ApiClient, payment: Payment): Promise<void> {
  const verdict = await client.checkTx(transactionToJson(payment.transaction), context.call);
  if (verdict.allowed) return;
  throw new CliError(
    `The node would refuse it: ${verdict.detail ?? verdict.reason ?? 'it does not say why'}`,
    {
      reason: verdict.reason ?? 'refused',
    },
  );
}

function spentTotal({ spent }: Payment): number {
  return totalOf(spent);
}
