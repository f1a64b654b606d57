/** `devnet partition`, `heal`, `stop`, `start`, `kill`, `mine`, `status`: said to a devnet that runs in another terminal. */
import type { Command } from 'commander';
import { usageError } from '../cli-errors.ts';
import type { Context } from '../context.ts';
import { hashRateText } from '../describe.ts';
import { callDevnet } from '../devnet/control-client.ts';
import type { ControlAnswer, ControlRequest } from '../devnet/control-messages.ts';
import { syncText } from '../devnet/live-table.ts';
import { groupsText } from '../devnet/partition.ts';
import type { DevnetView, NodeView } from '../devnet/view.ts';
import { tableText } from '../layout.ts';
import { examples } from './examples.ts';

type FolderOf = (dir: string | undefined) => string;

export function addDevnetControlCommands(devnet: Command, context: Context, folderOf: FolderOf): void {
  const say = async (command: Command, request: ControlRequest): Promise<ControlAnswer> => {
    const { dir, ...others } = devnet.opts<Record<string, unknown>>();
    const [stray] = Object.keys(others);
    if (stray !== undefined) {
      const flag = devnet.options.find((option) => option.attributeName() === stray)?.long ?? stray;
      throw usageError(
        `${flag} is for starting a devnet, and means nothing to devnet ${command.name()}.`,
        'Of its options only --dir says which devnet is meant.',
      );
    }
    return callDevnet(folderOf(dir as string | undefined), request, context.signal);
  };
  const tell = ({ message, devnet: view }: ControlAnswer): void =>
    context.result({ message, ...view }, () => message);

  devnet
    .command('partition')
    .summary('split the network into groups')
    .description(
      'Splits the network: nodes of different groups refuse each other until `devnet heal`. Commas join the nodes of a group; a ' +
        'space, / or | parts the groups (a shell wants quotes around |). Nodes that are not named form a group of their own.',
    )
    .argument('<groups...>', 'like 1,2 / 3')
    .addHelpText(
      'after',
      examples(
        'mini-bitcoin devnet partition 1,2 / 3',
        'mini-bitcoin devnet partition "1,2 | 3"',
        'mini-bitcoin devnet partition 1-4 5',
      ),
    )
    .action(async (words: string[], _: unknown, command: Command) =>
      tell(await say(command, { command: 'partition', words })),
    );

  devnet
    .command('heal')
    .summary('make the network whole again')
    .description('Ends a split: the links are as they were, and the chain with the most work wins.')
    .addHelpText('after', examples('mini-bitcoin devnet heal'))
    .action(async (_: unknown, command: Command) => tell(await say(command, { command: 'heal' })));

  for (const [name, summary, description] of [
    ['stop', 'stop nodes', 'Lets nodes finish their work and stops them. The others go on.'],
    [
      'start',
      'start nodes that do not run',
      'Starts nodes that were stopped, killed or died. They catch up by themselves.',
    ],
    [
      'kill',
      'kill nodes, as a power failure would',
      'Ends nodes in mid-work (SIGKILL). What they had acknowledged is still there when they start again.',
    ],
  ] as const) {
    devnet
      .command(name)
      .summary(summary)
      .description(description)
      .argument('<nodes...>', 'their numbers, like 2 or 2,3, or all')
      .addHelpText('after', examples(`mini-bitcoin devnet ${name} 2`))
      .action(async (words: string[], _: unknown, command: Command) =>
        tell(await say(command, { command: name, words })),
      );
  }

  devnet
    .command('mine')
    .summary('set how nodes mine')
    .description(
      'Lets nodes mine with a share of one processor thread, or stops their mining: all of them, or those named.',
    )
    .argument('[words...]', 'node numbers or all; then off to stop')
    .option('--share <percent>', 'of one thread (default: one thread, shared equally by all nodes)')
    .addHelpText(
      'after',
      examples(
        'mini-bitcoin devnet mine 2 --share 50',
        'mini-bitcoin devnet mine all --share 20',
        'mini-bitcoin devnet mine 2 off',
        'mini-bitcoin devnet mine off',
      ),
    )
    .action(async (words: string[], { share }: { share?: string }, command: Command) =>
      tell(await say(command, { command: 'mine', words, ...(share === undefined ? {} : { share }) })),
    );

  devnet
    .command('status')
    .summary('show the nodes once')
    .description('Shows the nodes of the running devnet as they are at this moment.')
    .addHelpText('after', examples('mini-bitcoin devnet status', 'mini-bitcoin devnet status --json'))
    .action(async (_: unknown, command: Command) => {
      const { devnet: view } = await say(command, { command: 'status' });
      context.result(view, () => statusText(context, view));
    });
}

function statusText(context: Context, view: DevnetView): string {
  const { layout } = context;
  const table = tableText(
    layout,
    [
      { title: 'node' },
      { title: 'url' },
      {
        title: 'state',
        paint: (state, style) => (state.trim() === 'running' ? style.green(state) : style.yellow(state)),
      },
      { title: 'height', align: 'right' },
      { title: 'tip', hash: true },
      { title: 'mempool', align: 'right' },
      { title: 'peers', align: 'right' },
      { title: 'hash rate', align: 'right' },
      { title: 'sync' },
      ...(view.groups === null ? [] : [{ title: 'group' }]),
    ],
    view.nodes.map((node) => [...cellsOf(node), ...(view.groups === null ? [] : [node.group ?? '-'])]),
  );
  if (!layout.isTerminal) return table;
  const notes = view.nodes.flatMap(({ name, state, note }) =>
    state === 'died' ? [`${name} died: ${note ?? ''}`] : [],
  );
  const split = view.groups === null ? [] : [`The network is split: ${groupsText(view.groups)}`];
  return [table, ...split, ...notes].join('\n');
}

function cellsOf(node: NodeView): (string | number)[] {
  const { name, url, state, height, tip_hash: tip, mempool, peers, links, hash_rate: rate } = node;
  return [
    name,
    url,
    state,
    height ?? '-',
    tip ?? '-',
    mempool ?? '-',
    peers === null ? '-' : `${peers}/${links}`,
    rate === null ? '-' : hashRateText(rate),
    syncText(node) || '-',
  ];
}
