/** `devnet`: a network of real nodes on this machine, in one terminal; and what one does to it from another. */
import { randomInt } from 'node:crypto';
import { access } from 'node:fs/promises';
import { availableParallelism, homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { parseWholeNumber } from '../arguments.ts';
import { CliError, usageError } from '../cli-errors.ts';
import type { Context } from '../context.ts';
import { runCommand, scaledText } from '../devnet/control-commands.ts';
import { ControlServer } from '../devnet/control-server.ts';
import { Devnet } from '../devnet/devnet.ts';
import { displayFor } from '../devnet/display.ts';
import { emptyFolder, readParameters, walletOf, writeParameters } from '../devnet/folder.ts';
import { requireFreePorts } from '../devnet/free-ports.ts';
import {
  fitShares,
  measureHashRate,
  parseShares,
  type Shares,
  targetFor,
  totalShare,
} from '../devnet/mining-plan.ts';
import {
  type AskedParameters,
  type DevnetParameters,
  MAX_NODES,
  settleParameters,
} from '../devnet/parameters.ts';
import { type Topology, TOPOLOGIES } from '../devnet/topology.ts';
import { addDevnetControlCommands } from './devnet-control.ts';
import { examples } from './examples.ts';

interface DevnetCommandOptions {
  readonly nodes?: string;
  readonly topology?: Topology;
  readonly seed?: string;
  readonly dir?: string;
  readonly portBase?: string;
  readonly mine?: true | string;
  readonly blockTime?: string;
  readonly memory?: true;
  readonly fresh?: true;
}

/** Nodes of a devnet that was killed end by themselves within this time. */
const LEFTOVERS_MS = 20_000;

export function addDevnetCommand(program: Command, context: Context): void {
  const devnet = program
    .command('devnet')
    .summary('a network of real nodes on this machine')
    .description(
      'Starts several nodes, links them, and shows them in one live table until Ctrl-C, which stops them all. From another ' +
        'terminal the network can be split and healed, and nodes stopped, started and killed. The same folder goes on with ' +
        'the same network the next time.',
    )
    .option('--nodes <n>', `how many (default: 3, at most ${MAX_NODES})`)
    .addOption(new Option('--topology <name>', 'who is linked to whom (default: full)').choices(TOPOLOGIES))
    .option('--seed <n>', 'for --topology random: the same seed makes the same network')
    .option('--dir <dir>', 'where it lives (default: ~/.mini-bitcoin/devnet)')
    .option('--port-base <port>', 'port of node-1; the others follow (default: 8001)')
    .option(
      '--mine [shares]',
      'all nodes mine: equally, or with shares in percent of one thread, like 50,30,20',
    )
    .option('--block-time <seconds>', 'how long a block should take (default: 10)')
    .option('--memory', 'keep nothing on disk: all blocks are forgotten at the end')
    .option('--fresh', 'delete what an earlier devnet left in the folder, and begin anew')
    .addHelpText(
      'after',
      examples(
        'mini-bitcoin devnet --mine',
        'mini-bitcoin devnet --nodes 5 --topology line --mine 50,20,10,10,10 --memory',
        'mini-bitcoin devnet partition 1,2 / 3',
        'mini-bitcoin devnet heal',
        'mini-bitcoin devnet status --json',
      ),
    )
    .allowExcessArguments(true)
    .action(async (options: DevnetCommandOptions, command: Command) => {
      const [extra] = command.args;
      if (extra !== undefined) {
        throw usageError(
          `devnet has no command "${extra}".`,
          `It has ${command.commands.map((sub) => sub.name()).join(', ')}; devnet alone starts the network.`,
        );
      }
      await runDevnet(context, options);
    });
  addDevnetControlCommands(devnet, context, (dir) => folderOf(context, dir));
}

/** The folder as given, or the usual one. */
function folderOf(context: Context, dir: string | undefined): string {
  if (dir === undefined) return join(homedir(), '.mini-bitcoin', 'devnet');
  if (dir === '') throw usageError('--dir is empty.', 'Name a folder, or leave --dir out.');
  return resolve(context.terminal.cwd, dir.replace(/^~(?=\/|$)/, homedir()));
}

async function runDevnet(context: Context, options: DevnetCommandOptions): Promise<void> {
  const asked = askedParameters(options);
  const folder = folderOf(context, options.dir);
  let devnet: Devnet | undefined;
  const control = await ControlServer.open(folder, async (request) => {
    if (devnet === undefined) {
      throw new CliError('The devnet is about to start.', {
        reason: 'devnet-starting',
        hint: 'Try again in a moment.',
      });
    }
    const message = await runCommand(devnet, request);
    return { message, devnet: devnet.view() };
  });
  try {
    const { parameters, shares, factor } = await prepare(folder, asked, options);
    const ports = Array.from({ length: parameters.nodes }, (_, index) => parameters.portBase + index);
    await requireFreePorts(ports, {
      patienceMs: control.cameAfterCrash ? LEFTOVERS_MS : 0,
      signal: context.signal,
    });
    const wallets = await Promise.all(ports.map((_, index) => walletOf(folder, index + 1)));
    await writeParameters(folder, parameters);

    const display = displayFor(
      context,
      options.dir === undefined ? 'mini-bitcoin devnet' : `mini-bitcoin devnet --dir ${options.dir}`,
    );
    devnet = new Devnet({
      folder,
      parameters,
      ports,
      minerAddresses: wallets.map(({ address }) => address),
      env: context.terminal.env,
      onEvent: (event) => display.onEvent(event),
    });
    if (shares !== undefined) devnet.setShares(shares);
    if (factor !== 1) devnet.tell('remark', scaledText(factor).trim(), { factor });
    const running = devnet;
    display.start(() => running.view());
    try {
      await untilCtrlC(context, running);
    } finally {
      await running.close();
      display.close();
    }
  } finally {
    await control.close();
  }
}

async function untilCtrlC({ signal }: Context, devnet: Devnet): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    const stop = (): void => {
      devnet.tell('stopping', 'stopping all nodes (Ctrl-C again kills them)', {});
      devnet.close().then(resolve, resolve);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await devnet.start();
  } catch (error) {
    if (!signal.aborted) throw error; // else it was cut short, which is what was wanted
  }
  await stopped;
  devnet.tell('stopped', 'all nodes stopped', {});
}

interface Prepared {
  readonly parameters: DevnetParameters;
  readonly shares: Shares | undefined;
  /** What the shares were scaled with to fit the machine. */
  readonly factor: number;
}

/** Settles what network it is. Nothing is deleted before everything asked for makes sense. */
async function prepare(
  folder: string,
  asked: AskedParameters,
  { fresh, mine }: DevnetCommandOptions,
): Promise<Prepared> {
  const isOurs = await exists(join(folder, 'devnet.json'));
  const kept = fresh === true && isOurs ? undefined : await readParameters(folder);
  const nodes = asked.nodes ?? kept?.nodes ?? 3;
  const wanted = mine === undefined ? undefined : parseShares(mine, nodes);
  const { shares, factor } = fitShares(wanted ?? [], availableParallelism());
  const parameters = settleParameters(asked, kept, {
    makeSeed: () => randomInt(2 ** 32),
    makeTarget: (blockTimeS) =>
      targetFor(measureHashRate() * totalShare(wanted === undefined ? undefined : shares), blockTimeS),
  });
  if (fresh === true && isOurs) await emptyFolder(folder);
  return { parameters, shares: wanted === undefined ? undefined : shares, factor };
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

function askedParameters(options: DevnetCommandOptions): AskedParameters {
  const whole = (text: string | undefined, flag: string, least: number, most: number): number | undefined =>
    text === undefined ? undefined : parseWholeNumber(text, flag, least, most);
  return {
    nodes: whole(options.nodes, '--nodes', 1, MAX_NODES),
    topology: options.topology,
    seed: whole(options.seed, '--seed', 0, 2 ** 32 - 1),
    portBase: whole(options.portBase, '--port-base', 1, 65_535),
    blockTimeS: whole(options.blockTime, '--block-time', 1, 86_400),
    memory: options.memory === true,
  };
}
