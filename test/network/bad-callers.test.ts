/**
 * Strangers that call: without a handshake, under false names, in floods, a byte at a time. And nodes that meet themselves.
 */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SESSION_HEADER } from '../../src/network/index.ts';
import { encodeHashes } from '../../src/network/messages.ts';
import {
  befriend,
  builderOf,
  expectToGoOn,
  peerOf,
  runVictim,
  sceneAt,
  tipOf,
  untilBanned,
  untilPeer,
} from '../support/bad-peer-scene.ts';
import { nested, saying } from '../support/evil-deeds.ts';
import { type Answered, EvilPeer, type Message } from '../support/evil-peer.ts';
import { runNode, type TestNode, until } from '../support/running-node.ts';

const builder = builderOf().extend(3);
const tip = builder.at('a3');
const someId = (): string => randomBytes(16).toString('hex');

/** Says something to a node's port and listens. What came back stands in `heard` when the node has hung up. */
function dial(node: TestNode): { socket: Socket; heard: Promise<string> } {
  const { hostname, port } = new URL(node.url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
  // Being cut off is what we wait for.
  socket.on('error', () => undefined);
  return { socket, heard: new Promise((resolve) => socket.once('close', () => resolve(text))) };
}

/** Sends one byte now and then until the other side hangs up. */
function drip(socket: Socket, byte: string): void {
  const timer = setInterval(() => socket.write(byte), 20);
  socket.once('close', () => clearInterval(timer));
}

describe('a request that arrives a byte at a time', () => {
  const limits = { requestTimeoutMs: 600, headersTimeoutMs: 300 };
  const head = 'POST /p2p/announce HTTP/1.1\r\nHost: 127.0.0.1\r\n';

  it('is cut off in its body', async () => {
    const scene = await sceneAt(tip, {}, { limits });
    const { socket, heard } = dial(scene.victim);
    socket.write(`${head}Content-Type: application/octet-stream\r\nContent-Length: 60000\r\n\r\n`);
    drip(socket, 'x');
    expect(await heard).toMatch(/^HTTP\/1\.1 408 .*request-timeout/s);
    await expectToGoOn(scene);
  });

  it('is cut off in its head, and where it says no length', async () => {
    const scene = await sceneAt(tip, {}, { limits });
    const [first, second] = [dial(scene.victim), dial(scene.victim)];
    first.socket.write(`${head}X-Long: `);
    drip(first.socket, 'x');
    second.socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    drip(second.socket, '1\r\nx\r\n');
    expect(await first.heard).toMatch(/^HTTP\/1\.1 408 /);
    expect(await second.heard).toMatch(/^HTTP\/1\.1 (408|415|401) /);
    await expectToGoOn(scene);
  });

  it('and hundreds of them hold up nobody', async () => {
    const scene = await sceneAt(tip, {}, { limits });
    const calls = Array.from({ length: 200 }, () => dial(scene.victim));
    for (const { socket } of calls) {
      socket.write(`${head}Content-Type: application/octet-stream\r\nContent-Length: 60000\r\n\r\n`);
      drip(socket, 'x');
    }
    await expectToGoOn(scene);
    for (const { heard } of calls) expect(await heard).toContain('408');
  });
});

describe('a hello', () => {
  it('that is too long, too deep or malformed is refused, and no session given', async () => {
    const scene = await sceneAt(tip);
    const evil = await EvilPeer.start(tip);
    const hello = (extra: object): Promise<Answered> => evil.hello(scene.victim, extra);
    const deep = JSON.parse(nested(1_000)) as object;
    expect(await hello({ node_name: 'x'.repeat(65) })).toMatchObject({ status: 422 });
    expect(await hello({ more: 'x'.repeat(20_000) })).toMatchObject({ status: 413 });
    expect(await hello({ more: deep })).toMatchObject({ status: 422, json: { reason: 'nested-too-deeply' } });
    expect(await hello({ time: -1 })).toMatchObject({ status: 422 });
    expect(await hello({ node_id: '../../etc' })).toMatchObject({ status: 422 });
    expect(
      await hello({ params: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`p${i}`, ''])) }),
    ).toMatchObject({ status: 422 });
    expect(await evil.call(scene.victim, 'mempool', new Uint8Array())).toMatchObject({ status: 401 });
    expect(await peerOf(scene.victim, evil)).toBeUndefined();
    await expectToGoOn(scene);
  });

  it('again and again takes no more sessions than fit, and keeps nobody out', async () => {
    const scene = await sceneAt(tip, { MAX_PEERS: '4' });
    const evil = await EvilPeer.start(tip);
    const sessions: string[] = [];
    for (let i = 0; i < 150; i++) {
      const { status, json } = await evil.hello(scene.victim, { node_id: someId(), url: null });
      if (status === 200) sessions.push(String(json?.['session']));
    }
    const answers = await Promise.all(
      sessions.map((session) => evil.call(scene.victim, 'ping', { tip: null }, session)),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(12);
    expect(answers.filter(({ status }) => status === 401).length).toBeGreaterThan(0);
    // Neither those that were there before nor newcomers are kept out.
    const newcomer = await runNode({ DISCOVER_PEERS: 'false' });
    await newcomer.client.addPeer(scene.victim.url);
    await untilPeer(
      scene.victim,
      newcomer,
      ({ state, calls_us: callsUs }) => state === 'connected' && callsUs,
    );
    await until(async () => (await tipOf(newcomer)) === (await tipOf(scene.victim)));
    await expectToGoOn(scene);
  });

  it('that names others, again and again, makes us knock at their door a few times only', async () => {
    const scene = await sceneAt(tip);
    const [evil, bystander] = [await EvilPeer.start(tip), await EvilPeer.start(tip)];
    for (let i = 0; i < 60; i++) await evil.hello(scene.victim, { node_id: someId(), url: bystander.url });
    await expectToGoOn(scene);
    expect(bystander.timesAsked('hello')).toBeLessThanOrEqual(6);
    expect(await peerOf(scene.victim, bystander)).toMatchObject({ calls_us: false });
  });
});

describe('a caller', () => {
  const messages: readonly [Message, Uint8Array | object][] = [
    ['ping', { tip: null }],
    ['addresses', {}],
    ['headers', encodeHashes([])],
    ['blocks', encodeHashes([tip.hash])],
    ['transactions', new Uint8Array([0])],
    ['mempool', new Uint8Array()],
    ['compact-block', new Uint8Array(32)],
    ['block-transactions', new Uint8Array(33)],
    ['announce', new Uint8Array([0, 0])],
  ];

  it('without a handshake is told to say hello, whatever it asks', async () => {
    const scene = await sceneAt(tip);
    const evil = await EvilPeer.start(tip);
    const other = await runNode();
    await evil.hello(other, { url: null });
    for (const [message, body] of messages) {
      for (const session of [undefined, 'x', someId()]) {
        const refused = await evil.call(scene.victim, message, body, session);
        expect(refused).toMatchObject({ status: 401, json: { reason: 'no-session' } });
      }
    }
    await expectToGoOn(scene);
  });

  it('with the session that another node gave it is told the same', async () => {
    const scene = await sceneAt(tip);
    const evil = await EvilPeer.start(tip);
    const session = String((await evil.hello(scene.honest, { url: null })).json?.['session']);
    for (const [message, body] of messages) {
      expect(await evil.call(scene.honest, message, body, session)).toMatchObject({ status: 200 });
      expect(await evil.call(scene.victim, message, body, session)).toMatchObject({ status: 401 });
    }
    await expectToGoOn(scene);
  });

  it('with several sessions under one header has none', async () => {
    const scene = await sceneAt(tip);
    const evil = await EvilPeer.start(tip);
    const session = String((await evil.hello(scene.victim, { url: null })).json?.['session']);
    const response = await fetch(`${scene.victim.url}/p2p/mempool`, {
      method: 'POST',
      headers: [
        ['content-type', 'application/octet-stream'],
        [SESSION_HEADER, session],
        [SESSION_HEADER, session],
      ],
    });
    expect(response.status).toBe(401);
    await expectToGoOn(scene);
  });

  const malformed: readonly [Message, Uint8Array][] = [
    ['announce', new Uint8Array([0xff])],
    ['announce', new Uint8Array([9])],
    ['headers', new Uint8Array([0xfe, 0xff, 0xff, 0xff, 0xff])],
    ['blocks', encodeHashes(Array.from({ length: 17 }, () => tip.hash))],
    ['compact-block', new Uint8Array(31)],
    ['block-transactions', new Uint8Array(40).fill(0xfe)],
    ['transactions', new Uint8Array([1, 2])],
  ];

  it.each(malformed)(
    'that nobody knows and that sends malformed messages (%s) loses its session',
    async (message, body) => {
      const scene = await sceneAt(tip);
      const evil = await EvilPeer.start(tip);
      await evil.hello(scene.victim, { url: null });
      const answers: number[] = [];
      for (let i = 0; i < 3; i++) answers.push((await evil.call(scene.victim, message, body)).status);
      expect(answers).toEqual([422, 422, 401]);
      await expectToGoOn(scene);
    },
  );

  it('that is known and sends malformed messages is banned', async () => {
    const scene = await sceneAt(tip);
    const evil = await EvilPeer.start(tip);
    await evil.meet(scene.victim);
    for (const [message, body] of malformed.slice(0, 2)) await evil.call(scene.victim, message, body);
    await untilBanned(scene.victim, evil, /malformed-message: its message cannot be read/);
    expect(await evil.call(scene.victim, 'ping', { tip: null })).toMatchObject({ status: 401 });
    await expectToGoOn(scene);
  });
});

describe('impersonation:', () => {
  /** Misbehaves under the session that it has, until that is ended. */
  async function misbehave(evil: EvilPeer, node: TestNode): Promise<void> {
    await until(async () => (await evil.call(node, 'announce', new Uint8Array([0xff]))).status === 401);
  }

  it('who says hello in the name of a good node and misbehaves does not get that banned', async () => {
    const scene = await sceneAt(tip);
    const evil = await EvilPeer.start(tip);
    const { node_id: nodeId } = (await peerOf(scene.victim, scene.honest)) ?? {};
    for (const name of [{ url: scene.honest.url }, { url: null }]) {
      await evil.hello(scene.victim, { node_id: String(nodeId), ...name });
      await misbehave(evil, scene.victim);
    }
    expect(await peerOf(scene.victim, scene.honest)).toMatchObject({ misbehaviour: 0, banned_until: null });
    await expectToGoOn(scene);

    // And when it comes anew, it is welcome.
    await scene.victim.client.removePeer(scene.honest.url);
    await befriend(scene.honest, scene.victim);
    await expectToGoOn(scene);
  });

  it('who answers with the number of a good node, and misbehaves, neither shuts it out nor gets it banned', async () => {
    const victim = await runVictim();
    const honest = await runNode({ DISCOVER_PEERS: 'false' });
    const evil = await EvilPeer.start(builder.at('a1'));
    const { json } = await evil.hello(honest, { url: null });
    evil.claims.node_id = String(json?.['node_id']);
    await evil.meet(victim);
    await befriend(victim, honest);
    await expectToGoOn({ victim, honest });
    evil.misdeeds.set('every', saying('rubbish'));
    await misbehave(evil, victim);
    await untilPeer(victim, evil, ({ state }) => state === 'banned');
    expect(await peerOf(victim, honest)).toMatchObject({ state: 'connected', misbehaviour: 0 });
    await victim.client.removePeer(honest.url);
    await befriend(honest, victim);
    await expectToGoOn({ victim, honest });
  });
});
