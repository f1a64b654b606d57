/** The waiting transactions. */
import { Type } from '@sinclair/typebox';
import { transactionToJson, type Txid } from '../../consensus/index.ts';
import type { Mempool, MempoolEntry } from '../../mempool/index.ts';
import {
  hashInput,
  MAX_MEMPOOL_PER_PAGE,
  MempoolAnswer,
  MempoolEntryAnswer,
  type MempoolInfoAnswer as MempoolInfo,
  MempoolInfoAnswer,
  MempoolQuery,
} from '../../protocol/index.ts';
import { notFound, refusal } from '../refusal.ts';
import { type Api, answers, type RouteContext } from '../route-context.ts';

const TxidPath = Type.Object({ txid: hashInput('A transaction’s id.') });
/** A page ends when its transactions have so many full bytes, whatever its limit. */
const MAX_PAGE_BYTES = 4_000_000;

export function mempoolRoutes(app: Api, { services: { mempool } }: RouteContext): void {
  app.get(
    '/mempool',
    {
      schema: {
        tags: ['mempool'],
        summary: 'The waiting transactions',
        description: 'In pages: a full mempool would be a hundred megabytes of JSON.',
        querystring: MempoolQuery,
        response: answers(MempoolAnswer, 'A page of transactions, parents before children.'),
      },
    },
    (request) => {
      const { limit = MAX_MEMPOOL_PER_PAGE, cursor } = request.query;
      const after = cursor === undefined ? 0 : sequenceOf(cursor);
      const page: MempoolEntry[] = [];
      let bytes = 0;
      let next: string | null = null;
      for (const entry of mempool.acceptedAfter(after)) {
        const last = page.at(-1);
        if (last !== undefined && (page.length >= limit || bytes + entry.sizeBytes > MAX_PAGE_BYTES)) {
          next = `m.${last.sequence}`;
          break;
        }
        page.push(entry);
        bytes += entry.sizeBytes;
      }
      return { size: mempool.size, transactions: page.map(({ tx }) => transactionToJson(tx)), next };
    },
  );

  app.get(
    '/mempool/info',
    {
      schema: {
        tags: ['mempool'],
        summary: 'How full the mempool is, and what one must pay',
        response: answers(MempoolInfoAnswer, 'Sums over all waiting transactions.'),
      },
    },
    () => mempoolInfo(mempool),
  );

  app.get(
    '/mempool/:txid',
    {
      schema: {
        tags: ['mempool'],
        summary: 'One waiting transaction and its relatives',
        params: TxidPath,
        response: answers(
          MempoolEntryAnswer,
          'The transaction, its fee and what hangs together with it.',
          [404],
        ),
      },
    },
    (request) => {
      const entry = mempool.get(request.params.txid.toLowerCase() as Txid);
      if (entry === undefined) throw notFound('no transaction of this id waits in the mempool');
      const { withAncestors, withDescendants } = entry;
      return {
        transaction: transactionToJson(entry.tx),
        fee: entry.fee,
        size: entry.sizeBytes,
        fee_per_kb: Math.floor((entry.fee * 1_000) / entry.sizeBytes),
        received_at: entry.receivedAtMs / 1_000,
        ancestors: { count: withAncestors.count, size: withAncestors.sizeBytes, fees: withAncestors.fee },
        descendants: {
          count: withDescendants.count,
          size: withDescendants.sizeBytes,
          fees: withDescendants.fee,
        },
        parents: [...entry.parents].map(({ txid }) => txid),
        children: [...entry.children].map(({ txid }) => txid),
      };
    },
  );
}

/** Sums over the mempool, in the words of the API. */
export function mempoolInfo(mempool: Mempool): MempoolInfo {
  const stats = mempool.stats();
  return {
    size: stats.size,
    bytes: stats.bytes,
    max_bytes: stats.maxBytes,
    total_fees: stats.fees,
    min_fee_per_kb: stats.minimumFeePerKb,
    relay_fee_per_kb: mempool.policy.minRelayFeePerKb,
    orphans: stats.orphans,
    orphan_bytes: stats.orphanBytes,
  };
}

function sequenceOf(cursor: string): number {
  const digits = /^m\.(\d{1,15})$/.exec(cursor)?.[1];
  if (digits === undefined)
    throw refusal(422, 'bad-cursor', 'the cursor is not one that this list handed out');
  return Number(digits);
}
