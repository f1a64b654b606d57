import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../../../src/consensus/index.ts';
import { ChainBuilder, key } from '../../../../test/support/chain-builder.ts';
import { type Copy, tampered, verdictsOf, withRightRoot } from './copied-blocks.ts';

const chain = new ChainBuilder().extend(2, 'a');
const blocks = ['genesis', 'a1', 'a2'].map((name) => chain.at(name).block);
const copy: Copy = { from: 0, blocks, parent: null, params: chain.params };
const nowS = blocks[2]!.header.timestamp;
const reasons = (verdicts: readonly Verdict[]): string[] =>
  verdicts.map((verdict) => (verdict.ok ? 'ok' : verdict.reason));
const { address } = key('thief');

describe('a copy of the chain', () => {
  test('keeps all rules as long as nothing is changed', () => {
    expect(reasons(verdictsOf(copy, nowS))).toEqual(['ok', 'ok', 'ok']);
  });

  test('is refused where a reward is stolen, and the block after it when that is put right', () => {
    const stolen = tampered(blocks[0]!, 'thief', address);
    expect(stolen.transactions[0]?.outputs[0]?.pubkeyHash).toBe(address);
    const [first] = verdictsOf({ ...copy, blocks: [stolen, ...blocks.slice(1)] }, nowS);
    expect(reasons([first!])).toEqual(['bad-txnmrklroot']);

    let header = withRightRoot(stolen).header;
    const redone = (): Verdict[] =>
      verdictsOf({ ...copy, blocks: [{ ...stolen, header }, ...blocks.slice(1)] }, nowS);
    while (!redone()[0]!.ok) header = { ...header, nonce: header.nonce + 1 };
    expect(reasons(redone())).toEqual(['ok', 'prev-blk-not-found', 'ok']);
  });

  test.each(['thief', 'time', 'nonce'] as const)('%s changes the copy', (mischief) => {
    const changed = [tampered(blocks[0]!, mischief, address), ...blocks.slice(1)];
    expect(reasons(verdictsOf({ ...copy, blocks: changed }, nowS))).toContain(
      mischief === 'thief' ? 'bad-txnmrklroot' : 'prev-blk-not-found',
    );
  });
});
