import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EASY_PARAMS, GENESIS_TIME_S, grind } from '../../test/support/chain-builder.ts';
import { HeaderChain, mineHeader, type MinedHeader } from '../../test/support/header-chain.ts';
import {
  type BlockHeader,
  blockHashOf,
  type ChainParams,
  checkHeader,
  HeaderTree,
  MAX_FUTURE_BLOCK_TIME_S,
  MAX_TARGET,
  type Target,
  type TimedBlock,
} from '../consensus/index.ts';
import { HeaderPresync } from './header-presync.ts';

const NOW_S = GENESIS_TIME_S + 100_000_000;

/** How many blocks can be reached from the last one: what is kept in memory. */
function keptBy(presync: HeaderPresync): number {
  // What it holds is its own business; only here does a test look inside, since memory is what it promises.
  const { last, recent } = presync as unknown as { last: TimedBlock | null; recent: readonly TimedBlock[] };
  const reachable = new Set<TimedBlock>(recent);
  for (let at = last; at !== null; at = at.parent) reachable.add(at);
  return reachable.size;
}

/** Times as miners set them: mostly near the last, now and then backwards. */
const anyGaps = fc.array(fc.integer({ min: -5, max: 120 }), { minLength: 1, maxLength: 60 });

/** A chain with these gaps, as far as the rules for time allow them. */
function chainWithGaps(params: ChainParams, gaps: readonly number[]): HeaderChain {
  const chain = new HeaderChain(params);
  for (const gapS of gaps) {
    const { tip } = chain;
    // Quick blocks make the target harder; tests have no time for hard ones.
    const isHard = tip.target < 2n ** 250n;
    const timestamp = tip.timestamp + (isHard ? 10_000 : gapS);
    const next = mineHeader(tip, params, { timestamp });
    chain.mined.push(
      checkHeader(next.header, next.hash, tip, params, NOW_S).ok ? next : mineHeader(tip, params),
    );
  }
  return chain;
}

/** Spoils one header in one way; what follows is mined on it, so that only the rules can tell. */
const anySpoiling = fc.record({
  place: fc.nat(),
  kind: fc.constantFrom('none', 'target', 'old', 'future', 'work', 'parent', 'timewarp'),
});

function spoil(
  chain: HeaderChain,
  { place, kind }: { place: number; kind: string },
): { headers: BlockHeader[]; mined: readonly MinedHeader[] } {
  const at = place % chain.mined.length;
  const { header, parent } = chain.mined[at]!;
  const changes: Record<string, Partial<BlockHeader>> = {
    none: {},
    target: { target: (header.target - 1n) as Target },
    old: { timestamp: (parent?.timestamp ?? 10_000) - 10_000 },
    future: { timestamp: NOW_S + MAX_FUTURE_BLOCK_TIME_S + 1 },
    work: {},
    parent: { prevHash: blockHashOf(header) },
    timewarp: { timestamp: (parent?.timestamp ?? 10_000) - 601 },
  };
  // Where the target is at its easiest, every hash is good.
  const avoid = kind === 'work' && header.target < MAX_TARGET - 2n ** 250n;
  const changed = grind({ ...header, ...changes[kind] }, { avoid });
  const headers = chain.headers;
  headers[at] = changed;
  let before = changed;
  for (let i = at + 1; i < headers.length; i++) {
    before = grind({ ...headers[i]!, prevHash: blockHashOf(before) });
    headers[i] = before;
  }
  return { headers, mined: chain.mined };
}

describe.each([0, 2, 3, 10, 20])('with a retarget every %i blocks', (retargetInterval) => {
  const params: ChainParams = { ...EASY_PARAMS, retargetInterval, targetBlockTimeS: 30 };

  it('gives the verdicts that checkHeader gives over the whole chain', () => {
    fc.assert(
      fc.property(anyGaps, anySpoiling, fc.integer({ min: 1, max: 50 }), (gaps, spoiling, portion) => {
        const { headers } = spoil(chainWithGaps(params, gaps), spoiling);
        const tree = new HeaderTree();
        const presync = new HeaderPresync(null, params);
        for (let start = 0; start < headers.length; start += portion) {
          const page = headers.slice(start, start + portion);
          const failure = presync.take(page, NOW_S);
          for (const header of page) {
            const parent = tree.parentOf(header);
            const hash = blockHashOf(header);
            if (parent === undefined || (parent !== null && parent !== tree.tip)) {
              expect(failure?.reason).toBe('prev-blk-not-found');
              return;
            }
            const verdict = checkHeader(header, hash, parent, params, NOW_S);
            if (!verdict.ok) {
              expect(failure).toEqual(verdict);
              return;
            }
            tree.setActiveTip(tree.addHeader(header, hash));
          }
          expect(failure).toBeUndefined();
          expect(presync.work).toBe(tree.tip?.chainWork);
          expect(presync.height).toBe(tree.tip?.height);
          expect(presync.lastHash).toBe(tree.tip?.hash);
        }
        if (spoiling.kind === 'none') expect(presync.height).toBe(gaps.length);
      }),
      { numRuns: 25 },
    );
  });

  it('keeps as few headers as the rules look back, however long the chain is', () => {
    const chain = new HeaderChain(params).extend(600);
    const presync = new HeaderPresync(null, params);
    const most = 2 * Math.max(12, retargetInterval + 1);
    for (const header of chain.headers) {
      expect(presync.take([header], NOW_S)).toBeUndefined();
      expect(keptBy(presync)).toBeLessThanOrEqual(most);
    }
    expect(presync.work).toBe(chain.tip.work);
  });

  it('goes on from any block of the tree, with the rules for that place', () => {
    const chain = chainWithGaps(
      params,
      Array.from({ length: 60 }, (_, i) => (i * 37) % 90),
    );
    const tree = new HeaderTree();
    for (const { header, hash, height } of chain.mined) {
      const node = tree.addHeader(header, hash);
      if (height % 7 > 0) continue;
      const presync = new HeaderPresync(node, params);
      expect(presync.take(chain.headers.slice(height + 1), NOW_S)).toBeUndefined();
      expect(presync.work).toBe(chain.tip.work);
      expect(presync.lastHash).toBe(chain.tip.hash);
    }
  });
});

describe('a portion', () => {
  const params: ChainParams = { ...EASY_PARAMS, retargetInterval: 0 };

  it('that does not follow the last one is refused', () => {
    const chain = new HeaderChain(params).extend(10);
    const presync = new HeaderPresync(null, params);
    expect(presync.take(chain.headers.slice(0, 5), NOW_S)).toBeUndefined();
    const failure = presync.take(chain.headers.slice(6), NOW_S);
    expect(failure).toMatchObject({ reason: 'prev-blk-not-found', class: 'missing-parent' });
    expect(presync.height).toBe(4);
    expect(presync.take(chain.headers.slice(5), NOW_S)).toBeUndefined();
  });

  it('begins with nothing', () => {
    const presync = new HeaderPresync(null, params);
    expect(presync.height).toBe(-1);
    expect(presync.work).toBe(0n);
    expect(presync.take([], NOW_S)).toBeUndefined();
  });
});
