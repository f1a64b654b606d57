/** `db`: the database itself, without a node. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { ChainParams } from '../../consensus/index.ts';
import type { ConfigOption } from '../../node/config-options.ts';
import type { NodeConfig } from '../../node/config.ts';
import type { Storage } from '../../storage/index.ts';
import { CliError, usageError } from '../cli-errors.ts';
import type { Context } from '../context.ts';
import { counted, timeText } from '../describe.ts';
import { tableText } from '../layout.ts';
import { addConfigOptions, NO_SETTINGS_HERE, readConfig } from '../node-config.ts';
import { explainDatabaseFailure } from '../node-failures.ts';
import { barText } from '../progress.ts';
import { readLine } from '../standard-input.ts';
import { examples } from './examples.ts';

const WHERE = new Set(['DATA_DIR', 'DATABASE_URL']);
const isWhere = ({ env }: ConfigOption): boolean => WHERE.has(env);

export function addDatabaseCommands(program: Command, context: Context): void {
  const db = program
    .command('db')
    .summary('look after the database; no node may run on it')
    .description('Works on the database of a node directly. Stop the node first.');

  const migrate = db
    .command('migrate')
    .description('Brings the schema up to date. A node does the same when it starts.')
    .addHelpText('after', examples('mini-bitcoin db migrate', 'mini-bitcoin db migrate --data-dir ./second'));
  addConfigOptions(migrate, isWhere).action(async () =>
    withStorage(context, migrate, { create: true }, async (storage) => {
      const applied = await storage.migrations.migrate();
      context.result({ engine: storage.engine, applied }, () =>
        applied.length === 0 ? 'The schema is up to date.' : `Applied: ${applied.join(', ')}.`,
      );
    }),
  );

  const rollback = db
    .command('rollback')
    .description(
      'Takes back the latest step of the schema, with the data in its tables. Asks first, on a terminal.',
    )
    .option('--yes', 'do not ask')
    .addHelpText('after', examples('mini-bitcoin db rollback', 'mini-bitcoin db rollback --yes'));
  addConfigOptions(rollback, isWhere).action(async (options: { yes?: boolean }) =>
    withStorage(context, rollback, { create: false }, async (storage) => {
      const latest = (await storage.migrations.status()).findLast(
        ({ appliedAtMs }) => appliedAtMs !== undefined,
      );
      if (latest !== undefined && options.yes !== true) await confirm(context, latest.name);
      const rolledBack = await storage.migrations.rollback();
      context.result({ engine: storage.engine, rolled_back: rolledBack ?? null }, () =>
        rolledBack === undefined ? 'There is nothing to take back.' : `Taken back: ${rolledBack}.`,
      );
    }),
  );

  const status = db
    .command('status')
    .description('Lists the steps of the schema and whether they were applied. Changes nothing.')
    .addHelpText('after', examples('mini-bitcoin db status'));
  addConfigOptions(status, isWhere).action(async () =>
    withStorage(context, status, { create: false }, printStatus(context)),
  );

  const verify = db
    .command('verify')
    .description(
      'Replays all blocks with all rules, and compares the coins that result with those in the database.',
    )
    .option('--signatures', 'check every signature again, too; much slower')
    .addHelpText('after', examples('mini-bitcoin db verify', 'mini-bitcoin db verify --signatures'));
  addConfigOptions(verify, isWhere).action(async (options: { signatures?: boolean }) =>
    withStorage(context, verify, { create: false }, (storage, config) =>
      verifyStorage(context, storage, config, options.signatures === true),
    ),
  );
}

/** Opens the database, refuses when a node holds it, and closes it whatever happens. */
async function withStorage(
  context: Context,
  command: Command,
  options: { readonly create: boolean },
  work: (storage: Storage, config: NodeConfig) => Promise<void>,
): Promise<void> {
  const config = await readConfig(context, command);
  const { openStorage } = await import('../../storage/index.ts');
  if (config.databaseUrl === 'memory:') {
    throw usageError(
      'memory: keeps nothing, so there is no database to look after.',
      'Name one with --data-dir DIR or --database-url postgresql://…',
    );
  }
  if (!options.create && config.databaseUrl === 'pglite:' && !existsSync(config.dataDir)) {
    throw new CliError(`There is no database in ${config.dataDir}.`, {
      reason: 'no-database',
      hint: 'Say where it is: --data-dir DIR. A node, or `db migrate`, makes a new one.',
    });
  }
  try {
    const storage = await context.withProgress('Opening the database', () =>
      openStorage({ databaseUrl: config.databaseUrl, dataDir: config.dataDir, migrate: false }),
    );
    try {
      context.signal.throwIfAborted();
      await work(storage, config);
    } finally {
      await storage.close();
    }
  } catch (error) {
    throw explainDatabaseFailure(error) ?? error;
  }
}

/** Nobody is there to ask in a script: who writes the command into one means it. */
async function confirm(context: Context, migration: string): Promise<void> {
  if (context.terminal.stdin.isTTY !== true) return;
  const answer = await readLine(
    context.terminal,
    context.signal,
    `This takes back "${migration}" and deletes the data in its tables. Go on? (yes/no) `,
  );
  if (!/^y(es)?$/i.test(answer.trim()))
    throw new CliError('Nothing was changed.', { reason: 'not-confirmed' });
}

function printStatus(context: Context) {
  return async (storage: Storage): Promise<void> => {
    const steps = await storage.migrations.status();
    const json = {
      engine: storage.engine,
      migrations: steps.map(({ name, appliedAtMs }) => ({
        name,
        applied_at: appliedAtMs === undefined ? null : Math.floor(appliedAtMs / 1000),
      })),
    };
    context.result(json, () =>
      tableText(
        context.layout,
        [
          { title: 'migration' },
          {
            title: 'state',
            paint: (state, style) => (state === 'applied' ? style.green(state) : style.yellow(state)),
          },
          { title: 'when' },
        ],
        steps.map(({ name, appliedAtMs }) => [
          name,
          appliedAtMs === undefined ? 'missing' : 'applied',
          appliedAtMs === undefined ? '-' : timeText(Math.floor(appliedAtMs / 1000)),
        ]),
      ),
    );
  };
}

/** The rules that the chain was made under, as the node wrote them beside it; else the configured ones. */
async function paramsOf(storage: Storage, config: NodeConfig): Promise<ChainParams> {
  const stored = await storage.params.loadOrAdopt({}); // nothing to adopt: this only reads
  if (Object.keys(stored).length === 0) return config.params;
  const { loadConfig } = await import('../../node/config.ts');
  const loaded = loadConfig({ flags: {}, env: stored, cwd: NO_SETTINGS_HERE });
  if (loaded.ok) return loaded.config.params;
  throw new CliError(`The chain parameters in the database make no sense: ${loaded.mistakes.join('; ')}.`, {
    reason: 'database-inconsistent',
  });
}

async function verifyStorage(
  context: Context,
  storage: Storage,
  config: NodeConfig,
  signatures: boolean,
): Promise<void> {
  if ((await storage.migrations.status()).some(({ appliedAtMs }) => appliedAtMs === undefined)) {
    throw new CliError('The schema is not up to date, so there is nothing to compare.', {
      reason: 'not-migrated',
      hint: 'mini-bitcoin db migrate brings it up to date.',
    });
  }
  const { verifyCoins } = await import('../../chainstate/index.ts');
  const { createVerifier } = await import('../../node/verifier.ts');
  const params = await paramsOf(storage, config);
  const verifier = createVerifier();
  try {
    const clock = { nowMs: () => Date.now(), nowS: () => Math.floor(Date.now() / 1000) };
    const report = await context.withProgress('Verifying', (progress) =>
      verifyCoins(
        { store: storage.chain, verifier, clock },
        {
          params,
          signatures,
          signal: context.signal,
          onProgress: (done, total) => progress.say(`Verifying  ${barText(done, total)} blocks`),
        },
      ),
    );
    const { blocks, coins, problems } = report;
    const ok = problems.length === 0;
    if (ok) {
      context.result(
        { ok, blocks, coins, signatures, problems },
        () =>
          `${context.style.green('All is well.')} ${counted(blocks, 'block')} give ${counted(coins, 'coin')}, and these are in the database.`,
      );
      return;
    }
    throw new CliError(
      `The database does not fit its blocks:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
      {
        reason: 'database-inconsistent',
        hint: 'Keep a copy of the data directory, and synchronise a new one from peers.',
        facts: { blocks, coins, signatures, problems },
      },
    );
  } finally {
    await verifier.close();
  }
}
