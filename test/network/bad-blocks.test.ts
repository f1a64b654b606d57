/**
 * Peers with bad blocks: each is found out, and the honest network goes on.
 */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Block, blockHashOf, blockToJson, encodeBlock, type Target } from '../../src/consensus/index.ts';
import { encodeFrame } from '../../src/network/messages.ts';
import {
  befriend,
  builderOf,
  expectToGoOn,
  give,
  headerCount,
  runVictim,
  sceneAt,
  tipOf,
  untilBanned,
  untilPeer,
} from '../support/bad-peer-scene.ts';
import { type BuiltBlock, grind, key, pay } from '../support/chain-builder.ts';
import { after, changing, saying, silent } from '../support/evil-deeds.ts';
import { EvilPeer } from '../support/evil-peer.ts';
import { spoiledCopy } from '../support/other-signature.ts';
import { runNode, until } from '../support/running-node.ts';

const [alice, bob] = [key('alice'), key('bob')];

/** Pays its miner more than it may: the work is good, the block is not. */
const greedy = (draft: Block): Block => ({
  ...draft,
  transactions: draft.transactions.map((tx) => ({
    ...tx,
    outputs: tx.outputs.map((output) => ({ ...output, amount: output.amount + 1 })),
  })),
});

const headerOf = ({ block }: BuiltBlock): Block['header'] => block.header;

describe('an invalid block', () => {
  const builder = builderOf().extend(3).block('greedy', { mutate: greedy }).extend(2, 'g');

  it('in a chain of more work costs the peer everything, and us nothing', async () => {
    const scene = await sceneAt(builder.at('a3'));
    const evil = await EvilPeer.start(builder.at('g6'));
    await evil.hello(scene.victim);
    await untilBanned(scene.victim, evil, /invalid-block: block of height 4: bad-cb-amount/);
    expect(await tipOf(scene.victim)).toBe(builder.at('a3').hash);
    await expectToGoOn(scene);
  });

  it('that is announced does, too', async () => {
    const scene = await sceneAt(builder.at('a3'));
    const evil = await EvilPeer.start(builder.at('a3'));
    await evil.meet(scene.victim);
    evil.follow(builder.at('greedy'));
    await evil.announce(scene.victim, { headers: [headerOf(builder.at('greedy'))] });
    await untilBanned(scene.victim, evil, /invalid-block: bad-cb-amount/);
    expect(await tipOf(scene.victim)).toBe(builder.at('a3').hash);
    await expectToGoOn(scene);
  });
});

describe('a header', () => {
  const builder = builderOf().extend(3);
  const noWork = (block: Block): Block => ({ ...block, header: grind(block.header, { avoid: true }) });
  const easier = (block: Block): Block => ({
    ...block,
    header: { ...block.header, target: (block.header.target * 2n) as Target },
  });
  builder.block('without work', { on: 'a3', spoil: noWork });
  builder.block('too easy', { on: 'a3', mutate: easier });
  const bad = [
    ['without work', /invalid-header: .*high-hash/],
    ['too easy', /invalid-header: .*bad-diffbits/],
  ] as const;

  it.each(bad)('%s in a chain costs the peer everything', async (name, why) => {
    const scene = await sceneAt(builder.at('a3'));
    const headers = await headerCount(scene.victim);
    const evil = await EvilPeer.start(builder.at(name));
    await evil.hello(scene.victim);
    await untilBanned(scene.victim, evil, why);
    expect(await headerCount(scene.victim)).toBe(headers);
    expect(evil.asked).not.toContain('blocks');
    await expectToGoOn(scene);
  });

  it.each(bad)('%s that is announced does, too', async (name, why) => {
    const scene = await sceneAt(builder.at('a3'));
    const headers = await headerCount(scene.victim);
    const evil = await EvilPeer.start(builder.at('a3'));
    await evil.meet(scene.victim);
    await evil.announce(scene.victim, { headers: [headerOf(builder.at(name))] });
    await untilBanned(scene.victim, evil, why);
    expect(await headerCount(scene.victim)).toBe(headers);
    expect(evil.asked).not.toContain('compact-block');
    await expectToGoOn(scene);
  });
});

describe('a peer that sends what was not asked for:', () => {
  const builder = builderOf().extend(3).fork('a1').extend(60, 'b');
  const frameOf = (name: string): Uint8Array => encodeFrame(encodeBlock(builder.at(name).block));

  it('another block', async () => {
    const scene = await sceneAt(builder.at('a3'));
    const evil = await EvilPeer.start(builder.at('b61'));
    evil.misdeeds.set('blocks', saying(frameOf('a2')));
    await evil.hello(scene.victim);
    await untilBanned(scene.victim, evil, /unrequested-data: it sent a block that was not asked for/);
    await expectToGoOn(scene);
  });

  it('more blocks', async () => {
    const scene = await sceneAt(builder.at('a3'));
    const evil = await EvilPeer.start(builder.at('b61'));
    evil.misdeeds.set(
      'blocks',
      changing((honest) => Buffer.concat([honest, frameOf('a2')])),
    );
    await evil.hello(scene.victim);
    await untilBanned(scene.victim, evil, /unrequested-data: it sent more than the \d+ that were asked for/);
    await expectToGoOn(scene);
  });

  it('another block in short', async () => {
    const scene = await sceneAt(builder.at('a3'));
    builder.fork('a3').block('next').block('other', { on: 'a3' });
    const evil = await EvilPeer.start(builder.at('a3'));
    await evil.meet(scene.victim);
    evil.follow(builder.at('next'));
    evil.bodies.set(builder.at('next').hash, builder.at('other').block);
    await evil.announce(scene.victim, { headers: [headerOf(builder.at('next'))] });
    await untilBanned(scene.victim, evil, /unrequested-data: it sent a block that was not asked for/);
    await expectToGoOn(scene);
  });
});

describe('a spoiled copy of a good block', () => {
  const builder = builderOf().extend(3);
  const payment = pay({ coins: builder.coins(alice), from: alice, to: bob, amount: 5_000, fee: 500 });
  builder.block('good', { txs: [payment] });
  const good = builder.at('good');
  const poisoned: Block = {
    ...good.block,
    transactions: good.block.transactions.map((tx, i) => (i === 0 ? tx : spoiledCopy(tx, alice))),
  };

  it('in a chain is thrown away, and the good one is taken from somebody else', async () => {
    expect(blockHashOf(poisoned.header)).toBe(good.hash);
    const scene = await sceneAt(builder.at('a3'));
    const evil = await EvilPeer.start(good);
    evil.bodies.set(good.hash, poisoned);
    await evil.hello(scene.victim);
    await untilBanned(scene.victim, evil, /spoiled-block: /);
    expect(await tipOf(scene.victim)).toBe(builder.at('a3').hash);
    await scene.honest.client.submitBlock(blockToJson(good.block));
    await until(async () => (await tipOf(scene.victim)) === good.hash);
    await expectToGoOn(scene);
  });

  it('that is announced first does not keep the good one away', async () => {
    const scene = await sceneAt(builder.at('a3'));
    const evil = await EvilPeer.start(builder.at('a3'));
    await evil.meet(scene.victim);
    evil.follow(good);
    evil.bodies.set(good.hash, poisoned);
    await evil.announce(scene.victim, { headers: [good.block.header] });
    await untilBanned(scene.victim, evil, /spoiled-block: /);
    expect(evil.asked).toContain('compact-block');
    await scene.honest.client.submitBlock(blockToJson(good.block));
    await until(async () => (await tipOf(scene.victim)) === good.hash);
    await expectToGoOn(scene);
  });

  it('is tried with the next one who told of the block, where the first one sent rubbish', async () => {
    const scene = await sceneAt(builder.at('a3'));
    const evil = await EvilPeer.start(builder.at('a3'));
    await evil.meet(scene.victim);
    evil.follow(good);
    evil.bodies.set(good.hash, poisoned);
    let open = (): void => undefined;
    evil.misdeeds.set('compact-block', after(new Promise((resolve) => (open = resolve))));
    await evil.announce(scene.victim, { headers: [good.block.header] });
    await until(() => evil.asked.includes('compact-block'));
    await scene.honest.client.submitBlock(blockToJson(good.block));
    open();
    await until(async () => (await tipOf(scene.victim)) === good.hash);
    await expectToGoOn(scene);
  });
});

describe('time far off:', () => {
  it('a block three hours in the future is not held against anybody, and is good when its time has come', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const builder = builderOf().extend(3);
    builder.block('future', { timestamp: Math.floor(Date.now() / 1_000) + 3 * 3_600 });
    const future = builder.at('future');
    const scene = await sceneAt(builder.at('a3'));
    const headers = await headerCount(scene.victim);
    const evil = await EvilPeer.start(future);
    await evil.meet(scene.victim);
    await until(async () => {
      await evil.announce(scene.victim, { headers: [headerOf(future)] });
      return evil.timesAsked('headers') >= 25;
    });
    const peer = await untilPeer(scene.victim, evil, ({ state }) => state === 'connected');
    expect(peer).toMatchObject({ misbehaviour: 0, banned_until: null });
    expect(await headerCount(scene.victim)).toBe(headers);
    expect((await scene.victim.client.tips()).tips.map((tip) => tip.block_hash)).toEqual([
      builder.at('a3').hash,
    ]);

    vi.setSystemTime(Date.now() + 2 * 3_600_000);
    await until(async () => {
      await evil.announce(scene.victim, { headers: [headerOf(future)] });
      return (await tipOf(scene.victim)) === future.hash;
    });
    await expectToGoOn(scene);
  });

  it('a clock a day ahead is said in the log, and changes nothing', async () => {
    const builder = builderOf().extend(3);
    const scene = await sceneAt(builder.at('a1'));
    const evil = await EvilPeer.start(builder.at('a3'));
    evil.claims.time = Math.floor(Date.now() / 1_000) + 86_400;
    await evil.meet(scene.victim);
    await until(async () => (await tipOf(scene.victim)) === builder.at('a3').hash);
    await untilPeer(
      scene.victim,
      evil,
      ({ state, last_error: said }) => state === 'connected' && said === null,
    );
    await expectToGoOn(scene);
  });
});

describe('a peer that does not deliver', () => {
  const builder = builderOf().extend(40).fork('genesis').extend(60, 'b');

  it('the blocks of the best chain holds nothing up while another one has them', async () => {
    const [victim, honest] = [await runVictim(), await runNode({ DISCOVER_PEERS: 'false' })];
    await give(honest, builder.at('a40'));
    const evil = await EvilPeer.start(builder.at('a40'));
    evil.misdeeds.set('blocks', silent);
    await evil.hello(victim);
    await until(() => evil.asked.includes('blocks'));
    await befriend(victim, honest);
    await until(async () => (await tipOf(victim)) === builder.at('a40').hash);
    await untilPeer(victim, evil, ({ misbehaviour }) => misbehaviour >= 20);
    await expectToGoOn({ victim, honest });
  });

  it('any block of a chain of its own is given up, and the second-best chain followed', async () => {
    const [victim, honest] = [await runVictim(), await runNode({ DISCOVER_PEERS: 'false' })];
    await give(honest, builder.at('a40'));
    const evil = await EvilPeer.start(builder.at('b60'));
    evil.misdeeds.set('blocks', silent);
    await evil.hello(victim);
    await until(() => evil.asked.includes('blocks'));
    await befriend(victim, honest);
    await until(async () => (await tipOf(victim)) === builder.at('a40').hash);
    await untilPeer(victim, evil, ({ misbehaviour }) => misbehaviour >= 20);
    await expectToGoOn({ victim, honest });
  });

  it('says that it has them not, again and again: that adds up, too', async () => {
    const [victim, honest] = [await runVictim(), await runNode({ DISCOVER_PEERS: 'false' })];
    await give(honest, builder.at('a40'));
    const evil = await EvilPeer.start(builder.at('b60'));
    evil.misdeeds.set('blocks', ({ body, answer }) => answer(new Uint8Array((body.length - 1) / 32)));
    await evil.hello(victim);
    await untilBanned(victim, evil, /not-there: it lacked \d+ blocks of its own chain/);
    await befriend(victim, honest);
    await until(async () => (await tipOf(victim)) === builder.at('a40').hash);
    await expectToGoOn({ victim, honest });
  });

  it('a block that it told of first: it comes from the next one', async () => {
    const scene = await sceneAt(builder.at('a3'));
    const evil = await EvilPeer.start(builder.at('a3'));
    evil.misdeeds.set('compact-block', silent);
    await evil.meet(scene.victim);
    await evil.announce(scene.victim, { headers: [headerOf(builder.at('a4'))] });
    await until(() => evil.asked.includes('compact-block'));
    await scene.honest.client.submitBlock(blockToJson(builder.at('a4').block));
    await until(async () => (await tipOf(scene.victim)) === builder.at('a4').hash);
    await expectToGoOn(scene);
  });
});
