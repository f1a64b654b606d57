import { describe, expect, it } from 'vitest';
import { checkHeader, earliestTimestamp, medianTimePast } from './check-header.ts';
import { type BlockHash, NO_BLOCK } from './hash.ts';
import { blockHashOf, type BlockHeader } from './header.ts';
import { type ChainParams, DEFAULT_PARAMS } from './params.ts';
import type { TimedBlock } from './retarget.ts';
import { MAX_TARGET, type Target } from './target.ts';

// Every hash meets this target, so nothing needs to be mined here.
const params: ChainParams = { ...DEFAULT_PARAMS, defaultTarget: MAX_TARGET, retargetInterval: 10 };
const NOW_S = 1_000_000;

function chainOf(...timestamps: number[]): TimedBlock | null {
  return timestamps.reduce<TimedBlock | null>(
    (parent, timestamp) => ({
      height: parent === null ? 0 : parent.height + 1,
      timestamp,
      target: MAX_TARGET,
      parent,
    }),
    null,
  );
}

function check(parent: TimedBlock | null, change: Partial<BlockHeader>, hash?: BlockHash) {
  const header: BlockHeader = {
    version: 1,
    prevHash: NO_BLOCK,
    merkleRoot: NO_BLOCK,
    timestamp: NOW_S,
    target: MAX_TARGET,
    nonce: 0,
    ...change,
  };
  const verdict = checkHeader(header, hash ?? blockHashOf(header), parent, params, NOW_S);
  return verdict.ok ? 'fine' : verdict.reason;
}

describe('median time past', () => {
  it('is the middle of the last eleven timestamps, in whatever order they came', () => {
    expect(medianTimePast(chainOf(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11))).toBe(6);
    expect(medianTimePast(chainOf(500, 1, 11, 2, 10, 3, 9, 4, 8, 5, 7, 6))).toBe(6); // 500 is the twelfth
  });

  it('takes fewer near genesis, the later of two middles, and 0 before it', () => {
    expect(medianTimePast(chainOf(5))).toBe(5);
    expect(medianTimePast(chainOf(5, 7))).toBe(7);
    expect(medianTimePast(chainOf(5, 7, 6))).toBe(6);
    expect(medianTimePast(null)).toBe(0);
  });
});

describe('target and work', () => {
  it('the target must be the computed one, harder or easier', () => {
    expect(check(null, { target: (MAX_TARGET - 1n) as Target })).toBe('bad-diffbits');
    expect(check(null, {})).toBe('fine');
  });

  it('the hash must not exceed it', () => {
    const target = 0xffffn as Target;
    const header: BlockHeader = {
      ...{ version: 1, prevHash: NO_BLOCK, merkleRoot: NO_BLOCK, timestamp: 1, target, nonce: 0 },
    };
    const low = { ...params, defaultTarget: target };
    const at = (hash: string) => checkHeader(header, hash.padStart(64, '0') as BlockHash, null, low, NOW_S);
    expect(at('ffff')).toMatchObject({ ok: true });
    expect(at('010000')).toMatchObject({ ok: false, class: 'consensus', reason: 'high-hash' });
  });
});

describe('time', () => {
  const eleven = chainOf(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11); // median 6

  it('must be after the median, not after the parent', () => {
    expect(check(eleven, { timestamp: 6 })).toBe('time-too-old');
    expect(check(eleven, { timestamp: 7 })).toBe('fine');
  });

  it('may be anything for a genesis block, but not the future', () => {
    expect(check(null, { timestamp: 0 })).toBe('fine');
    expect(check(null, { timestamp: NOW_S + 7201 })).toBe('time-too-new');
  });

  it('may be two hours ahead of our clock, and not a second more; that may change, so the class is another', () => {
    expect(check(eleven, { timestamp: NOW_S + 7200 })).toBe('fine');
    expect(check(eleven, { timestamp: NOW_S + 7201 })).toBe('time-too-new');
  });

  it('of the first block of an interval lies at most 600 s before its parent’s (BIP94)', () => {
    const late = chainOf(1, 2, 3, 4, 5, 6, 7, 8, 9, 5000); // height 9; its child starts an interval
    expect(check(late, { timestamp: 4400 })).toBe('fine');
    expect(check(late, { timestamp: 4399 })).toBe('time-timewarp-attack');
    const mid = chainOf(1, 2, 3, 4, 5, 6, 7, 8, 5000); // height 8; its child does not
    expect(check(mid, { timestamp: 100 })).toBe('fine');
  });

  it('has an earliest value, which miners ask for', () => {
    const late = chainOf(1, 2, 3, 4, 5, 6, 7, 8, 9, 5000);
    for (const parent of [eleven, late, chainOf(5), chainOf(5, 7)]) {
      const earliest = earliestTimestamp(parent, params);
      expect(check(parent, { timestamp: earliest })).toBe('fine');
      expect(check(parent, { timestamp: earliest - 1 })).not.toBe('fine');
    }
    expect(earliestTimestamp(null, params)).toBe(0);
  });
});
