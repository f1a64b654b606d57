/**
 * What all tests of bad peers begin and end with: a node that is attacked, an honest one that it knows, and the question
 * whether blocks still get from one to the other.
 */
import { expect } from 'vitest';
import { blockToJson } from '../../src/consensus/index.ts';
import type { StartOptions } from '../../src/node/index.ts';
import type { StoredPeer } from '../../src/protocol/index.ts';
import { type BuiltBlock, ChainBuilder, key } from './chain-builder.ts';
import type { EvilPeer } from './evil-peer.ts';
import { runNode, type TestNode, until } from './running-node.ts';

/** Deadlines in which a bad peer is given up within a second or two. */
const SHORT: NonNullable<StartOptions['network']> = {
  timeoutMs: 800,
  firstRetryMs: 20,
  blockSync: { blockTimeoutMs: 800, overtakeAfterMs: 200 },
};

export interface Scene {
  readonly victim: TestNode;
  readonly honest: TestNode;
}

/** A builder whose blocks nodes with EASY_SETTINGS take. Its miner is alice. */
export function builderOf(): ChainBuilder {
  return new ChainBuilder({ params: { retargetInterval: 0 }, miner: key('alice') });
}

/** A node that gives up on bad peers soon. */
export function runVictim(
  settings: Readonly<Record<string, string>> = {},
  options: Pick<StartOptions, 'limits'> = {},
): Promise<TestNode> {
  return runNode({ DISCOVER_PEERS: 'false', ...settings }, { ...options, network: SHORT });
}

/** A victim and an honest node that are connected, both with the chain that ends in `tip`. */
export async function sceneAt(
  tip: BuiltBlock | null,
  settings: Readonly<Record<string, string>> = {},
  options: Pick<StartOptions, 'limits'> = {},
): Promise<Scene> {
  const victim = await runVictim(settings, options);
  const honest = await runNode({ ...chainSettings(settings), DISCOVER_PEERS: 'false' });
  for (const node of [victim, honest]) await give(node, tip);
  await befriend(victim, honest);
  return { victim, honest };
}

/** The settings that both must agree on. */
function chainSettings(settings: Readonly<Record<string, string>>): Record<string, string> {
  const names = ['DEFAULT_TARGET', 'RETARGET_INTERVAL', 'MAX_BLOCK_SIZE'];
  return Object.fromEntries(Object.entries(settings).filter(([name]) => names.includes(name)));
}

/** Hands a node all blocks of a chain. */
export async function give(node: TestNode, tip: BuiltBlock | null): Promise<void> {
  for (const { block } of tip?.chain ?? []) await node.client.submitBlock(blockToJson(block));
}

/** Connects two honest nodes, and waits until each believes who the other is. */
export async function befriend(a: TestNode, b: TestNode): Promise<void> {
  await a.client.addPeer(b.url);
  await b.client.addPeer(a.url);
  await until(async () => (await isFriend(a, b)) && (await isFriend(b, a)));
}

async function isFriend(node: TestNode, other: TestNode): Promise<boolean> {
  const peer = await peerOf(node, other);
  return peer?.state === 'connected' && peer.calls_us;
}

/** How a peer stands in GET /peers. */
export async function peerOf(node: TestNode, { url }: { url: string }): Promise<StoredPeer | undefined> {
  const { stored_peers: peers } = await node.client.peers();
  return peers.find((peer) => peer.url === url);
}

/** Waits until a peer stands like this in GET /peers. */
export async function untilPeer(
  node: TestNode,
  peer: { url: string },
  holds: (peer: StoredPeer) => boolean,
): Promise<StoredPeer> {
  let found: StoredPeer | undefined;
  await until(async () => {
    found = await peerOf(node, peer);
    return found !== undefined && holds(found);
  });
  return found as StoredPeer;
}

/** Waits until the victim has banned the bad one, and looks whether it says why. */
export async function untilBanned(victim: TestNode, evil: EvilPeer, why: RegExp): Promise<void> {
  const peer = await untilPeer(victim, evil, ({ state }) => state === 'banned');
  expect(peer).toMatchObject({ is_active: false, calls_us: false });
  expect(peer.misbehaviour).toBeGreaterThanOrEqual(100);
  expect(peer.ban_reason).toMatch(why);
  expect(peer.banned_until ?? 0).toBeGreaterThan(Date.now() / 1_000);
  expect((await evil.hello(victim)).json).toMatchObject({ reason: 'peer-banned', status: 403 });
}

/** Waits until something of this kind was the last that went wrong with a peer. */
export async function untilLastError(
  node: TestNode,
  peer: { url: string },
  why: RegExp,
): Promise<StoredPeer> {
  return untilPeer(node, peer, ({ last_error: said }) => said !== null && why.test(said));
}

export async function tipOf(node: TestNode): Promise<string | null> {
  return (await node.client.health()).tip_hash;
}

/** How many headers a node knows. */
export async function headerCount(node: TestNode): Promise<number> {
  return (await node.client.chainInfo()).header_count;
}

/** A block that is mined at the honest node reaches the victim. */
export async function expectToGoOn({ victim, honest }: Scene): Promise<void> {
  await honest.client.mine({ minerAddress: key('bob').address });
  const mined = await tipOf(honest);
  await until(async () => (await tipOf(victim)) === mined);
  expect((await peerOf(victim, honest))?.banned_until ?? null).toBeNull();
}
