/** The next block as the miner would make it, told to people: what is in it, in which order, and why. */
import { type Address, isFinal, NO_BLOCK, targetToJson } from '../../consensus/index.ts';
import { ancestorsOf, type Mempool, type MempoolEntry } from '../../mempool/index.ts';
import { type BlockTemplate, fateOf, type SkipReason } from '../../mining/index.ts';
import {
  MAX_TEMPLATE_LISTED,
  MempoolTemplateAnswer,
  type TemplateEntry,
  type TemplateReason,
} from '../../protocol/index.ts';
import type { ApiServices } from '../services.ts';
import { type Api, answers, type RouteContext } from '../route-context.ts';

/** Whom it pays changes nothing about which transactions are in it. */
const NOBODY = '00'.repeat(20) as Address;

export function mempoolTemplateRoutes(app: Api, { services }: RouteContext): void {
  const { mempool, nextBlock } = services;
  let last: { readonly of: BlockTemplate['packages']; readonly entries: TemplateEntry[] } | undefined;

  app.get(
    '/mempool/template',
    {
      schema: {
        tags: ['mempool'],
        summary: 'The next block, and why each transaction is in it or not',
        description:
          'Made by the builder that the miner uses, and kept until other transactions wait or the tip is another one.',
        response: answers(MempoolTemplateAnswer, 'The block that would be mined now.'),
      },
    },
    (): MempoolTemplateAnswer => {
      const template = nextBlock.templateFor(NOBODY);
      if (last?.of !== template.packages)
        last = { of: template.packages, entries: listed(template, services) };
      const { header, limits } = template;
      return {
        height: template.height,
        previous_hash: header.prevHash === NO_BLOCK ? null : header.prevHash,
        target: targetToJson(header.target),
        subsidy: template.subsidy,
        total_fees: template.fees,
        size: template.sizeBytes,
        max_size: limits.sizeBytes,
        transaction_count: template.positions.size,
        max_transactions: limits.transactions,
        left_out: template.leftOut,
        min_fee_per_kb: mempool.stats().minimumFeePerKb,
        transactions: last.entries,
      };
    },
  );
}

/** A block that fills the list must not hide those that did not get in. */
const MAX_LISTED_IN_BLOCK = Math.floor((MAX_TEMPLATE_LISTED * 3) / 4);

function listed(template: BlockTemplate, { mempool, chain }: ApiServices): TemplateEntry[] {
  const room = MAX_TEMPLATE_LISTED - Math.min(template.positions.size, MAX_LISTED_IN_BLOCK);
  const out = bestLeftOut(mempool, template, room);
  const inBlock: MempoolEntry[] = [];
  for (const txid of template.positions.keys()) {
    const entry = mempool.get(txid);
    if (entry !== undefined) inBlock.push(entry);
    if (inBlock.length + out.length >= MAX_TEMPLATE_LISTED) break;
  }
  return [...inBlock, ...out].map((entry) => templateEntry(entry, template, chain.medianTimePast));
}

function bestLeftOut(mempool: Mempool, template: BlockTemplate, count: number): MempoolEntry[] {
  const entries: MempoolEntry[] = [];
  if (template.leftOut === 0) return entries;
  for (const entry of mempool.byMiningScore()) {
    if (template.positions.has(entry.txid)) continue;
    entries.push(entry);
    if (entries.length >= count) break;
  }
  return entries;
}

function templateEntry(entry: MempoolEntry, template: BlockTemplate, medianTimePast: number): TemplateEntry {
  const fate = fateOf(template, entry.txid);
  const together = template.packages.get(entry.txid) ?? missingPackage(entry, template);
  const reason: TemplateReason =
    fate.status === 'included'
      ? reasonIn(entry, together)
      : fate.reason === 'not-yet'
        ? whyNotYet(entry, template.height, medianTimePast)
        : fate.reason;
  return {
    txid: entry.txid,
    position: fate.status === 'included' ? fate.position : null,
    reason,
    fee: entry.fee,
    size: entry.sizeBytes,
    fee_per_kb: perKb(entry.fee, entry.sizeBytes),
    package: {
      count: together.count,
      size: together.sizeBytes,
      fees: together.fee,
      fee_per_kb: perKb(together.fee, together.sizeBytes),
      paid_by: together.by,
    },
    ancestors: entry.withAncestors.count,
    descendants: entry.withDescendants.count,
    parents: [...entry.parents].map(({ txid }) => txid),
    received_at: entry.receivedAtMs / 1_000,
    output_total: entry.tx.outputs.reduce((sum, { amount }) => sum + amount, 0),
  };
}

type Together = NonNullable<ReturnType<BlockTemplate['packages']['get']>>;

function reasonIn({ txid }: MempoolEntry, { by, count }: Together): TemplateReason {
  if (by !== txid) return 'paid-by-child';
  return count > 1 ? 'pays-for-parents' : 'own-fee';
}

/** What would have to come in with it: itself, and the ancestors that are not in the block. */
function missingPackage(entry: MempoolEntry, { positions }: BlockTemplate): Together {
  const whole = [entry, ...ancestorsOf(entry.parents)].filter(({ txid }) => !positions.has(txid));
  return {
    by: entry.txid,
    count: whole.length,
    sizeBytes: whole.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    fee: whole.reduce((sum, { fee }) => sum + fee, 0),
  };
}

function whyNotYet(
  entry: MempoolEntry,
  height: number,
  medianTimePast: number,
): Exclude<TemplateReason, SkipReason> {
  if (entry.matureFromHeight > height) return 'coinbase-immature';
  return isFinal(entry.tx, height, medianTimePast) ? 'parent-waits' : 'locktime';
}

const perKb = (fee: number, sizeBytes: number): number => Math.floor((fee * 1_000) / sizeBytes);
