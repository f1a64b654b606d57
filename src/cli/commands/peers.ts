/** `peers list|add|remove|ban|unban`, `sync`. */
import type { ChalkInstance } from 'chalk';
import type { Command } from 'commander';
import type { ApiClient } from '../../protocol/client.ts';
import type { PeersAnswer, StoredPeer } from '../../protocol/index.ts';
import { parseDuration } from '../arguments.ts';
import { baseUrl, type Context } from '../context.ts';
import { agoText, bytesText, durationText, plainText, timeText } from '../describe.ts';
import { type Column, type Row, tableText } from '../layout.ts';
import { ifItCan } from '../older-nodes.ts';
import type { Progress } from '../progress.ts';
import { syncText } from '../sync-progress.ts';
import { examples } from './examples.ts';

const URL_HELP = 'its address, like http://127.0.0.1:8001';
/** The longest ban that a node takes: a year. */
const MAX_BAN_S = 365 * 86_400;

export function addPeerCommands(program: Command, context: Context): void {
  const peers = program
    .command('peers')
    .summary('list, add, remove and ban other nodes')
    .description('Shows the nodes that this node knows, adds and removes some, and keeps others away.');
  peers
    .command('list')
    .description(
      'Lists all peers that are known, those in use first. A terminal that is too narrow gets the most important columns.',
    )
    .addHelpText('after', examples('mini-bitcoin peers list', 'mini-bitcoin peers list --json'))
    .action(async () => printPeers(context));
  peers
    .command('add')
    .description('Adds a node, which is tried at once and for ever. A ban of it ends.')
    .argument('<url>', URL_HELP)
    .addHelpText('after', examples('mini-bitcoin peers add http://127.0.0.1:8001'))
    .action(async (url: string) => {
      const answer = await context.client().addPeer(baseUrl(url), context.call);
      context.result(answer, () => answer.message);
    });
  peers
    .command('remove')
    .description(
      'Ends the connection and forgets the node. Others may tell of it again, or it may call: to keep it away, ban it.',
    )
    .argument('<url>', URL_HELP)
    .addHelpText('after', examples('mini-bitcoin peers remove http://127.0.0.1:8001'))
    .action(async (url: string) => {
      const answer = await ifItCan(context.client().removePeer(baseUrl(url), context.call));
      context.result(answer, () => answer.message);
    });
  peers
    .command('ban')
    .description('Ends the connection and refuses the node, both ways, for a day. It need not be known yet.')
    .argument('<url>', URL_HELP)
    .option('--for <time>', 'how long: 30m, 1h, 2d, or seconds')
    .option('--reason <text>', 'why, as the list will show it')
    .addHelpText(
      'after',
      examples('mini-bitcoin peers ban http://203.0.113.9:8000 --for 2d --reason "sends nonsense"'),
    )
    .action(async (url: string, options: { for?: string; reason?: string }) => {
      const ban = {
        ...(options.for === undefined ? {} : { seconds: parseDuration(options.for, '--for', MAX_BAN_S) }),
        ...(options.reason === undefined ? {} : { reason: options.reason }),
      };
      const answer = await ifItCan(context.client().banPeer(baseUrl(url), ban, context.call));
      context.result(answer, () => `${answer.message}\nuntil  ${timeText(Math.floor(answer.banned_until))}`);
    });
  peers
    .command('unban')
    .description('Ends a ban.')
    .argument('<url>', URL_HELP)
    .addHelpText('after', examples('mini-bitcoin peers unban http://203.0.113.9:8000'))
    .action(async (url: string) => {
      const answer = await ifItCan(context.client().unbanPeer(baseUrl(url), context.call));
      context.result(answer, () => answer.message);
    });

  program
    .command('sync')
    .summary('fetch the chain of another node now')
    .description('Lets the node fetch what a peer has and it has not. The chain with more work wins.')
    .argument('<url>', 'address of the peer, like http://127.0.0.1:8001')
    .addHelpText('after', examples('mini-bitcoin sync http://127.0.0.1:8001'))
    .action(async (url: string) => {
      const peer = baseUrl(url);
      const client = context.client();
      const answer = await context.withProgress(`Synchronising with ${peer}`, async (progress) => {
        const stopTelling = tellProgress(context, client, progress);
        try {
          return await client.sync(peer, context.call);
        } finally {
          stopTelling();
        }
      });
      context.result(answer, () => `${answer.message}\nheight  ${answer.new_height}`);
    });
}

const TELL_EVERY_MS = 500;

/** Shows how far the node is, where somebody watches and the node tells. */
function tellProgress(context: Context, client: ApiClient, progress: Progress): () => void {
  if (context.terminal.stderr.isTTY !== true) return () => undefined;
  let asking = false;
  const timer = setInterval(() => {
    if (asking) return; // a busy node gets no pile of questions
    asking = true;
    client
      .health(context.call)
      .then(
        (health) => {
          // Before the first header arrives, and after the last block, the node is idle: then the sentence stays.
          const text =
            (health as Partial<typeof health>).sync?.state === 'idle' ? undefined : syncText(health);
          if (text !== undefined) progress.say(`Synchronising  ${text}`);
        },
        () => undefined, // the call itself will say what is wrong
      )
      .finally(() => (asking = false));
  }, TELL_EVERY_MS);
  return () => clearInterval(timer);
}

// --- The list -----------------------------------------------------------------------------------------------------

/** A peer as any node may tell of it: the original knows four fields only. */
type ToldPeer = Pick<StoredPeer, 'url'> & Partial<StoredPeer>;

async function printPeers(context: Context): Promise<void> {
  const answer = await context.client().peers(context.call);
  context.result(answer, () => {
    const peers = allOf(answer);
    if (peers.length === 0) return 'No peers yet. Add one: mini-bitcoin peers add URL';
    const nowS = Date.now() / 1000;
    const { columns, row } = peers.some(({ state }) => state !== undefined)
      ? fullTable(nowS)
      : originalTable(new Set(answer.peers), nowS);
    return tableText(context.layout, columns, peers.map(row));
  });
}

/** The original may have peers in use that it does not keep. */
function allOf(answer: PeersAnswer): ToldPeer[] {
  const stored = new Map<string, ToldPeer>(answer.stored_peers.map((peer) => [peer.url, peer]));
  const unkept = answer.peers.filter((url) => !stored.has(url)).map((url) => ({ url }));
  return [...unkept, ...stored.values()];
}

interface PeerTable {
  readonly columns: readonly Column[];
  readonly row: (peer: ToldPeer) => Row;
}

function fullTable(nowS: number): PeerTable {
  return {
    columns: [
      { title: 'url', cut: { to: 22, at: 'middle' } },
      { title: 'state', paint: paintState },
      { title: 'kind', spare: 6 },
      { title: 'height', align: 'right', spare: 1 },
      { title: 'latency', align: 'right', spare: 2 },
      { title: 'received', align: 'right', spare: 5 },
      { title: 'sent', align: 'right', spare: 5 },
      { title: 'failures', align: 'right', spare: 3 },
      { title: 'points', align: 'right', spare: 4 },
      { title: 'last seen or error', cut: { to: 18, at: 'end' } },
    ],
    row: (peer) => [
      peer.url,
      peer.state ?? '-',
      peer.kind ?? '-',
      heightText(peer.height),
      latencyText(peer.latency_ms),
      bytesText(peer.bytes_received ?? 0),
      bytesText(peer.bytes_sent ?? 0),
      peer.failures ?? 0,
      peer.misbehaviour ?? 0,
      lastText(peer, nowS),
    ],
  };
}

function originalTable(inUse: ReadonlySet<string>, nowS: number): PeerTable {
  return {
    columns: [
      { title: 'url', cut: { to: 22, at: 'middle' } },
      { title: 'state', paint: paintState },
      { title: 'failures', align: 'right' },
      { title: 'last seen' },
    ],
    row: (peer) => [
      peer.url,
      inUse.has(peer.url) ? 'in-use' : 'remembered',
      peer.failures ?? 0,
      seenText(peer, nowS),
    ],
  };
}

function paintState(state: string, style: ChalkInstance): string {
  switch (state) {
    case 'connected':
    case 'in-use':
      return style.green(state);
    case 'waiting':
    case 'refused':
      return style.yellow(state);
    case 'banned':
      return style.red(state);
    default:
      return style.dim(state);
  }
}

function heightText(height: number | null | undefined): string | number {
  if (height === null || height === undefined) return '-';
  return height < 0 ? 'empty' : height;
}

function latencyText(latencyMs: number | null | undefined): string {
  if (latencyMs === null || latencyMs === undefined) return '-';
  return latencyMs < 10 ? `${Number(latencyMs.toFixed(1))} ms` : durationText(latencyMs / 1000);
}

/** What a person wants to know: of a good peer when it answered, of the others why not. */
function lastText(peer: ToldPeer, nowS: number): string {
  const { state, banned_until: bannedUntil, ban_reason: banReason, last_error: lastError } = peer;
  if (state === 'banned') {
    const left = typeof bannedUntil === 'number' ? Math.max(0, Math.round(bannedUntil - nowS)) : undefined;
    const why = plainText(banReason ?? '');
    return `${left === undefined ? '' : `${durationText(left)} left`}${why === '' ? '' : `: ${why}`}`;
  }
  const error = plainText(lastError ?? '');
  return state === 'connected' || error === '' ? seenText(peer, nowS) : error;
}

function seenText({ last_seen: lastSeen }: ToldPeer, nowS: number): string {
  return typeof lastSeen === 'number' ? agoText(nowS - lastSeen) : '-';
}
