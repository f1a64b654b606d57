/** The tree of commands. Completion and help are made from it. */
import { Command, type Help } from 'commander';
import { addChainCommands } from './commands/chain.ts';
import { addCompletionCommand } from './commands/completion.ts';
import { addDatabaseCommands } from './commands/database.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDevnetCommand } from './commands/devnet.ts';
import { examples } from './commands/examples.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addMiningCommands } from './commands/mining.ts';
import { addNodeCommand } from './commands/node.ts';
import { addPeerCommands } from './commands/peers.ts';
import { addSendCommand } from './commands/send.ts';
import { addStatusCommands } from './commands/status.ts';
import { addTransactionCommands } from './commands/transactions.ts';
import { addWalletCommands } from './commands/wallet.ts';
import { addWatchCommand } from './commands/watch.ts';
import { type Context, DEFAULT_NODE_URL, type GlobalOptions } from './context.ts';
import { EXIT_CODES_HELP } from './exit-codes.ts';

const ENVIRONMENT_HELP = `Environment:
  MINI_BITCOIN_NODE   address of the node (--node)
  MINI_BITCOIN_TOKEN  its API token (--token)
  NO_COLOR, FORCE_COLOR`;

export function createProgram(context: Context, version: string): Command {
  const program = new Command('mini-bitcoin')
    .description('MiniBitcoin: run a node, mine, send, and look at everything closely.')
    .usage('<command> [options]')
    .version(version, '-V, --version', 'print the version')
    .option('--node <url>', `address of the node (default: ${DEFAULT_NODE_URL}, or MINI_BITCOIN_NODE)`)
    .option('--token <token>', 'API token of the node, for changes from another machine')
    .option('--json', 'print JSON, also for errors')
    .option('--no-color', 'no colours')
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureHelp(helpStyle(context))
    .configureOutput({
      writeOut: (text) => void context.terminal.stdout.write(text),
      // Errors are told by main, with a hint and an exit code. Help is printed by it too, where it was not asked for.
      writeErr: () => undefined,
      getOutHelpWidth: () => context.terminal.stdout.columns ?? 80,
      getOutHasColors: () => context.style.level > 0,
    })
    .addHelpText(
      'after',
      `${examples(
        'mini-bitcoin demo                             the ten-minute tour, in seconds',
        'mini-bitcoin demo --network                   three nodes, a split, a reorganisation',
        'mini-bitcoin node                             start a node',
        'mini-bitcoin devnet --mine                    a network of nodes on this machine',
        'mini-bitcoin create-wallet --out alice.json',
        'mini-bitcoin mine --address ADDRESS',
        'mini-bitcoin send --from-file alice.json --to ADDRESS --amount 1.5coin --fee 1000',
      )}\n\n${EXIT_CODES_HELP}\n\n${ENVIRONMENT_HELP}`,
    );
  program.hook('preAction', (_, action) => context.configure(action.optsWithGlobals<GlobalOptions>()));

  addNodeCommand(program, context);
  addDemoCommand(program, context);
  addDevnetCommand(program, context);
  addWalletCommands(program, context);
  addSendCommand(program, context);
  addMiningCommands(program, context);
  addStatusCommands(program, context);
  addWatchCommand(program, context);
  addPeerCommands(program, context);
  addTransactionCommands(program, context);
  addChainCommands(program, context);
  addExplainCommand(program, context);
  addDatabaseCommands(program, context);
  addCompletionCommand(program, context);
  return program;
}

function helpStyle({ style }: Context): Partial<Help> {
  return {
    showGlobalOptions: true,
    styleTitle: (text) => style.bold(text),
    styleCommandText: (text) => style.cyan(text),
    styleSubcommandText: (text) => style.cyan(text),
    styleOptionText: (text) => style.green(text),
    styleArgumentText: (text) => style.yellow(text),
  };
}
