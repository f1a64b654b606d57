/** Peers that are slow or lie while blocks are fetched: what block-sync.ts makes of them. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  type BlockBench,
  blockBench,
  bodiesOf,
  BODIES,
  CHAIN,
  chainOf,
  type Serve,
  serveAll,
} from '../../test/support/block-bench.ts';
import type { Peer } from './peer.ts';
import { PeerFailedError, PeerTimedOutError } from './peer-errors.ts';

const benches: BlockBench[] = [];
afterEach(() => {
  for (const { abort } of benches.splice(0)) abort.abort();
});

async function bench(...options: Parameters<typeof blockBench>): Promise<BlockBench> {
  const made = await blockBench(...options);
  benches.push(made);
  return made;
}

describe('a peer that is slow', () => {
  it('is overtaken by one that has nothing to do, when everybody waits for it', async () => {
    const builder = chainOf(16);
    const { chain, sync, clock, peer, request, settle, open, offences } = await bench(builder, {
      overtakeAfterMs: 2_000,
    });
    const slow = peer('slow', builder.last);
    const stuck = await request(slow);
    const quick = peer('quick', builder.last);
    sync.pump();
    await settle();
    expect(open).toEqual([]);
    clock.ms += 2_000;
    const second = await request(quick);
    expect(second.hashes).toEqual(stuck.hashes);
    for (const hash of second.hashes) second.give(BODIES.get(hash));
    second.end();
    await settle();
    expect(chain.height).toBe(15);
    expect(slow.blocksInFlight).toBe(16);
    // What it brings at last changes nothing.
    for (const hash of stuck.hashes) stuck.give(BODIES.get(hash));
    stuck.end();
    await settle();
    expect(slow.blocksInFlight).toBe(0);
    expect(offences).toEqual([]);
    await sync.whenIdle();
  });

  it('is not overtaken a second time', async () => {
    const builder = chainOf(16);
    const { sync, clock, peer, request, settle, open } = await bench(builder, { overtakeAfterMs: 2_000 });
    await request(peer('slow', builder.last));
    const also = peer('also', builder.last);
    clock.ms += 2_000;
    await request(also);
    peer('third', builder.last);
    clock.ms += 10_000;
    sync.pump();
    await settle();
    expect(open).toEqual([]);
  });

  it('is punished when its time is over, and others go on', async () => {
    const { chain, sync, peer, request, offences, failed } = await bench(CHAIN);
    const slow = peer('slow', CHAIN.last);
    const stuck = await request(slow);
    const behind = await request(slow);
    peer('good', CHAIN.last, serveAll);
    stuck.give(BODIES.get(stuck.hashes[0]!));
    stuck.end(new PeerTimedOutError('it took too long'));
    behind.end(new PeerFailedError('the connection was cut'));
    await sync.whenIdle();
    expect(chain.tip?.hash).toBe(CHAIN.last.hash);
    expect(offences).toEqual([[slow, 'stalled']]);
    expect(failed.map(([who]) => who)).toEqual([slow, slow]);
    expect(slow.blocksInFlight).toBe(0);
  });
});

describe('a peer that lies', () => {
  it('with a spoiled body is found out, and the good body is fetched from another', async () => {
    const { chain, sync, peer, offences } = await bench(CHAIN);
    const paid = CHAIN.at('a20');
    const spoiled = { ...paid.block, transactions: paid.block.transactions.slice(0, 1) };
    const liar = peer('liar', CHAIN.last, (hash) => (hash === paid.hash ? spoiled : BODIES.get(hash)));
    peer('good', CHAIN.last, serveAll);
    await sync.whenIdle();
    // Whether the liar was asked for that block depends on who was quicker: it is asked alone, too.
    expect(chain.tip?.hash).toBe(CHAIN.last.hash);
    expect(offences.every(([who, offence]) => who === liar && offence === 'spoiled-block')).toBe(true);
  });

  it('alone with a spoiled body leaves the header good', async () => {
    const { chain, sync, peer, offences } = await bench(CHAIN);
    const paid = CHAIN.at('a20');
    const [coinbase, payment] = paid.block.transactions;
    const signed = payment!.inputs.map((input) => ({ ...input, signature: input.signature.with(20, 0) }));
    const spoiled = { ...paid.block, transactions: [coinbase!, { ...payment!, inputs: signed }] };
    const liar = peer('liar', CHAIN.last, (hash) => (hash === paid.hash ? spoiled : BODIES.get(hash)));
    await sync.whenIdle();
    expect(chain.height).toBe(19);
    expect(offences).toEqual([[liar, 'spoiled-block']]);
    peer('good', CHAIN.last, serveAll);
    await sync.whenIdle();
    expect(chain.tip?.hash).toBe(CHAIN.last.hash);
  });

  it('with an invalid block is punished, and so are all who say that this is their chain', async () => {
    const builder = chainOf(20);
    builder
      .fork('a10')
      .block('bad', {
        mutate: (draft) => {
          const [coinbase] = draft.transactions;
          const greedy = { ...coinbase!, outputs: [{ ...coinbase!.outputs[0]!, amount: 50e8 + 1 }] };
          return { ...draft, transactions: [greedy] };
        },
      })
      .extend(20, 'bad');
    const { chain, sync, peer, offences, fatal } = await bench(builder);
    const bodies = bodiesOf(builder);
    const serve: Serve = (hash) => bodies.get(hash);
    const liar = peer('liar', builder.last, serve);
    const friend = peer('friend', builder.last);
    const good = peer('good', builder.at('a19'), serve);
    await sync.whenIdle();
    expect(chain.tip?.hash).toBe(builder.at('a19').hash);
    const kinds = (who: Peer) => offences.filter(([one]) => one === who).map(([, offence]) => offence);
    expect(kinds(liar).sort()).toEqual(['invalid-block', 'invalid-chain']);
    expect(kinds(friend)).toEqual(['invalid-chain']);
    expect(kinds(good)).toEqual([]);
    expect(friend.best).toBeNull();
    expect(fatal).toEqual([]);
    expect(chain.headers.get(builder.last.hash)?.invalid).toBe(true);
  });

  it('about what it has is asked for its chain again, and others for the blocks', async () => {
    const { chain, sync, peer, offences, changed } = await bench(CHAIN);
    const lacking = peer('lacking', CHAIN.last, (hash) =>
      hash === CHAIN.at('a7').hash || hash === CHAIN.at('a9').hash ? undefined : BODIES.get(hash),
    );
    await sync.whenIdle();
    expect(chain.height).toBeLessThan(7);
    expect(lacking.best).toBeNull();
    // Once for each request that lacked something.
    expect(offences).toEqual([[lacking, 'not-there']]);
    expect(changed).toEqual([lacking]);
    peer('good', CHAIN.last, serveAll);
    await sync.whenIdle();
    expect(chain.tip?.hash).toBe(CHAIN.last.hash);
  });

  it('by breaking off is left, and the rest comes from another', async () => {
    const { chain, sync, peer, request, failed, offences } = await bench(CHAIN);
    const broken = peer('broken', CHAIN.last);
    const first = await request(broken);
    const second = await request(broken);
    first.give(BODIES.get(first.hashes[0]!));
    first.end(new PeerFailedError('it sent 1 of 16 blocks'));
    second.end(new PeerFailedError('the connection was cut'));
    await sync.whenIdle();
    expect(chain.height).toBe(0);
    peer('good', CHAIN.last, serveAll);
    await sync.whenIdle();
    expect(chain.tip?.hash).toBe(CHAIN.last.hash);
    expect(failed.length).toBe(2);
    expect(offences).toEqual([]);
  });
});
