/**
 * Rules for a header (Core: CheckBlockHeader, ContextualCheckBlockHeader in validation.cpp).
 *
 * Believing a header is cheap to check and expensive to forge, so this comes before anything else is looked at:
 *   bad-diffbits          the target is computed, never believed: whoever could choose it would mine for free
 *   high-hash             the work was done
 *   time-too-old          after the median of the last 11: no single miner can drag time backwards
 *   time-timewarp-attack  (BIP94) a miner majority could otherwise set the first block of each interval far into the past,
 *                         make every interval look slow, and lower the difficulty without end
 *   time-too-new          at most two hours ahead of our clock
 * All but the last depend on the header alone and its ancestors, so a hash that fails them is bad for ever.
 */
import type { BlockHash } from './hash.ts';
import type { BlockHeader } from './header.ts';
import { type ChainParams, MAX_FUTURE_BLOCK_TIME_S, MAX_TIMEWARP_S, MEDIAN_TIME_SPAN } from './params.ts';
import { fail, OK, type Verdict } from './reasons.ts';
import { expectedTarget, type TimedBlock } from './retarget.ts';
import { hashMeetsTarget, targetToJson } from './target.ts';

/** Median of the timestamps of `block` and its ten ancestors (fewer near genesis); 0 before genesis. In seconds. */
export function medianTimePast(block: TimedBlock | null): number {
  const timestamps: number[] = [];
  for (let at = block; at !== null && timestamps.length < MEDIAN_TIME_SPAN; at = at.parent)
    timestamps.push(at.timestamp);
  timestamps.sort((a, b) => a - b);
  return timestamps[Math.floor(timestamps.length / 2)] ?? 0;
}

/** The earliest timestamp that a child of `parent` may have, in seconds. */
export function earliestTimestamp(parent: TimedBlock | null, params: ChainParams): number {
  if (parent === null) return 0;
  const afterMedian = medianTimePast(parent) + 1;
  return startsInterval(parent.height + 1, params)
    ? Math.max(afterMedian, parent.timestamp - MAX_TIMEWARP_S)
    : afterMedian;
}

function startsInterval(height: number, params: ChainParams): boolean {
  return params.retargetInterval > 0 && height % params.retargetInterval === 0;
}

/**
 * All rules for a header whose parent is known and valid.
 * @param parent null where the header claims to be a genesis block
 * @param nowS our clock, in seconds
 */
export function checkHeader(
  header: BlockHeader,
  hash: BlockHash,
  parent: TimedBlock | null,
  params: ChainParams,
  nowS: number,
): Verdict {
  const target = expectedTarget(parent, params);
  if (header.target !== target) {
    return fail(
      'bad-diffbits',
      `the target is ${targetToJson(header.target)}, expected ${targetToJson(target)}`,
    );
  }
  if (!hashMeetsTarget(hash, header.target)) {
    return fail('high-hash', `the hash ${hash} is above the target ${targetToJson(header.target)}`);
  }
  if (parent !== null) {
    const median = medianTimePast(parent);
    if (header.timestamp <= median) {
      return fail(
        'time-too-old',
        `timestamp ${header.timestamp} is not after the median ${median} of the last ${MEDIAN_TIME_SPAN} blocks`,
      );
    }
    if (startsInterval(parent.height + 1, params) && header.timestamp < parent.timestamp - MAX_TIMEWARP_S) {
      return fail(
        'time-timewarp-attack',
        `timestamp ${header.timestamp} lies more than ${MAX_TIMEWARP_S} s before the parent's ${parent.timestamp}`,
      );
    }
  }
  if (header.timestamp > nowS + MAX_FUTURE_BLOCK_TIME_S) {
    return fail(
      'time-too-new',
      `timestamp ${header.timestamp} is more than ${MAX_FUTURE_BLOCK_TIME_S} s ahead of our clock (${nowS})`,
    );
  }
  return OK;
}
