/**
 * What a network has to get right while something breaks: nodes that are killed in the middle of a sync, on either side of it,
 * and a source that lies. What is "the middle" is settled by doors in front of the sources, not by time.
 */
import { describe, expect, it } from 'vitest';
import { expectDatabaseVerifies } from '../crash/verify-database.ts';
import {
  type ProcessEngine,
  type ProcessNetwork,
  type ProcessNode,
  withNetwork,
} from '../support/network-of-processes.ts';
import { expectSameEverywhere } from './agreement.ts';
import { alice, bob, coinsOf, payWith } from './scenario-payments.ts';

const AS_LAID_OUT = { DISCOVER_PEERS: 'false' };
/** Far above what any of these takes, so that the waits inside give up first and tell why. */
const TIMEOUT = { timeout: 400_000 };
const TIP_HEIGHT = 159;
/**
 * A request is for 16 blocks. A source that answers three of them holds back the rest: 48 blocks are sure to come, and with
 * two such sources no more than 96 of the 160.
 */
const ANSWERS = 3;
const SURE_HEIGHT = 3 * 16 - 1;

export function troubleScenarios(engine: ProcessEngine): void {
  describe(`a network in trouble on ${engine}`, () => {
    it('goes on where it was when it is killed in the middle of a sync', TIMEOUT, () =>
      withNetwork(engine, AS_LAID_OUT, async (network) => {
        network.bystanders('source');
        const { node: source, front } = await network.startBehindFront('source');
        const tip = await mineWithPayments(source);
        front.holdAfter(ANSWERS);
        const victim = await network.startOne('victim');
        await victim.client.addPeer(source.url);
        await untilHeight(network, victim, SURE_HEIGHT);
        await network.kill(victim);

        // The door is still closed: what it has now is what it had.
        await network.restart(victim);
        expect((await victim.client.health()).chain_height).toBe(SURE_HEIGHT);
        // Nobody tells it again whom to ask.
        front.open();
        await network.untilTip(tip);
        await expectSameEverywhere(network.nodes);
        await network.stop();
        await expectDatabaseVerifies(victim.env);
      }),
    );

    it('finishes a sync from another source when one is killed in the middle of it', TIMEOUT, () =>
      withNetwork(engine, AS_LAID_OUT, async (network) => {
        network.bystanders('doomed', 'other');
        const { node: doomed, front: doomedFront } = await network.startBehindFront('doomed');
        const { node: other, front: otherFront } = await network.startBehindFront('other');
        await network.link(doomed, other);
        const tip = await mineWithPayments(doomed);
        await network.untilTip(tip);

        doomedFront.holdAfter(ANSWERS);
        otherFront.holdAfter(ANSWERS);
        const learner = await network.startOne('learner');
        await network.link(learner, doomed);
        await network.link(learner, other);
        await untilHeight(network, learner, SURE_HEIGHT);
        expect((await learner.client.health()).chain_height).toBeLessThan(TIP_HEIGHT);
        await network.kill(doomed);
        doomedFront.close();
        otherFront.open();
        await network.untilTip(tip, [learner, other]);
        await network.until(
          'the dead source is not counted as connected',
          () => learner.peer(doomed.url),
          (peer) => peer !== undefined && peer.state !== 'connected',
        );
        await expectSameEverywhere([learner, other]);
        await network.stop();
        await expectDatabaseVerifies(learner.env);
      }),
    );

    it('bans a source that spoils blocks, and finishes from an honest one', TIMEOUT, () =>
      withNetwork(engine, AS_LAID_OUT, async (network) => {
        network.bystanders('liar', 'honest');
        const { node: liar, front: liarFront } = await network.startBehindFront('liar');
        const { node: honest, front: honestFront } = await network.startBehindFront('honest');
        await network.link(liar, honest);
        const tip = await mineWithPayments(honest);
        await network.untilTip(tip);

        // The last byte belongs to the last transaction of the last block: its header stays as good as it was.
        liarFront.spoil = (answer) => Buffer.concat([answer.subarray(0, -1), Buffer.from([0x55])]);
        honestFront.holdAfter(0);
        const learner = await network.startOne('learner');
        await learner.client.addPeer(liar.url);
        await learner.client.addPeer(honest.url);
        const banned = await network.until(
          'the liar is banned',
          () => learner.peer(liar.url),
          (peer) => peer?.state === 'banned',
        );
        expect(banned?.ban_reason).toMatch(/^spoiled-block: /);
        expect((await learner.client.health()).chain_height).toBeLessThan(TIP_HEIGHT);
        honestFront.open();
        await network.untilTip(tip);
        await network.linked(learner, honest);
        await expectSameEverywhere([learner, honest]);
        await network.stop();
        await expectDatabaseVerifies(learner.env);
      }),
    );
  });
}

/** A chain of {@link TIP_HEIGHT}, some of it with payments. @returns the hash of its tip */
async function mineWithPayments(node: ProcessNode): Promise<string> {
  await node.client.mine({ minerAddress: alice.address, blocks: 10 });
  for (const coin of await coinsOf(node, alice)) {
    await payWith(node, coin, { from: alice, to: bob });
    await node.client.mine({ minerAddress: bob.address, blocks: 15 });
  }
  const { chain_height: height, tip_hash: tip } = await node.client.health();
  expect(height).toBe(TIP_HEIGHT);
  return tip ?? '';
}

async function untilHeight(network: ProcessNetwork, node: ProcessNode, height: number): Promise<void> {
  await network.until(
    `${node.name} is at height ${height}`,
    async () => (await node.client.health()).chain_height,
    (seen) => seen >= height,
  );
}
