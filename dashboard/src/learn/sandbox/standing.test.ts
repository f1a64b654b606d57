import { describe, expect, test } from 'vitest';
import type { SandboxBlock, SandboxNodeName, SandboxStoryEntry } from '../../../../src/protocol/sandbox.ts';
import { allAgree, haveParted, isFresh, isNoted, reorgSinceHealed, standingOf } from './standing.ts';

type Status = SandboxBlock['views'][number]['status'];

const NAMES = ['honest-1', 'honest-2', 'attacker'] as const;

function block(hash: string, ...statuses: readonly Status[]): SandboxBlock {
  const views = NAMES.map((node, index) => ({ node, status: statuses[index] ?? 'unknown' }));
  return { block_hash: hash, prev_hash: null, height: 0, timestamp: 0, miner: null, txids: [], views };
}

function state(blocks: SandboxBlock[], tips: Record<SandboxNodeName, string | null>, ...kinds: string[]) {
  const nodes = NAMES.map((name) => ({
    ...{ name, address: '', height: 0, chain_work: '0', connected_to: [], mempool: [], balances: [] },
    tip_hash: tips[name],
  }));
  const story = kinds.map((word, number): SandboxStoryEntry => {
    const [kind = '', count = '0'] = word.split(' ');
    return {
      number,
      at: 0,
      kind: kind as SandboxStoryEntry['kind'],
      node: null,
      count: Number(count),
      text: '',
    };
  });
  return { blocks, nodes, groups: [], payments: [], story };
}

describe('how a block stands among the nodes', () => {
  test.each([
    ['agreed', 'active', 'active', 'active'],
    ['secret', 'unknown', 'unknown', 'active'],
    ['disputed', 'active', 'unknown', 'unknown'],
    ['disputed', 'valid-fork', 'headers-only', 'active'],
    ['disputed', 'active', 'active', 'valid-fork'],
    ['stale', 'valid-fork', 'valid-fork', 'unknown'],
  ] as const)('%s: %s, %s, %s', (standing, one, other, attacker) => {
    expect(standingOf(block('a', one, other, attacker))).toBe(standing);
  });
});

describe('the nodes', () => {
  const blocks = [
    block('root', 'active', 'active', 'active'),
    block('a', 'active', 'unknown', 'unknown'),
    block('b', 'unknown', 'active', 'active'),
  ];

  test('agree when all have one tip', () => {
    expect(allAgree(state(blocks, { 'honest-1': 'root', 'honest-2': 'root', attacker: 'root' }))).toBe(true);
    expect(allAgree(state(blocks, { 'honest-1': 'a', 'honest-2': 'b', attacker: 'b' }))).toBe(false);
    expect(allAgree(state([], { 'honest-1': null, 'honest-2': null, attacker: null }))).toBe(false);
  });

  test('have parted when each has a block that the other lacks', () => {
    const parted = state(blocks, { 'honest-1': 'a', 'honest-2': 'b', attacker: 'b' });
    expect(haveParted(parted, 'honest-1', 'honest-2')).toBe(true);
    expect(haveParted(parted, 'honest-2', 'attacker')).toBe(false);
    const ahead = state(blocks.slice(0, 2), { 'honest-1': 'a', 'honest-2': 'root', attacker: 'root' });
    expect(haveParted(ahead, 'honest-1', 'honest-2')).toBe(false);
  });
});

test('a reorganisation counts when it came after the lines were mended', () => {
  const after = (...kinds: string[]): number =>
    reorgSinceHealed(state([], { 'honest-1': null, 'honest-2': null, attacker: null }, ...kinds));
  expect(after('started', 'reorg 2')).toBe(0);
  expect(after('reorg 3', 'healed')).toBe(0);
  expect(after('healed', 'reorg 1', 'reorg 2')).toBe(2);
  expect(after('withheld', 'published', 'reorg 4')).toBe(4);
});

test('a sandbox is fresh until something else than mining was done in it', () => {
  const after = (...kinds: string[]): boolean =>
    isFresh(state([], { 'honest-1': null, 'honest-2': null, attacker: null }, ...kinds));
  expect(after('started', 'mined 1')).toBe(true);
  expect(after('started', 'split', 'healed')).toBe(false);
});

test('a lesson knows its sandbox by when that was started', () => {
  const started_at = 1_700_000_000.125;
  expect(isNoted({ started_at }, String(started_at))).toBe(true);
  expect(isNoted({ started_at: started_at + 1 }, String(started_at))).toBe(false);
  expect(isNoted({ started_at }, undefined)).toBe(false);
});
