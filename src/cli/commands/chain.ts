/** `block`, `chain info`, `chain tips`. (Export and import: chain-files.ts.) */
import type { Command } from 'commander';
import { parseTarget, workOfTarget } from '../../consensus/index.ts';
import type { BlockAnswer, ChainTip, ChainTipsAnswer } from '../../protocol/index.ts';
import { parseBlockName } from '../arguments.ts';
import { CliError } from '../cli-errors.ts';
import type { Context } from '../context.ts';
import { amountText, counted, powerOfTwoText, timeText } from '../describe.ts';
import { EXIT } from '../exit-codes.ts';
import { factsText, tableText } from '../layout.ts';
import { exportChain, importChain } from './chain-files.ts';
import { examples } from './examples.ts';

export function addChainCommands(program: Command, context: Context): void {
  program
    .command('block')
    .summary('show a block')
    .description('Shows a block and its transactions, by hash or height.')
    .argument('<block>', 'hash, height, or tip')
    .addHelpText(
      'after',
      examples('mini-bitcoin block 0', 'mini-bitcoin block tip', 'mini-bitcoin block tip --json'),
    )
    .action(async (name: string) => printBlock(context, await fetchBlock(context, parseBlockName(name))));

  const chain = program
    .command('chain')
    .summary('look at the chain; write it to a file, read it from one')
    .description('Shows the chain and its branches; writes all blocks to a file and reads them back.');
  chain
    .command('info')
    .description('Shows height, tip, target and work of the active chain.')
    .addHelpText('after', examples('mini-bitcoin chain info'))
    .action(async () => printInfo(context));
  chain
    .command('tips')
    .description(
      'Lists the ends of all known branches, the most work first, and tells the last reorganisations.',
    )
    .addHelpText('after', examples('mini-bitcoin chain tips'))
    .action(async () => printTips(context));
  chain
    .command('export')
    .description(
      'Writes all blocks of the active chain to a file, from genesis up. When the file exists, only what is missing is added; so ' +
        'after an interruption run it again.',
    )
    .argument('<file>', 'is created, or continued')
    .addHelpText('after', examples('mini-bitcoin chain export chain.mbc'))
    .action(async (file: string) => exportChain(context, file));
  chain
    .command('import')
    .description(
      'Hands the blocks of a file to the node, which checks them like any others. Blocks that it knows are skipped; so after an ' +
        'interruption run it again.',
    )
    .argument('<file>', 'what chain export wrote')
    .addHelpText('after', examples('mini-bitcoin chain import chain.mbc --node http://localhost:8001'))
    .action(async (file: string) => importChain(context, file));
}

/** A block by its name on the command line. */
export async function fetchBlock(context: Context, name: string | number): Promise<BlockAnswer> {
  const client = context.client();
  if (name !== 'tip') return client.block(name, context.call);
  const { tip_hash: tip } = await client.health(context.call);
  if (tip === null) {
    throw new CliError('The chain is empty: there is no block yet.', {
      exitCode: EXIT.notFound,
      reason: 'not-found',
      hint: 'Mine the first: mini-bitcoin mine --address ADDRESS',
    });
  }
  return client.block(tip, context.call);
}

function printBlock(context: Context, block: BlockAnswer): void {
  context.result(block, () => {
    const { header } = block;
    const facts = factsText(context.layout, [
      ['block', block.height],
      ['hash', block.block_hash],
      ['status', statusText(context, block)],
      ['previous', header.prev_hash],
      ['next', block.next_hash],
      ['merkle root', header.merkle_root],
      ['time', timeText(header.timestamp)],
      ['target', targetText(header.target)],
      ['nonce', header.nonce],
      ['chain work', workText(block.chain_work)],
      ['bytes', block.size],
    ]);
    const table = tableText(
      context.layout,
      [
        { title: 'txid', hash: true },
        { title: 'inputs', align: 'right' },
        { title: 'outputs', align: 'right' },
        { title: 'pays', align: 'right' },
      ],
      block.transactions.map(({ txid, inputs, outputs }, i) => [
        txid,
        i === 0 ? 'coinbase' : inputs.length,
        outputs.length,
        outputs.reduce((sum, { amount }) => sum + amount, 0),
      ]),
    );
    return `${facts}\n\n${table}`;
  });
}

function statusText({ style }: Context, block: BlockAnswer): string {
  // The original's nodes tell no status: what they answer is on their chain.
  const { status, confirmations, invalid_reason: why } = block as Partial<BlockAnswer>;
  if (status === undefined || status === 'active')
    return `${style.green('active')}${confirmations === undefined ? '' : `, ${counted(confirmations, 'confirmation')}`}`;
  return status === 'invalid' ? style.red(`invalid: ${why ?? ''}`) : style.yellow(status);
}

function targetText(target: string): string {
  const value = parseTarget(target);
  return value === undefined ? target : `${target} (about ${powerOfTwoText(workOfTarget(value))} tries)`;
}

function workText(work: string | undefined): string | undefined {
  return work === undefined ? undefined : `about ${powerOfTwoText(BigInt(work))} hashes`;
}

async function printInfo(context: Context): Promise<void> {
  const client = context.client();
  const [info, params] = await Promise.all([client.chainInfo(context.call), client.params(context.call)]);
  context.result({ ...info, params }, () =>
    factsText(context.layout, [
      ['height', info.height < 0 ? 'no block yet' : info.height],
      ['tip', info.tip_hash],
      ['tip time', info.tip_timestamp === null ? undefined : timeText(info.tip_timestamp)],
      ['genesis', info.genesis_hash],
      ['target', targetText(info.target)],
      ['next target', info.next_target === info.target ? 'the same' : targetText(info.next_target)],
      [
        'adapts at',
        info.next_retarget_height === null
          ? 'never'
          : `height ${info.next_retarget_height}, every ${params.retarget_interval} blocks`,
      ],
      ['chain work', workText(info.chain_work)],
      ['coins', info.utxo_count],
      ['next reward', amountText(info.next_subsidy)],
      ['headers', info.header_count],
      ['orphan blocks', info.orphan_blocks],
    ]),
  );
}

async function printTips(context: Context): Promise<void> {
  const answer = await context.client().tips(context.call);
  const paint: Record<ChainTip['status'], 'green' | 'yellow' | 'red'> = {
    active: 'green',
    'valid-fork': 'yellow',
    'headers-only': 'yellow',
    invalid: 'red',
  };
  context.result(answer, () => {
    if (answer.tips.length === 0) return 'The chain is empty: there is no block yet.';
    const table = tableText(
      context.layout,
      [
        { title: 'height', align: 'right' },
        { title: 'hash', hash: true },
        {
          title: 'status',
          paint: (status, style) => style[paint[status as ChainTip['status']]](status),
        },
        { title: 'branch', align: 'right' },
        { title: 'fork at', align: 'right' },
        { title: 'why' },
      ],
      answer.tips.map((tip) => [
        tip.height,
        tip.block_hash,
        tip.status,
        tip.branch_length,
        tip.status === 'active' ? '-' : tip.fork_height,
        tip.invalid_reason ?? '-',
      ]),
    );
    return `${table}${reorgsText(context, answer)}`;
  });
}

function reorgsText({ style }: Context, answer: ChainTipsAnswer): string {
  // Older nodes do not tell of them.
  const { reorgs = [] } = answer as Partial<ChainTipsAnswer>;
  if (reorgs.length === 0) return '';
  const lines = reorgs.map(({ at, story }) => `${style.dim(timeText(Math.floor(at)))}  ${story}`);
  return `\n\nReorganisations, latest first:\n${lines.join('\n')}`;
}
