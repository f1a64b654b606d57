import { describe, expect, it } from 'vitest';
import { type Block, HeaderNode, type Transaction } from '../consensus/index.ts';
import { type BuiltBlock, ChainBuilder, key, pay } from '../../test/support/chain-builder.ts';
import type { ChainEvent, ChangedBlock } from './chain-events.ts';
import { reorgOf, ReorgLog, type TipChange } from './reorg-log.ts';

const AT_MS = 1_700_000_000_500;
const alice = key('alice');

/** The event that a chain tells when it changes from one tip to another. */
function tipChange(from: BuiltBlock, to: BuiltBlock, returned: readonly Transaction[] = []): TipChange {
  const chainTo = (block: BuiltBlock): BuiltBlock[] =>
    block.parent === null ? [block] : [...chainTo(block.parent), block];
  const [before, after] = [chainTo(from), chainTo(to)];
  const shared = before.filter((block) => after.includes(block)).length;
  const changed = ({ hash, height, block }: BuiltBlock): ChangedBlock => ({ hash, height, block });
  const tip = after.reduce<HeaderNode | null>(
    (parent, { hash, block }) => new HeaderNode(hash, block.header, parent),
    null,
  );
  if (tip === null) throw new Error('a chain has a block');
  return {
    type: 'tip-changed',
    tip,
    forkHeight: shared - 1,
    disconnected: before.slice(shared).reverse().map(changed),
    connected: after.slice(shared).map(changed),
    returned,
  };
}

/** genesis ─ a1 ─ a2 ─ a3 with two payments in a2 and one in a3; b2 … b4 with the first of them. */
function forked(): { builder: ChainBuilder; payments: readonly Transaction[] } {
  const builder = new ChainBuilder({ miner: alice }).extend(1);
  const payments = builder
    .coins(alice)
    .map((coin) => pay({ coins: [coin], from: alice, to: key('bob'), amount: 7, fee: 1 }));
  builder.block('a2', { txs: payments });
  const late = pay({ coins: builder.coins(alice).slice(-1), from: alice, to: key('bob'), amount: 8, fee: 1 });
  builder
    .block('a3', { txs: [late] })
    .fork('a1')
    .block('b2', { txs: payments.slice(0, 1) })
    .extend(2, 'b');
  return { builder, payments: [...payments, late] };
}

describe('a reorganisation', () => {
  it('is told with its fork, both sides and what became of the payments', () => {
    const { builder, payments } = forked();
    const name = (at: string) => ({ height: builder.at(at).height, hash: builder.at(at).hash });
    expect(reorgOf(tipChange(builder.at('a3'), builder.at('b4'), payments.slice(1)), AT_MS)).toEqual({
      atMs: AT_MS,
      fork: name('a1'),
      depth: 2,
      oldTip: name('a3'),
      newTip: name('b4'),
      disconnected: ['a3', 'a2'].map(name),
      connected: ['b2', 'b3', 'b4'].map(name),
      connectedCount: 3,
      paymentsLeft: 3,
      paymentsKept: 1,
      paymentsReturned: 2,
      story:
        `2 blocks after height 1 (${builder.at('a1').hash.slice(0, 10)}…) left the chain because a branch of 3 blocks had more ` +
        'work; of their 3 payments 1 is in the new branch too, 2 wait again.',
    });
  });

  it.each([
    [0, 0, 'it held no payments'],
    [1, 0, 'its one payment is in the new branch too'],
    [1, 1, 'its one payment waits again'],
    [2, 0, 'all of its 2 payments are in the new branch too'],
    [2, 2, 'all of its 2 payments wait again'],
    [2, 1, 'of its 2 payments 1 is in the new branch too, 1 waits again'],
  ])('of one block with %i payments, %i of which return, is told in good English', (left, returned, end) => {
    const builder = new ChainBuilder({ miner: alice }).extend(1);
    const txs = builder
      .coins(alice)
      .slice(0, left)
      .map((coin) => pay({ coins: [coin], from: alice, to: alice, amount: 7, fee: 1 }));
    builder.block('a2', { txs }).fork('a1').extend(2, 'b');
    const reorg = reorgOf(tipChange(builder.at('a2'), builder.at('b3'), txs.slice(0, returned)), AT_MS);
    expect(reorg?.story).toMatch(
      /^1 block after height 1 \([0-9a-f]{10}…\) left the chain because a branch of 2 blocks/,
    );
    expect(reorg?.story).toContain(`had more work; ${end}.`);
  });

  it('may take genesis with it', () => {
    const builder = new ChainBuilder()
      .extend(1)
      .block('other', { on: null, timestamp: 1_700_000_001 })
      .extend(2, 'o');
    const two = reorgOf(tipChange(builder.at('a1'), builder.at('o2')), AT_MS);
    expect(two).toMatchObject({ fork: null, depth: 2 });
    expect(two?.story).toMatch(/^2 blocks, genesis among them, left the chain because a branch of 3 blocks/);
    const one = reorgOf(tipChange(builder.at('genesis'), builder.at('o1')), AT_MS);
    expect(one?.story).toMatch(/^1 block, the genesis block, left the chain because a branch of 2 blocks/);
  });

  it('of any length keeps 100 names of each side, and counts all', () => {
    const builder = new ChainBuilder().extend(130).fork('genesis').extend(131, 'b');
    const reorg = reorgOf(tipChange(builder.at('a130'), builder.at('b131')), AT_MS);
    expect(reorg).toMatchObject({ depth: 130, connectedCount: 131 });
    expect(reorg?.disconnected.map(({ height }) => height)).toEqual(
      Array.from({ length: 100 }, (_, i) => 130 - i),
    );
    expect(reorg?.connected.map(({ height }) => height)).toEqual(
      Array.from({ length: 100 }, (_, i) => i + 1),
    );
    expect(reorg?.story).toContain('a branch of at least 131 blocks');
  });
});

describe('the log', () => {
  it('passes over whatever is none', () => {
    const { builder } = forked();
    const log = new ReorgLog({ nowMs: () => AT_MS });
    const { hash, height, block } = builder.at('b4');
    const events: readonly ChainEvent[] = [
      tipChange(builder.at('a1'), builder.at('a3')),
      { type: 'block-stored', hash, height, block, status: 'valid-fork' },
      {
        type: 'block-invalid',
        hash,
        height,
        failure: { ok: false, class: 'consensus', reason: 'bad-cb-amount', detail: 'too much' },
        condemned: [hash],
        arrived: { hash, height, block },
      },
    ];
    for (const event of events) log.note(event);
    expect(log.latest()).toEqual([]);
  });

  it('keeps the last 20, latest first, and none of their blocks', () => {
    const { builder, payments } = forked();
    let nowMs = AT_MS;
    const log = new ReorgLog({ nowMs: () => nowMs });
    const tips = [builder.at('a3'), builder.at('b4')] as const;
    for (let i = 0; i < 25; i++) {
      nowMs = AT_MS + i;
      log.note(tipChange(tips[i % 2 === 0 ? 0 : 1], tips[i % 2 === 0 ? 1 : 0], payments.slice(1)));
    }
    expect(log.latest().map(({ atMs }) => atMs - AT_MS)).toEqual(
      Array.from({ length: 20 }, (_, i) => 24 - i),
    );
    const blocks: readonly Block[] = builder.all.map(({ block }) => block);
    expect(JSON.stringify(log.latest())).not.toContain(blocks[0]!.header.merkleRoot);
  });
});
