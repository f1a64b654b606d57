/**
 * Shell completion, generated from the tree of commands: what the program can do is written down once.
 *
 * The scripts hold everything as text and never call the program, so pressing Tab costs nothing. Each walks the words typed so
 * far down the tree (`/chain/export`) and offers what is known there.
 */
import type { Argument, Command, Option } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

type Kind = 'file' | 'folder' | 'text' | 'nothing';

interface CompletedOption {
  /** `--out`. */
  readonly flag: string;
  /** What its value is; `nothing` for a flag without one. */
  readonly value: Kind;
  readonly description: string;
}

interface CompletedCommand {
  /** `/chain/export`; empty for the program itself. */
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly subcommands: readonly CompletedCommand[];
  readonly options: readonly CompletedOption[];
  /** Words that its argument may be. */
  readonly choices: readonly string[];
  readonly takesFile: boolean;
}

/** The script for one shell; `names` are all the names of the program. */
export function completionScript(shell: Shell, program: Command, names: readonly string[]): string {
  const root = readCommand(program, '', optionsOf(program));
  const all = flatten(root);
  switch (shell) {
    case 'bash':
      return bashScript(all, names);
    case 'zsh':
      return zshScript(all, names);
    case 'fish':
      return fishScript(all, names);
  }
}

function readCommand(command: Command, path: string, globals: readonly CompletedOption[]): CompletedCommand {
  const isRoot = path === '';
  const args = command.registeredArguments;
  return {
    path,
    name: command.name(),
    description: firstSentence(command.summary() || command.description()),
    subcommands: command.commands.map((sub) => readCommand(sub, `${path}/${sub.name()}`, globals)),
    options: [
      ...(isRoot ? [] : optionsOf(command)),
      ...globals,
      { flag: '--help', value: 'nothing', description: 'display help for command' },
    ],
    choices: args.flatMap((argument) => argument.argChoices ?? []),
    takesFile: args.some((argument) => kindOf(argument) === 'file'),
  };
}

/** There is one line for it. */
function firstSentence(text: string): string {
  return text.replace(/\. .*$/s, '').replace(/\.$/, '');
}

function optionsOf(command: Command): CompletedOption[] {
  return command.options
    .filter((option) => option.long !== undefined && !option.hidden)
    .map((option) => ({ flag: option.long ?? '', value: kindOf(option), description: option.description }));
}

/** Told by the placeholder: `--out <file>`, `<dir>`. */
function kindOf(of: Option | Argument): Kind {
  const text = 'flags' in of ? (/[<[](.+)[>\]]/.exec(of.flags)?.[1] ?? '') : of.name();
  if (text === '') return 'nothing';
  if (/file/i.test(text)) return 'file';
  return /dir/i.test(text) ? 'folder' : 'text';
}

function flatten(command: CompletedCommand): CompletedCommand[] {
  return [command, ...command.subcommands.flatMap(flatten)];
}

function flagsWith(all: readonly CompletedCommand[], value: Kind): string[] {
  const flags = all.flatMap(({ options }) =>
    options.filter((option) => option.value === value).map(({ flag }) => flag),
  );
  return [...new Set(flags)].sort();
}

/** In single quotes, for all three shells. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function header(shell: Shell, how: string): string {
  return `# ${shell} completion for mini-bitcoin. ${how}\n`;
}

// --- bash (also 3.2, which macOS still has: no associative arrays) -------------------------------------------------

function bashScript(all: readonly CompletedCommand[], names: readonly string[]): string {
  const paths = all.filter(({ path }) => path !== '').map(({ path }) => path);
  const cases = all.map(
    ({ path, subcommands, options, choices, takesFile }) =>
      `    ${quoted(path)})\n` +
      `      words=${quoted([...subcommands.map(({ name }) => name), ...choices].join(' '))}\n` +
      `      options=${quoted(options.map(({ flag }) => flag).join(' '))}\n` +
      `      files=${takesFile ? 'yes' : ''} ;;`,
  );
  return `${header('bash', 'Use it with:  source <(mini-bitcoin completion bash)')}
_mini_bitcoin() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local where='' words='' options='' files='' i
  for (( i = 1; i < COMP_CWORD; i++ )); do
    case "$where/\${COMP_WORDS[i]}" in
      ${paths.join('|')}) where="$where/\${COMP_WORDS[i]}" ;;
    esac
  done
  COMPREPLY=()
  case "$previous" in
    ${flagsWith(all, 'file').join('|')}) _mini_bitcoin_paths -f; return ;;
    ${flagsWith(all, 'folder').join('|')}) _mini_bitcoin_paths -d; return ;;
    ${flagsWith(all, 'text').join('|')}) return ;;
  esac
  case "$where" in
${cases.join('\n')}
  esac
  if [[ "$cur" == -* ]]; then
    COMPREPLY=( $(compgen -W "$options" -- "$cur") )
  else
    [[ -n "$words" ]] && COMPREPLY=( $(compgen -W "$words" -- "$cur") )
    [[ -n "$files" ]] && _mini_bitcoin_paths -f
  fi
}

_mini_bitcoin_paths() {
  local path
  compopt -o filenames 2>/dev/null
  while IFS= read -r path; do COMPREPLY+=( "$path" ); done < <(compgen "$1" -- "$cur")
}

complete -F _mini_bitcoin ${names.join(' ')}
`;
}

// --- zsh -----------------------------------------------------------------------------------------------------------

/** `name:description`, where a colon in either would end it. */
function described(name: string, description: string): string {
  return quoted(`${name.replaceAll(':', '\\:')}:${description.replaceAll(':', '\\:')}`);
}

function zshScript(all: readonly CompletedCommand[], names: readonly string[]): string {
  const paths = all.filter(({ path }) => path !== '').map(({ path }) => path);
  const cases = all.map(
    ({ path, subcommands, options, choices, takesFile }) =>
      `    ${quoted(path)})\n` +
      `      commands=(${[...subcommands.map((sub) => described(sub.name, sub.description)), ...choices.map(quoted)].join(' ')})\n` +
      `      options=(${options.map(({ flag, description }) => described(flag, description)).join(' ')})\n` +
      `      files=${takesFile ? 'yes' : ''} ;;`,
  );
  return `#compdef ${names.join(' ')}
${header('zsh', 'Use it with:  source <(mini-bitcoin completion zsh)')}
_mini_bitcoin() {
  local where='' files='' previous="\${words[CURRENT-1]}"
  local -a commands options
  integer i
  for (( i = 2; i < CURRENT; i++ )); do
    case "$where/\${words[i]}" in
      ${paths.join('|')}) where="$where/\${words[i]}" ;;
    esac
  done
  case "$previous" in
    ${flagsWith(all, 'file').join('|')}) _files; return ;;
    ${flagsWith(all, 'folder').join('|')}) _files -/; return ;;
    ${flagsWith(all, 'text').join('|')}) _message 'a value'; return ;;
  esac
  case "$where" in
${cases.join('\n')}
  esac
  if [[ "$PREFIX" == -* ]]; then
    _describe -o 'option' options
  else
    (( \${#commands} )) && _describe 'command' commands
    [[ -n "$files" ]] && _files
  fi
}

if [[ "\${funcstack[1]}" == _mini_bitcoin ]]; then
  _mini_bitcoin "$@"
else
  compdef _mini_bitcoin ${names.join(' ')}
fi
`;
}

// --- fish ----------------------------------------------------------------------------------------------------------

/** Within single quotes fish knows two escapes: \\' and \\\\. */
function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function fishScript(all: readonly CompletedCommand[], names: readonly string[]): string {
  const [name = '', ...aliases] = names;
  const paths = all.filter(({ path }) => path !== '').map(({ path }) => path);
  const lines = all.flatMap(({ path, subcommands, options, choices, takesFile }) => {
    const here = `complete -c ${name} -n ${fishQuoted(`__mini_bitcoin_at '${path}'`)}`;
    return [
      ...subcommands.map((sub) => `${here} -a ${sub.name} -d ${fishQuoted(sub.description)}`),
      ...choices.map((choice) => `${here} -a ${choice}`),
      ...options.map(({ flag, value, description }) => {
        const wants = {
          file: ' -r -F',
          folder: " -x -a '(__fish_complete_directories)'",
          text: ' -x',
          nothing: '',
        }[value];
        return `${here} -l ${flag.slice(2)}${wants} -d ${fishQuoted(description)}`;
      }),
      ...(takesFile ? [`${here} -F`] : []),
    ];
  });
  return `${header('fish', 'Use it with:  mini-bitcoin completion fish | source')}
function __mini_bitcoin_at
  set -l where ''
  for word in (commandline -opc)[2..-1]
    switch "$where/$word"
      case ${paths.join(' ')}
        set where "$where/$word"
    end
  end
  test "$where" = "$argv[1]"
end

complete -c ${name} -f
${lines.join('\n')}
${aliases.map((alias) => `complete -c ${alias} -w ${name}`).join('\n')}
`;
}
