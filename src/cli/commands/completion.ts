/** `completion`. */
import { Argument, type Command } from 'commander';
import type { Context } from '../context.ts';
import { completionScript, type Shell, SHELLS } from '../completion.ts';
import { examples } from './examples.ts';

/** Both names of the program (see `bin` in package.json). */
const PROGRAM_NAMES = ['mini-bitcoin', 'mbtc'];

export function addCompletionCommand(program: Command, context: Context): void {
  program
    .command('completion')
    .summary('print a script that completes commands in your shell')
    .description('Prints a script for your shell, which completes commands and options at the Tab key.')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .addHelpText(
      'after',
      examples(
        'source <(mini-bitcoin completion bash)        # in ~/.bashrc',
        'source <(mini-bitcoin completion zsh)         # in ~/.zshrc, after compinit',
        'mini-bitcoin completion fish | source         # in ~/.config/fish/config.fish',
      ),
    )
    .action((shell: Shell) => {
      const script = completionScript(shell, program, PROGRAM_NAMES);
      context.result({ shell, script }, () => script.trimEnd());
    });
}
