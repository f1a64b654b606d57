/**
 * Nodes that meet themselves, one node under two addresses, and nodes of other networks: they part, and say why.
 */
import { describe, expect, it } from 'vitest';
import {
  befriend,
  builderOf,
  expectToGoOn,
  give,
  peerOf,
  sceneAt,
  tipOf,
  untilLastError,
  untilPeer,
} from '../support/bad-peer-scene.ts';
import { EvilPeer } from '../support/evil-peer.ts';
import { runNode, until } from '../support/running-node.ts';

const builder = builderOf().extend(3);
const tip = builder.at('a3');
const byName = (url: string): string => url.replace('127.0.0.1', 'localhost');

describe('a node', () => {
  it('that is told to call itself, by whatever name, notices', async () => {
    const scene = await sceneAt(tip);
    const { victim } = scene;
    for (const url of [victim.url, byName(victim.url), victim.url.replace('127.0.0.1', '127.1.2.3')]) {
      await victim.client.addPeer(url).catch(() => undefined);
      await expect(victim.client.sync(url)).rejects.toMatchObject({ status: 502 });
    }
    await untilLastError(victim, { url: byName(victim.url) }, /you are calling yourself|this node itself/);
    const { peers } = await victim.client.peers();
    expect(peers).toEqual([scene.honest.url]);
    await expectToGoOn(scene);
  });

  it('under two addresses has one line', async () => {
    const scene = await sceneAt(tip);
    const { victim, honest } = scene;
    await victim.client.addPeer(byName(honest.url));
    await until(async () => {
      const second = await peerOf(victim, { url: byName(honest.url) });
      return second === undefined || second.state === 'refused';
    });
    expect((await victim.client.peers()).peers).toEqual([honest.url]);
    await expectToGoOn(scene);
  });

  it('that is known by a name only is one that calls us by its address', async () => {
    const [victim, honest] = [
      await runNode({ DISCOVER_PEERS: 'false' }),
      await runNode({ DISCOVER_PEERS: 'false' }),
    ];
    await give(honest, tip);
    await victim.client.addPeer(byName(honest.url));
    await untilPeer(
      victim,
      { url: byName(honest.url) },
      ({ state, calls_us: callsUs }) => state === 'connected' && callsUs,
    );
    await until(async () => (await tipOf(victim)) === tip.hash);
    await expectToGoOn({ victim, honest });
  });
});

describe('a peer', () => {
  it('of another network is refused on both sides, each of which says what differs', async () => {
    const scene = await sceneAt(tip);
    const other = await runNode({ BLOCK_REWARD: '7', COINBASE_MATURITY: '3', DISCOVER_PEERS: 'false' });
    await other.client.addPeer(scene.victim.url);
    await scene.victim.client.addPeer(other.url);
    const here = await untilPeer(scene.victim, other, ({ state }) => state === 'refused');
    expect(here).toMatchObject({ misbehaviour: 0, banned_until: null });
    expect(here.last_error).toMatch(
      /of another network: BLOCK_REWARD is 7 there, 5000000000 here; COINBASE_MATURITY is 3 there, 0 here/,
    );
    const there = await untilPeer(other, scene.victim, ({ state }) => state === 'refused');
    expect(there.last_error).toMatch(
      /of another network: BLOCK_REWARD is 5000000000 there, 7 here; COINBASE_MATURITY is 0 there, 3 here/,
    );
    await expectToGoOn(scene);
  });

  it('that does not even know our parameters is refused, too', async () => {
    const scene = await sceneAt(tip);
    const evil = await EvilPeer.start(tip);
    evil.claims.params = { default_target: 'x'.repeat(100) };
    expect(await evil.hello(scene.victim)).toMatchObject({
      status: 400,
      json: {
        reason: 'other-network',
        detail: expect.stringMatching(
          /^the caller is of another network: DEFAULT_TARGET is x{80} there, .* here; BLOCK_REWARD is not told there/,
        ) as string,
      },
    });
    await scene.victim.client.addPeer(evil.url);
    await untilLastError(scene.victim, evil, /it is of another network: DEFAULT_TARGET is x+ there/);
    await expectToGoOn(scene);
  });

  it('that speaks another version is refused on both sides', async () => {
    const scene = await sceneAt(tip);
    const evil = await EvilPeer.start(tip);
    evil.claims.protocol = 2;
    expect(await evil.hello(scene.victim)).toMatchObject({
      status: 400,
      json: {
        reason: 'protocol-version',
        detail: 'the caller speaks version 2 of the peer protocol, this node version 1',
      },
    });
    await scene.victim.client.addPeer(evil.url);
    const peer = await untilPeer(scene.victim, evil, ({ state }) => state === 'refused');
    expect(peer).toMatchObject({
      misbehaviour: 0,
      last_error: 'it speaks version 2 of the peer protocol, this node version 1',
    });
    await expectToGoOn(scene);
  });

  it('that was refused is met when it has become one of ours', async () => {
    const scene = await sceneAt(tip);
    const evil = await EvilPeer.start(tip);
    evil.claims.protocol = 2;
    await scene.victim.client.addPeer(evil.url);
    await untilPeer(scene.victim, evil, ({ state }) => state === 'refused');
    delete (evil.claims as { protocol?: number }).protocol;
    await evil.meet(scene.victim);
    expect(await peerOf(scene.victim, evil)).toMatchObject({ state: 'connected', last_error: null });
    await befriend(scene.victim, scene.honest);
    await expectToGoOn(scene);
  });
});
