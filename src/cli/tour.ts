/**
 * A tour: steps that are played for real, one after the other. Each is explained, shows what came of it, and checks what it
 * claims.
 */
import { type Address, transactionToJson, type Txid } from '../consensus/index.ts';
import type { ApiClient, CallOptions } from '../protocol/index.ts';
import { buildPayment, type Wallet } from '../wallet/index.ts';
import { CliError } from './cli-errors.ts';
import type { Context } from './context.ts';
import { durationText } from './describe.ts';
import { type Fact, factsText } from './layout.ts';
import { readLine } from './standard-input.ts';

/** About 256 tries for a block: found before one can look. */
export const EASY_TARGET = `0x00${'f'.repeat(62)}`;

export interface Step {
  readonly title: string;
  /** A sentence or two. */
  readonly explanation: string;
  /** What one would type. */
  readonly command: string;
  readonly facts: readonly Fact[];
  readonly checks: readonly Check[];
}

export interface Check {
  readonly what: string;
  readonly ok: boolean;
}

export interface Tour {
  /** Each step is done when it is handed out. */
  readonly steps: AsyncIterable<Step>;
  /** What to say when all went well. */
  readonly closing: string;
  /** Waits for Enter after each step. */
  readonly pause: boolean;
  /** Ends what the steps run on; called in any case. */
  readonly close: () => Promise<void>;
}

/** Plays a tour and prints it. @throws CliError when a check fails */
export async function playTour(context: Context, tour: Tour): Promise<void> {
  const startedMs = performance.now();
  const steps: Step[] = [];
  try {
    for await (const step of tour.steps) {
      steps.push(step);
      if (!context.json) context.print(stepText(context, step, steps.length));
      if (step.checks.some(({ ok }) => !ok)) break; // what follows builds on it
      if (tour.pause) await readLine(context.terminal, context.signal, 'Enter goes on. ');
    }
  } finally {
    await tour.close();
  }

  const failed = steps.flatMap(({ checks }) => checks).filter(({ ok }) => !ok);
  const seconds = (performance.now() - startedMs) / 1000;
  const json = {
    ok: failed.length === 0,
    elapsed_seconds: seconds,
    steps: steps.map((step) => ({ ...step, facts: Object.fromEntries(step.facts) })),
  };
  context.result(json, () =>
    failed.length > 0
      ? ''
      : `${wrap(tour.closing, Math.min(context.layout.columns, 100))}\n(${durationText(seconds)})`,
  );
  if (failed.length > 0) {
    throw new CliError(`The tour went wrong: ${failed.map(({ what }) => what).join('; ')}.`, {
      reason: 'demo-failed',
      hint: 'This is a defect of MiniBitcoin; please report it.',
    });
  }
}

/** Pays from all coins of a wallet, through a node. @returns the transaction's id */
export async function pay(
  client: ApiClient,
  payment: { readonly from: Wallet; readonly to: Address; readonly amount: number; readonly fee: number },
  options: CallOptions,
): Promise<Txid> {
  const { from, to, amount, fee } = payment;
  const { utxos } = await client.utxos(from.address, {}, options);
  const { transaction } = buildPayment({
    coins: utxos.map(({ txid, vout, amount: value }) => ({ txid: txid as Txid, index: vout, amount: value })),
    privateKey: from.privateKey,
    to,
    amount,
    fee,
  });
  const { txid } = await client.submitTx(transactionToJson(transaction), options);
  return txid as Txid;
}

function stepText({ layout, style }: Context, step: Step, number: number): string {
  const checks = step.checks.map(({ what, ok }) => `  ${ok ? style.green('✓') : style.red('✗')} ${what}`);
  return [
    style.bold(`${number}. ${step.title}`),
    wrap(step.explanation, Math.min(layout.columns, 100)),
    style.dim(`  $ ${step.command}`),
    factsText(layout, step.facts, '  '),
    ...checks,
    '',
  ].join('\n');
}

/** In lines of at most so many characters; a longer word has a line of its own. */
function wrap(text: string, width: number): string {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join('\n');
}
