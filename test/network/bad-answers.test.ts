/**
 * Peers whose answers have no end, no sense or no manners: everything is cut off at a bound, and the honest network goes on.
 */
import { describe, expect, it } from 'vitest';
import type { ApiError } from '../../src/protocol/index.ts';
import {
  builderOf,
  expectToGoOn,
  headerCount,
  peerOf,
  runVictim,
  sceneAt,
  tipOf,
  untilBanned,
  untilLastError,
  untilPeer,
} from '../support/bad-peer-scene.ts';
import {
  changing,
  dripping,
  endless,
  nested,
  newFlow,
  redirecting,
  saying,
  silent,
} from '../support/evil-deeds.ts';
import { EvilPeer, type Message } from '../support/evil-peer.ts';
import { until } from '../support/running-node.ts';

const builder = builderOf().extend(3).fork('a1').extend(4, 'b');
const [ours, theirs] = [builder.at('a3'), builder.at('b5')];

/** Room for what the sockets of both sides hold, beside what is read. */
const SOCKETS_BYTES = 16_000_000;

describe('an answer without end', () => {
  /** The first bytes of a block frame of 5 MB. */
  const hugeFrame = new Uint8Array([0xfe, 0x40, 0x4b, 0x4c, 0x00]);
  const cases: readonly [Message, Uint8Array, RegExp][] = [
    ['hello', new Uint8Array(), /oversized-answer: its answer is longer than 65536 bytes/],
    [
      'headers',
      new Uint8Array([0xfd, 0xd0, 0x07]),
      /oversized-answer: its answer is longer than 216016 bytes/,
    ],
    ['blocks', new Uint8Array(), /unrequested-data: it sent more than|not-there: it lacked 4 blocks/],
    ['blocks', hugeFrame, /oversized-answer: it announces 5000000 bytes; 1000000 are the most/],
    ['mempool', new Uint8Array(), /oversized-answer: its answer is longer than 1600016 bytes/],
  ];

  it.each(cases)('to %s is cut off and punished (%#)', async (message, head, why) => {
    const scene = await sceneAt(ours);
    const evil = await EvilPeer.start(theirs);
    const flow = newFlow();
    evil.misdeeds.set(message, endless({ flow, head }));
    await scene.victim.client.addPeer(evil.url);
    await untilBanned(scene.victim, evil, why);
    await until(() => flow.cutOff === evil.timesAsked(message));
    expect(flow.bytes).toBeLessThan(SOCKETS_BYTES * flow.cutOff);
    await expectToGoOn(scene);
  });

  it('that says no ends, too', async () => {
    const scene = await sceneAt(ours);
    const evil = await EvilPeer.start(theirs);
    const flow = newFlow();
    evil.misdeeds.set('headers', endless({ flow, status: 500 }));
    await evil.hello(scene.victim);
    await untilLastError(scene.victim, evil, /it answered 500 to \/p2p\/headers/);
    await until(() => flow.cutOff === evil.timesAsked('headers'));
    await expectToGoOn(scene);
  });
});

describe('an answer that drips', () => {
  /** The first bytes of a block frame of 65,535 bytes: without them, each drop would be a frame. */
  const frame = new Uint8Array([0xfd, 0xff, 0xff]);

  it.each<[Message, Uint8Array]>([
    ['hello', new Uint8Array()],
    ['headers', new Uint8Array()],
    ['blocks', frame],
    ['mempool', new Uint8Array()],
  ])('to %s is given up', async (message, head) => {
    const scene = await sceneAt(ours);
    const evil = await EvilPeer.start(theirs);
    const flow = newFlow();
    evil.misdeeds.set(message, dripping(flow, head));
    await scene.victim.client.addPeer(evil.url);
    await untilLastError(scene.victim, evil, /it took longer than 0\.8 s/);
    await until(() => flow.cutOff > 0);
    await expectToGoOn(scene);
  });

  it.each<Message>(['hello', 'headers'])('or never comes, to %s: likewise', async (message) => {
    const scene = await sceneAt(ours);
    const evil = await EvilPeer.start(theirs);
    evil.misdeeds.set(message, silent);
    await scene.victim.client.addPeer(evil.url);
    await untilLastError(scene.victim, evil, /it took longer than 0\.8 s/);
    await expectToGoOn(scene);
  });

  it('but brings block after block is only slow, and that is allowed', async () => {
    const scene = await sceneAt(ours);
    const evil = await EvilPeer.start(theirs);
    evil.misdeeds.set('blocks', async ({ honest, response }) => {
      const bytes = honest() as Uint8Array;
      response.writeHead(200);
      // Cut anywhere: frames are put together again.
      for (let at = 0; at < bytes.length; at += 100) {
        response.write(bytes.subarray(at, at + 100));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      response.end();
    });
    await evil.hello(scene.victim);
    await until(async () => (await tipOf(scene.victim)) === theirs.hash);
    expect(await peerOf(scene.victim, evil)).toMatchObject({ banned_until: null });
    await expectToGoOn(scene);
  });
});

describe('JSON', () => {
  const deep = `{"addresses":${nested(10_000)}}`;
  const wide = JSON.stringify({ tip: null, more: Array.from({ length: 20_000 }, () => ({})) });
  const cases: readonly [string, Message, string, RegExp][] = [
    ['nested deeply', 'hello', deep, /malformed-message: its JSON is nested too deeply/],
    ['too long', 'hello', ' '.repeat(70_000), /oversized-answer/],
    ['that is none', 'hello', 'hello!', /malformed-message: its answer is not JSON/],
    ['without what is needed', 'hello', '{"protocol":1}', /malformed-message: its hello is malformed at/],
    ['nested deeply', 'addresses', deep, /malformed-message: its JSON is nested too deeply/],
    ['too long', 'addresses', wide.padEnd(70_000), /oversized-answer/],
    ['of another form', 'addresses', '{"addresses":[5]}', /malformed-message: its list of addresses/],
    ['nested deeply', 'ping', deep, /malformed-message: its JSON is nested too deeply/],
    ['too long', 'ping', wide.padEnd(70_000), /oversized-answer/],
    ['of another form', 'ping', '{"tip":{"height":-1}}', /malformed-message: its ping is malformed/],
  ];

  it.each(cases)('%s, in answer to %s, costs points', async (_, message, text, why) => {
    const scene = await sceneAt(ours, { SYNC_INTERVAL: '1', DISCOVER_PEERS: 'true' });
    const evil = await EvilPeer.start(ours);
    evil.misdeeds.set(message, saying(text));
    await scene.victim.client.addPeer(evil.url);
    await untilBanned(scene.victim, evil, why);
    await expectToGoOn(scene);
  });

  it.each([
    ['nested deeply', `{"height":9,"blocks":[{"header":${nested(100_000)}}]}`, /nested too deeply/],
    ['with an endless block', `{"blocks":[{"a":"${'x'.repeat(6_000_000)}"}]}`, /longer than 5016384 bytes/],
    ['with blocks that are none', '{"blocks":[{"a":1}]}', /a block that cannot be read/],
    ['that ends too early', '{"blocks":[', /its \/chain ends too early/],
  ])('of an original node %s costs points', async (_, text, why) => {
    const scene = await sceneAt(ours);
    const evil = await EvilPeer.start(theirs);
    evil.isOriginal = true;
    evil.misdeeds.set('chain', saying(text));
    await scene.victim.client.addPeer(evil.url);
    const { ban_reason: said, last_error: error } = await untilPeer(
      scene.victim,
      evil,
      ({ misbehaviour }) => misbehaviour >= 50,
    );
    expect(`${said} ${error}`).toMatch(why);
    expect(await tipOf(scene.victim)).toBe(ours.hash);
    await expectToGoOn(scene);
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('(%i) into our own network is never followed', async (status) => {
    const scene = await sceneAt(ours);
    const [canary, evil] = [await EvilPeer.start(), await EvilPeer.start(theirs)];
    evil.misdeeds.set('every', redirecting(canary.url, status));
    await scene.victim.client.addPeer(evil.url);
    await untilBanned(scene.victim, evil, /redirect: it answered \/p2p\/hello with a redirect/);
    const other = await EvilPeer.start(theirs);
    other.misdeeds.set('every', redirecting(canary.url, status));
    await expect(scene.victim.client.sync(other.url)).rejects.toMatchObject({ status: 502 });
    expect(canary.asked).toEqual([]);
    await expectToGoOn(scene);
  });

  it('after a good hello, or from an original node, is not followed either', async () => {
    const scene = await sceneAt(ours);
    const canary = await EvilPeer.start();
    const [evil, original] = [await EvilPeer.start(theirs), await EvilPeer.start(theirs)];
    for (const message of ['headers', 'mempool'] as const)
      evil.misdeeds.set(message, redirecting(canary.url));
    original.isOriginal = true;
    original.misdeeds.set('chain', redirecting(canary.url));
    await scene.victim.client.addPeer(evil.url);
    await scene.victim.client.addPeer(original.url);
    await untilBanned(scene.victim, evil, /redirect: /);
    await untilPeer(scene.victim, original, ({ state }) => state === 'banned');
    expect(canary.asked).toEqual([]);
    await expectToGoOn(scene);
  });
});

describe('a claim of much work', () => {
  const claim = { height: 1_000_000, hash: 'ab'.repeat(32), chain_work: '9'.repeat(30) };

  it('that no headers show costs points', async () => {
    const scene = await sceneAt(ours);
    const evil = await EvilPeer.start(ours);
    evil.claims.tip = claim;
    await evil.hello(scene.victim);
    await untilBanned(scene.victim, evil, /\bwork-not-shown: it claimed a chain of work 9+ and showed \d+/);
    await expectToGoOn(scene);
  });

  it('in a ping does, too', async () => {
    const scene = await sceneAt(ours);
    const evil = await EvilPeer.start(ours);
    await evil.meet(scene.victim);
    expect(await evil.call(scene.victim, 'ping', { tip: claim })).toMatchObject({ status: 200 });
    await untilPeer(scene.victim, evil, ({ misbehaviour }) => misbehaviour >= 50);
    await expectToGoOn(scene);
  });

  it('is looked at when the owner asks for a sync: he hears what came of it', async () => {
    const victim = await runVictim();
    const evil = await EvilPeer.start(ours);
    evil.claims.tip = claim;
    evil.misdeeds.set(
      'headers',
      changing(() => new Uint8Array([0])),
    );
    const refused = await victim.client.sync(evil.url).then(
      () => undefined,
      (error: unknown) => error as ApiError,
    );
    expect(refused).toMatchObject({ status: 502, reason: 'peer-failed' });
    expect(refused?.message).toMatch(/it claimed a chain of work 9+ and showed 0/);
    expect(await headerCount(victim)).toBe(0);
  });
});
