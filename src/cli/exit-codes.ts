/** What the command's exit code tells a script. Documented in `--help`; never renumber. */
export const EXIT = {
  ok: 0,
  /** Refused by the rules, or it did not work. */
  failed: 1,
  /** Called in a way that makes no sense. */
  usage: 2,
  /** No node answers. */
  unreachable: 3,
  /** The thing asked for does not exist. */
  notFound: 4,
  /** Ctrl-C (128 + SIGINT, as shells count). */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** For the end of `mini-bitcoin --help`. */
export const EXIT_CODES_HELP = `Exit codes:
  0    it worked (also: node, watch and mine --continuous, when stopped with Ctrl-C)
  1    refused by the rules, or it failed
  2    wrong usage
  3    the node cannot be reached
  4    no such block, transaction or coin
  130  interrupted`;
