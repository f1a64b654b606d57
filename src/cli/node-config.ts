/** Flags of `node` and `db`, made from the one table of options; and the configuration that they lead to. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { CONFIG_OPTIONS, type ConfigOption } from '../node/config-options.ts';
import type { NodeConfig } from '../node/config.ts';
import { CliError } from './cli-errors.ts';
import type { Context } from './context.ts';
import { EXIT } from './exit-codes.ts';

const GROUP_TITLES: Readonly<Record<ConfigOption['group'], string>> = {
  node: 'Node:',
  chain: 'Chain (all nodes of a network need the same):',
  network: 'Network:',
  access: 'Access:',
  policy: 'Policy:',
  logging: 'Log:',
};

/** A folder without a `.env`, for configurations that nothing from outside may change. */
export const NO_SETTINGS_HERE = join(tmpdir(), 'mini-bitcoin-no-settings-here');

/** Longer defaults (the target) are shown shortened. */
const MAX_DEFAULT_LENGTH = 24;

/** Adds the options of the table, or those of them that are wanted. */
export function addConfigOptions(
  command: Command,
  wanted: (option: ConfigOption) => boolean = () => true,
): Command {
  for (const option of CONFIG_OPTIONS as readonly ConfigOption[]) {
    if (!wanted(option)) continue;
    const { default: byDefault } = option;
    const shown = byDefault.length > MAX_DEFAULT_LENGTH ? `${byDefault.slice(0, 12)}…` : byDefault;
    const said = byDefault === '' ? option.env : `${option.env}, default: ${shown}`;
    command.addOption(
      new Option(`--${option.flag} <${option.placeholder}>`, `${option.description} (${said})`).helpGroup(
        GROUP_TITLES[option.group],
      ),
    );
  }
  return command;
}

/** Reads flags, environment and `.env`. @throws CliError that names every mistake */
export async function readConfig(context: Context, command: Command): Promise<NodeConfig> {
  const { loadConfig } = await import('../node/config.ts');
  const values = command.opts<Record<string, string | undefined>>();
  const flags = Object.fromEntries(
    command.options.map((option) => [option.long?.slice(2) ?? '', values[option.attributeName()]]),
  );
  const known = new Set<string>(CONFIG_OPTIONS.map(({ flag }) => flag));
  const loaded = loadConfig({
    flags: Object.fromEntries(Object.entries(flags).filter(([flag]) => known.has(flag))),
    env: context.terminal.env,
    cwd: context.terminal.cwd,
  });
  if (loaded.ok) return loaded.config;
  const { mistakes } = loaded;
  throw new CliError(
    mistakes.length === 1
      ? `The configuration has a mistake: ${mistakes[0] ?? ''}.`
      : `The configuration has ${mistakes.length} mistakes:\n${mistakes.map((mistake) => `  ${mistake}`).join('\n')}`,
    {
      exitCode: EXIT.usage,
      reason: 'bad-configuration',
      hint: 'Settings come from flags, then the environment, then .env: mini-bitcoin node --help lists them.',
      facts: { mistakes },
    },
  );
}
