/** `node`: a node in the foreground, until Ctrl-C. */
import type { Command } from 'commander';
import type { NodeConfig } from '../../node/config.ts';
import type { RunningNode } from '../../node/index.ts';
import { CliError } from '../cli-errors.ts';
import type { Context } from '../context.ts';
import { factsText } from '../layout.ts';
import { StandardInputEnd } from '../end-with-stdin.ts';
import { addConfigOptions, readConfig } from '../node-config.ts';
import { explainDatabaseFailure, explainStartFailure } from '../node-failures.ts';
import { openInBrowser } from '../open-page.ts';
import { examples } from './examples.ts';

export function addNodeCommand(program: Command, context: Context): void {
  const node = program
    .command('node')
    .summary('start a node')
    .description(
      'Starts a node in the foreground. Ctrl-C (or SIGTERM) lets work under way finish and stops it; a second one ends it at once. ' +
        'Settings come from flags, then the environment, then .env, then defaults.',
    )
    .option('--open', 'open its page in the browser as soon as it is up')
    .addHelpText(
      'after',
      examples(
        'mini-bitcoin node --open',
        'mini-bitcoin node --port 8001 --data-dir ./second --peers http://127.0.0.1:8000',
        'mini-bitcoin node --database-url memory: --default-target 0x00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
      ),
    );
  addConfigOptions(node).action(async ({ open = false }: { open?: boolean }) =>
    runNode(context, await readConfig(context, node), open),
  );
}

async function runNode(context: Context, asked: NodeConfig, open: boolean): Promise<void> {
  // Standard output is for the log then, or for programs: both take JSON only.
  const config: NodeConfig =
    context.json && asked.logFormat === 'auto' ? { ...asked, logFormat: 'json' } : asked;
  const { startNode, VERSION } = await import('../../node/index.ts');
  if (context.terminal.stderr.isTTY === true) context.note('Starting…'); // a first start takes some seconds
  const stdinEnd = new StandardInputEnd(context.terminal);
  const stopSignal = AbortSignal.any([context.signal, stdinEnd.signal]);
  let failure: Error | undefined;
  try {
    const node = await startNode(config);
    const stop = (): void => {
      node.close().catch(() => undefined); // what goes wrong is in the log
    };
    stopSignal.addEventListener('abort', stop, { once: true });
    if (stopSignal.aborted) stop();
    else {
      announce(context, node, VERSION);
      if (open) showPage(context, node.url);
    }
    failure = await node.ended;
  } catch (error) {
    throw explainStartFailure(error, config) ?? error;
  } finally {
    stdinEnd.forget();
  }
  if (failure === undefined) return; // stopping is what Ctrl-C is for: exit code 0
  throw (
    explainDatabaseFailure(failure) ??
    new CliError(`The node had to stop: ${failure.message}`, { reason: 'node-failed', cause: failure })
  );
}

function showPage(context: Context, url: string): void {
  openInBrowser(`${url}/`, context.terminal.env, (why) =>
    context.warn(`The page was not opened (${why}). Open ${url}/ in a browser yourself.`),
  );
}

function announce(context: Context, node: RunningNode, version: string): void {
  const { url, config, engine } = node;
  const { chain } = node.services;
  const facts = {
    url,
    docs: `${url}/docs`,
    node_name: config.nodeName,
    version,
    engine,
    data_dir: engine === 'pglite' ? config.dataDir : null,
    height: chain.height,
    tip_hash: chain.tip?.hash ?? null,
  };
  if (context.json) {
    context.item(facts, () => '');
    return;
  }
  const style = context.errorStyle;
  const kept = {
    pglite: `${config.dataDir} (embedded PostgreSQL)`,
    postgresql: 'a PostgreSQL server (DATABASE_URL)',
    memory: style.yellow('in memory: everything is forgotten at the end'),
  }[engine];
  const layout = { ...context.layout, style };
  // On standard error: standard output belongs to the log.
  context.note(
    [
      '',
      style.bold(`MiniBitcoin ${version}: ${config.nodeName} is up.`),
      '',
      factsText(
        layout,
        [
          ['page', `${style.cyan(`${url}/`)} (your chain, in a browser)`],
          ['API', style.cyan(url)],
          ['docs', style.cyan(facts.docs)],
          ['data', kept],
          ['chain', chain.tip === null ? 'no block yet' : `height ${chain.height}, tip ${chain.tip.hash}`],
        ],
        '  ',
      ),
      '',
      chain.tip === null
        ? 'Next: open the page and mine block 0; or in another terminal: mini-bitcoin create-wallet, then mini-bitcoin mine --address ADDRESS'
        : 'Open the page, or in another terminal: mini-bitcoin status',
      'Ctrl-C stops the node.',
      '',
    ].join('\n'),
  );
}
