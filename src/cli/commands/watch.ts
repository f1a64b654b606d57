/** `watch`: what happens in a node, as it happens. */
import { Argument, type Command } from 'commander';
import {
  EventClient,
  type EventClientState,
  type EventMessage,
  MAX_TOPICS,
  PLAIN_TOPICS,
  type PlainTopic,
  type SnapshotMessage,
  type Socket,
  type Topic,
} from '../../protocol/index.ts';
import { parseAddress, parseWholeNumber } from '../arguments.ts';
import { CliError, InterruptedError, usageError } from '../cli-errors.ts';
import type { Context } from '../context.ts';
import { plainText, timeText } from '../describe.ts';
import { EventLines } from '../event-lines.ts';
import { examples } from './examples.ts';

/** Messages with peers are many: who wants them says so. */
const USUAL_TOPICS = PLAIN_TOPICS.filter((topic) => topic !== 'messages');

interface WatchOptions {
  readonly address?: readonly string[];
  readonly count?: string;
}

export function addWatchCommand(program: Command, context: Context): void {
  program
    .command('watch')
    .summary('follow what happens in the node')
    .description(
      'Shows what happens in the node as it happens, until Ctrl-C: blocks, reorganisations, waiting transactions, mining, peers, and the messages with them. ' +
        'After a break of the line it goes on where it was. With --json each message of the node is one line of JSON ' +
        '(docs/events.md).',
    )
    .addArgument(
      new Argument('[topics...]', 'what to follow (default: all of these but messages)').choices(
        PLAIN_TOPICS,
      ),
    )
    .option(
      '--address <address>',
      'follow an address, too; may be given again',
      (text: string, before: readonly string[] | undefined) => [...(before ?? []), text],
    )
    .option('--count <n>', 'end after so many events')
    .addHelpText(
      'after',
      examples(
        'mini-bitcoin watch',
        'mini-bitcoin watch blocks reorgs',
        'mini-bitcoin watch messages                         what is said to peers, and by them',
        'mini-bitcoin watch blocks --count 1                 wait for the next block',
        'mini-bitcoin watch mempool --address 28bff34c1c08327af2418f9f92ebac4482aaf81d --json',
      ),
    )
    .action(async (topics: PlainTopic[], options: WatchOptions) => watch(context, topics, options));
}

async function watch(context: Context, plain: readonly PlainTopic[], options: WatchOptions): Promise<void> {
  const topics = topicsOf(plain, options.address ?? []);
  const wanted =
    options.count === undefined ? Infinity : parseWholeNumber(options.count, '--count', 1, 1_000_000_000);
  const { node_name: name } = await context.client().health(context.call); // says whether anybody is there
  const connect = await socketMaker();
  try {
    await new Promise<void>((resolve, reject) => {
      const screen = new EventScreen(context, `${plainText(name)} at ${context.nodeUrl}`);
      let shown = 0;
      const client = new EventClient({
        baseUrl: context.nodeUrl,
        topics,
        connect,
        onSnapshot: (message) => screen.snapshot(message),
        onEvent: (message) => {
          if (shown >= wanted || !screen.event(message)) return;
          if (++shown === wanted) end();
        },
        onState: (state) => {
          if (state.name === 'reconnecting' && !screen.hasBegun) end(noEvents(state.reason));
          else screen.state(state);
        },
        onProblem: ({ detail }) => context.warn(plainText(detail)),
      });
      const stop = (): void => end(context.signal.reason as Error);
      const end = (failure?: Error): void => {
        context.signal.removeEventListener('abort', stop);
        client.close();
        if (failure === undefined) resolve();
        else reject(failure);
      };
      context.signal.addEventListener('abort', stop, { once: true });
      if (context.signal.aborted) stop();
      else client.open();
    });
  } catch (error) {
    // To be stopped is how it ends; only who asked for a number of events did not get them.
    if (!(error instanceof InterruptedError) || wanted !== Infinity) throw error;
  }
}

function topicsOf(plain: readonly PlainTopic[], addresses: readonly string[]): Topic[] {
  const followed = addresses.map((address): Topic => `address:${parseAddress(address)}`);
  const topics = [...new Set<Topic>([...(plain.length === 0 ? USUAL_TOPICS : plain), ...followed])];
  if (topics.length <= MAX_TOPICS) return topics;
  throw usageError(
    `These are ${topics.length} topics, and a node tells of ${MAX_TOPICS} at once.`,
    'Follow fewer addresses, or run the command twice.',
  );
}

/** The platform's WebSocket; Node 20 has none. */
async function socketMaker(): Promise<(url: string) => Socket> {
  const Maker =
    typeof globalThis.WebSocket === 'function' ? globalThis.WebSocket : (await import('undici')).WebSocket;
  return (url) => new Maker(url) as unknown as Socket;
}

/** The node answers questions, but the first connection for events did not come about. */
function noEvents(why: string): CliError {
  return new CliError(`The node tells no events: ${plainText(why)}.`, {
    reason: 'no-events',
    hint: 'It may be of an older version or the original, have enough clients already, or a proxy in between may not let WebSockets pass.',
  });
}

const PROGRESS_EVERY_MS = 5_000;

/** What is printed: events on standard output, and how the line is on standard error. */
class EventScreen {
  /** Whether the node has told anything yet. */
  hasBegun = false;
  private readonly context: Context;
  private readonly node: string;
  private readonly lines: EventLines;
  private readonly isTerminal: boolean;
  private run: string | undefined;
  private isBroken = false;
  /** The next snapshot comes after a break. */
  private isBack = false;

  constructor(context: Context, node: string) {
    this.context = context;
    this.node = node;
    const { layout } = context;
    this.isTerminal = layout.isTerminal;
    this.lines = new EventLines({
      layout,
      ...(layout.isTerminal ? { progressEveryMs: PROGRESS_EVERY_MS } : {}),
    });
  }

  snapshot(message: SnapshotMessage): void {
    const { context } = this;
    const facts = this.lines.snapshot(message).join('; ');
    const stands = facts === '' ? '' : `: ${facts}`;
    if (context.json) context.item(message, () => '');
    if (this.run === undefined) context.note(`Following ${this.node}${stands}.\nCtrl-C ends it.`);
    else if (this.isBack)
      this.remark(
        message.run === this.run
          ? `back; what happened meanwhile cannot be told one by one${stands}`
          : `back; the node was started anew${stands}`,
      );
    this.isBack = false;
    this.run = message.run;
  }

  /** @returns whether it was worth a line */
  event(message: EventMessage): boolean {
    const { context } = this;
    const text = this.lines.event(message);
    if (!context.json && text === undefined) return false;
    context.item(message, () => `${context.style.dim(this.timeText(message.at))}  ${text ?? ''}`);
    return true;
  }

  state(state: EventClientState): void {
    if (state.name === 'live') {
      this.hasBegun = true;
      if (!this.isBroken) return;
      this.isBroken = false;
      this.isBack = !state.resumed;
      if (state.resumed) this.remark('back; nothing was missed');
    } else if (state.name === 'reconnecting' && !this.isBroken) {
      this.isBroken = true;
      this.remark(`connection lost (${plainText(state.reason)}), trying again ...`);
    }
  }

  /** How the line is. */
  private remark(text: string): void {
    const { context } = this;
    if (context.json) context.warn(text);
    else {
      const style = context.errorStyle;
      context.note(`${style.dim(this.timeText(Date.now() / 1_000))}  ${style.yellow(text)}`);
    }
  }

  /** Somebody who watches knows the day; a file is read later. */
  private timeText(seconds: number): string {
    const text = timeText(Math.floor(seconds));
    return this.isTerminal ? text.slice(11, 19) : text;
  }
}
