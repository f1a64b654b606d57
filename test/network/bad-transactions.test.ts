/**
 * Peers with bad transactions, or with none where they told of some: the good ones arrive.
 */
import { describe, expect, it } from 'vitest';
import {
  encodeTransaction,
  type Transaction,
  transactionToJson,
  txidOf,
  wtxidOf,
} from '../../src/consensus/index.ts';
import { encodeFrame } from '../../src/network/messages.ts';
import {
  builderOf,
  expectToGoOn,
  type Scene,
  sceneAt,
  untilBanned,
  untilPeer,
} from '../support/bad-peer-scene.ts';
import { key, pay } from '../support/chain-builder.ts';
import { after, saying, silent } from '../support/evil-deeds.ts';
import { EvilPeer } from '../support/evil-peer.ts';
import { spoiledCopy } from '../support/other-signature.ts';
import { until } from '../support/running-node.ts';

const [alice, bob] = [key('alice'), key('bob')];
const builder = builderOf().extend(3);
const tip = builder.at('a3');
const coins = builder.coins(alice);
const payment = pay({ coins: coins.slice(0, 1), from: alice, to: bob, amount: 5_000, fee: 500 });
const other = pay({ coins: coins.slice(1, 2), from: alice, to: bob, amount: 5_000, fee: 500 });

const waits = async ({ victim }: Scene, tx: Transaction): Promise<boolean> =>
  (await victim.client.mempool()).transactions.some(({ txid }) => txid === txidOf(tx));

/** Hands it to the honest node, and waits until the victim has been told of it. */
async function tellHonestly({ victim, honest }: Scene, tx: Transaction): Promise<void> {
  const { messages } = victim.node.services.networkCounters;
  const before = messages.get('announce received') ?? 0;
  await honest.client.submitTx(transactionToJson(tx));
  await until(() => (messages.get('announce received') ?? 0) > before);
}

describe('a transaction', () => {
  it('whose spoiled copy came first is taken from who has the good one', async () => {
    const scene = await sceneAt(tip);
    const evil = await EvilPeer.start(tip);
    await evil.meet(scene.victim);
    evil.mempool.push(spoiledCopy(payment, alice));
    await evil.announce(scene.victim, { wtxids: [wtxidOf(spoiledCopy(payment, alice))] });
    await untilPeer(scene.victim, evil, ({ misbehaviour }) => misbehaviour >= 50);
    expect(await waits(scene, payment)).toBe(false);
    await tellHonestly(scene, payment);
    await until(() => waits(scene, payment));
    await expectToGoOn(scene);
    await until(async () => !(await waits(scene, payment)));
  });

  it('spoiled in two ways costs the peer everything', async () => {
    const scene = await sceneAt(tip);
    const evil = await EvilPeer.start(tip);
    await evil.meet(scene.victim);
    evil.mempool.push(spoiledCopy(payment, alice), spoiledCopy(payment, alice, 2));
    await evil.announce(scene.victim, { wtxids: evil.mempool.map(wtxidOf) });
    await untilBanned(scene.victim, evil, new RegExp(`invalid-transaction: ${txidOf(payment)}: `));
    await tellHonestly(scene, payment);
    await until(() => waits(scene, payment));
    await expectToGoOn(scene);
  });

  it('that is not the one that was asked for costs points, and the one asked for comes from the next', async () => {
    const scene = await sceneAt(tip);
    const evil = await EvilPeer.start(tip);
    await evil.meet(scene.victim);
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    evil.misdeeds.set('transactions', after(gate, saying(encodeFrame(encodeTransaction(other)))));
    await evil.announce(scene.victim, { wtxids: [wtxidOf(payment)] });
    await until(() => evil.asked.includes('transactions'));
    await tellHonestly(scene, payment);
    open();
    await until(() => waits(scene, payment));
    await untilPeer(scene.victim, evil, ({ misbehaviour }) => misbehaviour >= 50);
    expect(await waits(scene, other)).toBe(false);
    await expectToGoOn(scene);
  });

  it('more than were asked for cost points, too', async () => {
    const scene = await sceneAt(tip);
    const evil = await EvilPeer.start(tip);
    await evil.meet(scene.victim);
    const both = [payment, other].map((tx) => encodeFrame(encodeTransaction(tx)));
    evil.misdeeds.set('transactions', saying(Buffer.concat(both)));
    await evil.announce(scene.victim, { wtxids: [wtxidOf(payment)] });
    await untilPeer(scene.victim, evil, ({ misbehaviour }) => misbehaviour >= 50);
    expect(await waits(scene, other)).toBe(false);
    await expectToGoOn(scene);
  });

  it.each([
    ['has it not', saying(new Uint8Array([0]))],
    ['never answers', silent],
  ])('told of by one who %s comes from another one who told of it', async (_, misdeed) => {
    const scene = await sceneAt(tip);
    const evil = await EvilPeer.start(tip);
    await evil.meet(scene.victim);
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    evil.misdeeds.set('transactions', after(gate, misdeed));
    await evil.announce(scene.victim, { wtxids: [wtxidOf(payment)] });
    await until(() => evil.asked.includes('transactions'));
    await tellHonestly(scene, payment);
    open();
    await until(() => waits(scene, payment));
    await expectToGoOn(scene);
  });

  it('told of a thousand times, and never there, takes no room', async () => {
    const scene = await sceneAt(tip);
    const evil = await EvilPeer.start(tip);
    await evil.meet(scene.victim);
    for (let round = 0; round < 5; round++) {
      const wtxids = Array.from({ length: 1_000 }, (_, i) =>
        wtxidOf({ ...payment, locktime: round * 1_000 + i }),
      );
      expect(await evil.announce(scene.victim, { wtxids })).toMatchObject({ status: 200 });
    }
    await until(() => evil.timesAsked('transactions') >= 50);
    expect((await scene.victim.client.mempool()).transactions).toEqual([]);
    await tellHonestly(scene, payment);
    await until(() => waits(scene, payment));
    await expectToGoOn(scene);
  });
});
