/** `mine` (in the foreground) and `mining` (in the background, on the node). */
import type { Command } from 'commander';
import type { ApiClient, MineAnswer, MiningStatusAnswer } from '../../protocol/index.ts';
import { parseAddress, parseWholeNumber } from '../arguments.ts';
import { InterruptedError, usageError } from '../cli-errors.ts';
import type { Context } from '../context.ts';
import { counted, durationText, hashRateText, timeText } from '../describe.ts';
import { factsText } from '../layout.ts';
import type { Progress } from '../progress.ts';
import { examples } from './examples.ts';

interface MineOptions {
  readonly address: string;
  readonly blocks?: string;
  readonly continuous?: boolean;
  readonly threads?: string;
  readonly share?: string;
  readonly maxSeconds?: string;
}

const SHARE_HELP =
  'part of the time that each thread works, 1 to 100; less keeps the machine cool (default: 100)';

interface EffortOptions {
  readonly threads?: string;
  readonly share?: string;
}

export function addMiningCommands(program: Command, context: Context): void {
  program
    .command('mine')
    .summary('mine blocks and wait for them')
    .description(
      'Lets the node search for a block, and waits. With --json each block is one line of JSON. Ctrl-C ends the search.',
    )
    .requiredOption('--address <address>', 'who gets the rewards')
    .option('--blocks <n>', 'how many blocks, one after the other (default: 1)')
    .option('--continuous', 'on and on, until Ctrl-C')
    .option('--threads <n>', 'how many threads of the node search (default: as it is configured)')
    .option('--share <percent>', SHARE_HELP)
    .option('--max-seconds <n>', 'give up on a block after so long; also allows searches that will take long')
    .addHelpText(
      'after',
      examples(
        'mini-bitcoin mine --address 28bff34c1c08327af2418f9f92ebac4482aaf81d',
        'mini-bitcoin mine --address 28bff34c1c08327af2418f9f92ebac4482aaf81d --blocks 10',
        'mini-bitcoin mine --address 28bff34c1c08327af2418f9f92ebac4482aaf81d --continuous',
      ),
    )
    .action(async (options: MineOptions) => mine(context, options));

  const mining = program
    .command('mining')
    .summary('let the node mine in the background')
    .description('Starts and stops mining on the node. It goes on after this command has ended.');
  mining
    .command('start')
    .description('Lets the node mine on and on.')
    .requiredOption('--address <address>', 'who gets the rewards')
    .option('--threads <n>', 'how many threads search (default: as the node is configured)')
    .option('--share <percent>', SHARE_HELP)
    .addHelpText(
      'after',
      examples('mini-bitcoin mining start --address 28bff34c1c08327af2418f9f92ebac4482aaf81d'),
    )
    .action(async ({ address, ...options }: { address: string } & EffortOptions) => {
      const answer = await context
        .client()
        .miningStart(parseAddress(address), effortOf(options), context.call);
      printStatus(context, answer);
    });
  mining
    .command('stop')
    .description('Ends mining on the node.')
    .addHelpText('after', examples('mini-bitcoin mining stop'))
    .action(async () => printStatus(context, await context.client().miningStop(context.call)));
  mining
    .command('status')
    .description('Tells whether the node mines, and how fast.')
    .addHelpText('after', examples('mini-bitcoin mining status'))
    .action(async () => printStatus(context, await context.client().miningStatus(context.call)));
}

async function mine(context: Context, options: MineOptions): Promise<void> {
  const address = parseAddress(options.address);
  if (options.continuous === true && options.blocks !== undefined)
    throw usageError('--blocks and --continuous are both given.', 'Give one of them.');
  const wanted =
    options.continuous === true
      ? Infinity
      : options.blocks === undefined
        ? 1
        : parseWholeNumber(options.blocks, '--blocks', 1, 1_000_000);
  const request = { minerAddress: address, ...effortOf(options), ...limitOf(options) };
  const client = context.client();
  let found = 0;
  try {
    while (found < wanted) {
      const answer = await mineOne(context, client, request, { found, wanted });
      found++;
      context.item(blockOf(answer), () => blockLine(context, answer));
    }
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    context.note(`Stopped after ${counted(found, 'block')}.`);
    if (wanted !== Infinity) throw error; // not all were found that were asked for
  }
}

/** Rather more threads than any machine has. */
const MAX_THREADS = 256;
const MAX_SECONDS = 31_536_000;

function effortOf({ threads, share }: EffortOptions): { threads?: number; share?: number } {
  return {
    ...(threads === undefined ? {} : { threads: parseWholeNumber(threads, '--threads', 1, MAX_THREADS) }),
    ...(share === undefined ? {} : { share: parseWholeNumber(share, '--share', 1, 100) / 100 }),
  };
}

function limitOf({ maxSeconds }: MineOptions): { maxSeconds?: number } {
  return maxSeconds === undefined
    ? {}
    : { maxSeconds: parseWholeNumber(maxSeconds, '--max-seconds', 1, MAX_SECONDS) };
}

/** One call for each block, so that each is told as it is found. */
async function mineOne(
  context: Context,
  client: ApiClient,
  request: Parameters<ApiClient['mine']>[0],
  { found, wanted }: { readonly found: number; readonly wanted: number },
): Promise<MineAnswer> {
  const number = wanted === 1 ? '' : wanted === Infinity ? ` ${found + 1}` : ` ${found + 1} of ${wanted}`;
  return context.withProgress(`Searching for block${number}`, async (progress) => {
    const stopTelling = tellHashRate(context, client, progress, `Searching for block${number}`);
    try {
      return await client.mine(request, context.call);
    } finally {
      stopTelling();
    }
  });
}

const TELL_EVERY_MS = 1000;

/** Long searches show how fast they go, where somebody watches. */
function tellHashRate(context: Context, client: ApiClient, progress: Progress, text: string): () => void {
  if (context.terminal.stderr.isTTY !== true) return () => undefined;
  const startedMs = performance.now();
  const timer = setInterval(() => {
    client.miningStatus(context.call).then(
      ({ hash_rate: rate, expected_seconds: expected }) => {
        const elapsed = durationText((performance.now() - startedMs) / 1000);
        const average = expected === null ? '' : `, a block takes ${durationText(expected)} on average`;
        progress.say(`${text}: ${elapsed}, ${hashRateText(rate)}${average}`);
      },
      () => undefined, // the search itself will say what is wrong
    );
  }, TELL_EVERY_MS);
  return () => clearInterval(timer);
}

/** The original's fields, of this block alone. */
function blockOf(answer: MineAnswer): Record<string, unknown> {
  const { block_hash, height, nonce, elapsed_seconds, transactions } = answer;
  return { block_hash, height, nonce, elapsed_seconds, transactions };
}

function blockLine({ style }: Context, answer: MineAnswer): string {
  const { block_hash: hash, height, nonce, elapsed_seconds: elapsed, transactions } = answer;
  return (
    `${style.green(`Block ${height}`)} ${hash}\n` +
    `  ${counted(transactions, 'transaction')}, nonce ${nonce}, found in ${durationText(elapsed)}`
  );
}

function printStatus(context: Context, status: MiningStatusAnswer): void {
  context.result(status, () =>
    factsText(context.layout, [
      ['mining', status.running ? context.style.green('running') : 'stopped'],
      ['for', status.miner_address],
      ['since', status.started_at === null ? undefined : timeText(Math.floor(status.started_at))],
      ['height', status.height],
      ['kernel', status.kernel],
      ['speed', status.searching || status.running ? hashRateText(status.hash_rate) : undefined],
      [
        'a block takes',
        status.expected_seconds === null ? undefined : `${durationText(status.expected_seconds)} on average`,
      ],
      ['blocks found', status.blocks_found],
      ['stopped because', status.last_error],
    ]),
  );
}
