/** `status`, `mempool`. (Peers: peers.ts.) */
import type { Command } from 'commander';
import {
  type MempoolEntryAnswer,
  PEER_STATES,
  type PeersAnswer,
  type Transaction,
} from '../../protocol/index.ts';
import { parseHash, parseWholeNumber } from '../arguments.ts';
import type { Context } from '../context.ts';
import { amountText, counted, durationText, hashRateText, timeText } from '../describe.ts';
import { type Fact, factsText, tableText } from '../layout.ts';
import { whereKnown } from '../older-nodes.ts';
import { allMempool } from '../../protocol/spendable-coins.ts';
import { syncText } from '../sync-progress.ts';
import { examples } from './examples.ts';

export function addStatusCommands(program: Command, context: Context): void {
  program
    .command('status')
    .summary('show how the node is')
    .description(
      'Shows the node, its chain, its mempool, its mining, its peers and how far it has caught up on one page.',
    )
    .addHelpText(
      'after',
      examples('mini-bitcoin status', 'mini-bitcoin status --node http://192.168.1.20:8000 --json'),
    )
    .action(async () => printStatus(context));

  program
    .command('mempool')
    .summary('list the transactions that wait for a block')
    .description(
      'Lists waiting transactions with their fees; with an id, shows one of them and its relatives.',
    )
    .argument('[txid]', 'one waiting transaction')
    .option('--limit <n>', 'at most so many', '50')
    .addHelpText('after', examples('mini-bitcoin mempool', 'mini-bitcoin mempool --json'))
    .action(async (txid: string | undefined, options: { limit: string }) =>
      txid === undefined
        ? printMempool(context, options)
        : printEntry(context, parseHash(txid, 'a transaction id')),
    );
}

async function printStatus(context: Context): Promise<void> {
  const client = context.client();
  const health = await client.health(context.call); // first alone: it says whether anybody is there
  const [chain, mempool, mining, peers] = await Promise.all([
    whereKnown(client.chainInfo(context.call)),
    whereKnown(client.mempoolInfo(context.call)),
    whereKnown(client.miningStatus(context.call)),
    whereKnown(client.peers(context.call)),
  ]);
  const json = { ...health, url: context.nodeUrl, chain, mempool, mining, peers: peers?.peers };
  context.result(json, () => {
    const { style } = context;
    const facts: Fact[] = [
      ['node', `${health.node_name} at ${context.nodeUrl}`],
      ['status', health.status === 'healthy' ? style.green(health.status) : style.yellow(health.status)],
      // The original tells neither version nor uptime.
      ['version', (health as Partial<typeof health>).version],
      ['running for', upText((health as Partial<typeof health>).uptime_seconds)],
      ['height', health.chain_height < 0 ? 'no block yet' : health.chain_height],
      ['tip', health.tip_hash],
      [
        'tip time',
        chain === undefined || chain.tip_timestamp === null ? undefined : timeText(chain.tip_timestamp),
      ],
      ['coins', health.utxo_count],
      ['next reward', chain === undefined ? undefined : amountText(chain.next_subsidy)],
      ['mempool', mempoolText(health.mempool_size, mempool?.total_fees)],
      [
        'mining',
        mining === undefined ? undefined : mining.running ? `on, ${hashRateText(mining.hash_rate)}` : 'off',
      ],
      ['peers', peersText(health.peer_count, peers)],
      ['sync', syncText(health)],
    ];
    return factsText(context.layout, facts);
  });
}

function upText(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : durationText(seconds);
}

function mempoolText(size: number, fees: number | undefined): string {
  return `${counted(size, 'transaction')}${fees === undefined || size === 0 ? '' : `, fees ${amountText(fees)}`}`;
}

type PeerState = (typeof PEER_STATES)[number];
/** More addresses would fill the page; `peers list` has all. */
const MAX_URLS = 4;

/** `2 connected (http://a, http://b), 1 waiting, 1 banned`; of the original, which knows no states, their number and names. */
function peersText(count: number, peers: PeersAnswer | undefined): string {
  const urls = peers?.peers ?? [];
  const names = urls.slice(0, MAX_URLS).join(', ') + (urls.length > MAX_URLS ? ', …' : '');
  const states = (peers?.stored_peers ?? []).map(({ state }: { state?: PeerState }) => state);
  if (!states.some((state) => state !== undefined))
    return names === '' ? String(count) : `${count}: ${names}`;
  return PEER_STATES.map((state) => ({ state, size: states.filter((other) => other === state).length }))
    .filter(({ size }) => size > 0)
    .map(({ state, size }) => `${size} ${state}${state === 'connected' ? ` (${names})` : ''}`)
    .join(', ');
}

const QUESTIONS_AT_ONCE = 10;

async function printMempool(context: Context, options: { limit: string }): Promise<void> {
  const limit = parseWholeNumber(options.limit, '--limit', 1, 1_000_000);
  const client = context.client();
  const info = await whereKnown(client.mempoolInfo(context.call));
  const shown: Transaction[] = [];
  for await (const tx of allMempool(client, context.call)) {
    if (shown.length >= limit) break;
    shown.push(tx);
  }
  // Fees are told for one transaction at a time. One that was mined between the two questions is left without.
  const entries: { transaction: Transaction; entry: MempoolEntryAnswer | undefined }[] = [];
  for (let i = 0; i < shown.length; i += QUESTIONS_AT_ONCE) {
    const part = shown.slice(i, i + QUESTIONS_AT_ONCE);
    const answers = await Promise.all(
      part.map(({ txid }) => whereKnown(client.mempoolEntry(txid, context.call))),
    );
    part.forEach((transaction, j) => entries.push({ transaction, entry: answers[j] }));
  }
  entries.sort((a, b) => (b.entry?.fee_per_kb ?? 0) - (a.entry?.fee_per_kb ?? 0));
  const size = info?.size ?? shown.length;
  const json = {
    ...(info ?? { size }),
    transactions: entries.map(({ transaction, entry }) => ({
      ...transaction,
      fee: entry?.fee ?? null,
      size: entry?.size ?? null,
      fee_per_kb: entry?.fee_per_kb ?? null,
    })),
  };
  context.result(json, () => {
    if (entries.length === 0) return 'No transaction waits.';
    const table = tableText(
      context.layout,
      [
        { title: 'txid', hash: true },
        { title: 'pays', align: 'right' },
        { title: 'fee', align: 'right' },
        { title: 'bytes', align: 'right' },
        { title: 'per byte', align: 'right' },
      ],
      entries.map(({ transaction: { txid, outputs }, entry }) => [
        txid,
        outputs.reduce((sum, { amount }) => sum + amount, 0),
        entry?.fee ?? '?',
        entry?.size ?? '?',
        entry === undefined ? '?' : rateText(entry),
      ]),
    );
    if (!context.layout.isTerminal) return table;
    const more = size > entries.length ? `, ${entries.length} of them shown (--limit)` : '';
    const fees = info === undefined ? '' : `; fees together ${amountText(info.total_fees)}`;
    return `${table}\n${counted(size, 'transaction')}${more}${fees}`;
  });
}

/** Base units per byte, as `send --fee-rate` takes them. */
function rateText({ fee_per_kb: feePerKb }: MempoolEntryAnswer): string {
  return String(Number((feePerKb / 1000).toFixed(3)));
}

async function printEntry(context: Context, txid: string): Promise<void> {
  const entry = await context.client().mempoolEntry(txid, context.call);
  context.result(entry, () =>
    factsText(context.layout, [
      ['txid', txid],
      ['fee', amountText(entry.fee)],
      ['bytes', entry.size],
      ['fee rate', `${rateText(entry)} per byte`],
      ['waits since', timeText(Math.floor(entry.received_at))],
      ['spends from', entry.parents.length === 0 ? undefined : entry.parents.join(', ')],
      ['spent by', entry.children.length === 0 ? undefined : entry.children.join(', ')],
      [
        'with ancestors',
        `${counted(entry.ancestors.count, 'transaction')}, fees ${amountText(entry.ancestors.fees)}`,
      ],
    ]),
  );
}
