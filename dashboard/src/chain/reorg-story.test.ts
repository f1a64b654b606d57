import { describe, expect, test } from 'vitest';
import type { BlockHash } from '../../../src/consensus/index.ts';
import { MAX_CONNECT } from '../../../src/chainstate/chain-step.ts';
import { storyOf } from '../../../src/chainstate/reorg-log.ts';
import { LONGEST_STEP, type ReorgFacts, storyInEnglish, storyInGerman } from './reorg-story.ts';

/** Depth, blocks that joined, payments that left, those of them that the new branch has; null: genesis left, too. */
type Case = readonly [depth: number, joined: number, left: number, kept: number, fork: string | null];

const FORK = '00000ab1cd'.padEnd(64, '0');
const CASES: readonly Case[] = [
  ...([
    [1, 2, 0, 0, FORK],
    [2, 3, 0, 0, FORK],
    [1, 2, 1, 1, FORK],
    [2, 3, 1, 0, FORK],
    [2, 3, 4, 4, FORK],
    [1, 2, 4, 0, FORK],
    [2, 3, 4, 1, FORK],
    [1, 2, 4, 3, FORK],
    [20, 16, 9, 4, FORK],
    [1, 2, 0, 0, null],
    [3, 4, 0, 0, null],
  ] as const),
];

function factsOf([depth, joined, left, kept, fork]: Case): ReorgFacts {
  const tip = (height: number): { block_hash: string; height: number } => ({ block_hash: FORK, height });
  const forkHeight = fork === null ? -1 : 5;
  return {
    at: 1_700_000_000,
    fork_height: forkHeight,
    fork_hash: fork,
    depth,
    old_tip: tip(forkHeight + depth),
    new_tip: tip(forkHeight + joined),
    disconnected: [],
    connected: [],
    connected_count: joined,
    transactions_left: left,
    transactions_kept: kept,
    transactions_returned: left - kept,
  };
}

describe('the story of a reorganisation', () => {
  test.each(CASES)('of depth %i with %i joined and %i payments: as the node tells it', (...given) => {
    const facts = factsOf(given);
    const name = { height: 0, hash: FORK as BlockHash };
    const told = storyOf({
      atMs: facts.at * 1000,
      fork:
        facts.fork_hash === null ? null : { height: facts.fork_height, hash: facts.fork_hash as BlockHash },
      depth: facts.depth,
      oldTip: name,
      newTip: name,
      disconnected: [],
      connected: [],
      connectedCount: facts.connected_count,
      paymentsLeft: facts.transactions_left,
      paymentsKept: facts.transactions_kept,
      paymentsReturned: facts.transactions_returned,
    });
    expect(storyInEnglish(facts)).toBe(told);
  });

  test('a step is as long as those of the node', () => {
    expect(LONGEST_STEP).toBe(MAX_CONNECT);
  });

  test('in German', () => {
    expect(CASES.map((given) => storyInGerman(factsOf(given)))).toEqual([
      '1 Block nach Höhe 5 (00000ab1cd…) hat die Kette verlassen, weil ein Zweig von 2 Blöcken mehr Arbeit hatte; er enthielt keine Zahlungen.',
      '2 Blöcke nach Höhe 5 (00000ab1cd…) haben die Kette verlassen, weil ein Zweig von 3 Blöcken mehr Arbeit hatte; sie enthielten keine Zahlungen.',
      '1 Block nach Höhe 5 (00000ab1cd…) hat die Kette verlassen, weil ein Zweig von 2 Blöcken mehr Arbeit hatte; seine eine Zahlung steht auch im neuen Zweig.',
      '2 Blöcke nach Höhe 5 (00000ab1cd…) haben die Kette verlassen, weil ein Zweig von 3 Blöcken mehr Arbeit hatte; ihre eine Zahlung wartet wieder.',
      '2 Blöcke nach Höhe 5 (00000ab1cd…) haben die Kette verlassen, weil ein Zweig von 3 Blöcken mehr Arbeit hatte; alle ihre 4 Zahlungen stehen auch im neuen Zweig.',
      '1 Block nach Höhe 5 (00000ab1cd…) hat die Kette verlassen, weil ein Zweig von 2 Blöcken mehr Arbeit hatte; alle seine 4 Zahlungen warten wieder.',
      '2 Blöcke nach Höhe 5 (00000ab1cd…) haben die Kette verlassen, weil ein Zweig von 3 Blöcken mehr Arbeit hatte; von ihren 4 Zahlungen steht 1 auch im neuen Zweig, 3 warten wieder.',
      '1 Block nach Höhe 5 (00000ab1cd…) hat die Kette verlassen, weil ein Zweig von 2 Blöcken mehr Arbeit hatte; von seinen 4 Zahlungen stehen 3 auch im neuen Zweig, 1 wartet wieder.',
      '20 Blöcke nach Höhe 5 (00000ab1cd…) haben die Kette verlassen, weil ein Zweig von mindestens 16 Blöcken mehr Arbeit hatte; von ihren 9 Zahlungen stehen 4 auch im neuen Zweig, 5 warten wieder.',
      '1 Block, der Genesis-Block, hat die Kette verlassen, weil ein Zweig von 2 Blöcken mehr Arbeit hatte; er enthielt keine Zahlungen.',
      '3 Blöcke, darunter Genesis, haben die Kette verlassen, weil ein Zweig von 4 Blöcken mehr Arbeit hatte; sie enthielten keine Zahlungen.',
    ]);
  });
});
