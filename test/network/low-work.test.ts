/**
 * Chains that cost next to nothing: a node looks at them, keeps nothing of them, and goes on.
 *
 * The victim's chain was mined quickly, so its target has become hard; what the attacker mines is at the easy target of the
 * first blocks, for as many blocks as anybody wants.
 */
import { expect, it } from 'vitest';
import { type BlockHash, type BlockHeader, blockToJson, MAX_TARGET } from '../../src/consensus/index.ts';
import { helloParams } from '../../src/network/handshake.ts';
import { decodeLocator, encodeHeaders, MAX_HEADERS } from '../../src/network/messages.ts';
import {
  expectToGoOn,
  headerCount,
  sceneAt,
  tipOf,
  untilBanned,
  untilLastError,
} from '../support/bad-peer-scene.ts';
import { type BuiltBlock, ChainBuilder, GENESIS_TIME_S, key, mineBlock } from '../support/chain-builder.ts';
import { endless, newFlow } from '../support/evil-deeds.ts';
import { EvilPeer, type Misdeed } from '../support/evil-peer.ts';
import { until } from '../support/running-node.ts';

/** Any hash is a block at first; then the target follows the times. */
const settings = { RETARGET_INTERVAL: '10', DEFAULT_TARGET: `0x${'f'.repeat(64)}` };
/** Seven intervals of ten blocks, each four times as hard as the one before. The first six have the work of 13,650 easy ones. */
const builder = quickChain(69);
const tip = builder.last;
const { params } = builder;
const genesis = builder.at('genesis');

function quickChain(blocks: number): ChainBuilder {
  const quick = new ChainBuilder({ params: { defaultTarget: MAX_TARGET }, miner: key('alice') });
  for (let height = 1; height <= blocks; height++)
    quick.block(`a${height}`, { timestamp: GENESIS_TIME_S + height });
  return quick;
}

/** A chain of easy blocks on another one, as long as anybody wants. */
class CheapChain {
  readonly headers: BlockHeader[] = [];
  private readonly places = new Map<BlockHash, number>();
  private last: BuiltBlock;

  /** @param length how much of it is mined already: nobody shall wait for it */
  constructor(fork: BuiltBlock, length = 0) {
    this.last = fork;
    while (this.headers.length < length) this.mine();
  }

  mine(): BuiltBlock {
    this.last = mineBlock({ parent: this.last, params, minerAddress: key('bob') });
    this.places.set(this.last.hash, this.headers.length);
    this.headers.push(this.last.block.header);
    return this.last;
  }

  /** As many headers as fit into an answer, after the first of these that is on the chain, or from its beginning. */
  after(locator: readonly BlockHash[]): BlockHeader[] {
    const known = locator.find((hash) => this.places.has(hash));
    const from = known === undefined ? 0 : (this.places.get(known) ?? 0) + 1;
    return this.headers.slice(from, from + MAX_HEADERS);
  }
}

const CLAIM = { height: 5_000_000, hash: 'cd'.repeat(32), chain_work: '9'.repeat(20) };

/** Serves the headers of what `chainFor` says. */
function serving(chainFor: (locator: readonly BlockHash[]) => CheapChain): Misdeed {
  return ({ body, answer }) => {
    const locator = decodeLocator(body);
    answer(encodeHeaders(locator.ok ? chainFor(locator.value).after(locator.value) : []));
  };
}

it('a flood of easy headers is looked at, and none is kept', async () => {
  const scene = await sceneAt(tip, settings);
  const before = await headerCount(scene.victim);
  expect(before).toBe(tip.height + 1);
  const cheap = new CheapChain(genesis, 5 * MAX_HEADERS);
  const evil = await EvilPeer.start(genesis);
  evil.claims.params = helloParams(params);
  evil.claims.tip = CLAIM;
  evil.misdeeds.set(
    'headers',
    serving(() => cheap),
  );
  await evil.hello(scene.victim);
  // Genesis and all that it had to show.
  await untilBanned(scene.victim, evil, /\bwork-not-shown: it claimed a chain of work 9+ and showed \d+/);
  expect(evil.timesAsked('headers')).toBeGreaterThanOrEqual(6);
  expect(evil.asked).not.toContain('blocks');
  expect(await headerCount(scene.victim)).toBe(before);
  expect((await scene.victim.client.tips()).tips.length).toBe(1);
  expect(await tipOf(scene.victim)).toBe(tip.hash);
  await expectToGoOn(scene);
});

it('easy headers that are announced are not kept either', async () => {
  const scene = await sceneAt(tip, settings);
  const before = await headerCount(scene.victim);
  const cheap = new CheapChain(genesis, 200);
  const evil = await EvilPeer.start(genesis);
  evil.claims.params = helloParams(params);
  await evil.meet(scene.victim);
  for (let at = 0; at < cheap.headers.length; at += 8)
    await evil.announce(scene.victim, { headers: cheap.headers.slice(at, at + 8) });
  await until(() => evil.asked.includes('headers'));
  expect(evil.asked).not.toContain('compact-block');
  expect(await headerCount(scene.victim)).toBe(before);
  await expectToGoOn(scene);
});

it('a chain that is another one when it is read the second time is not followed', async () => {
  const scene = await sceneAt(builder.at('a59'), settings);
  const before = await headerCount(scene.victim);
  const evil = await EvilPeer.start(genesis);
  evil.claims.params = helloParams(params);
  evil.claims.tip = CLAIM;
  const shown = new CheapChain(genesis, 3 * MAX_HEADERS);
  const other = new CheapChain(builder.at('a1'), MAX_HEADERS);
  // The second reading names the block where the chain begins, and no other.
  evil.misdeeds.set(
    'headers',
    serving((locator) => (locator.length === 1 && locator[0] === genesis.hash ? other : shown)),
  );
  await evil.hello(scene.victim);
  await untilLastError(scene.victim, evil, /its chain changes too often/);
  expect(evil.asked).not.toContain('blocks');
  expect(await headerCount(scene.victim)).toBe(before);
  await expectToGoOn(scene);
});

it('the endless chain of an original node is read, and nothing of it kept', async () => {
  const scene = await sceneAt(tip, settings);
  const before = await headerCount(scene.victim);
  const cheap = new CheapChain(genesis);
  const evil = await EvilPeer.start(genesis);
  evil.isOriginal = true;
  evil.misdeeds.set('health', ({ answer }) =>
    answer({ node_name: 'original', chain_height: CLAIM.height, tip_hash: CLAIM.hash }),
  );
  const flow = newFlow();
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const head = text(`{"blocks":[${JSON.stringify(blockToJson(genesis.block))}`);
  evil.misdeeds.set(
    'chain',
    endless({ flow, head, next: () => text(`,${JSON.stringify(blockToJson(cheap.mine().block))}`) }),
  );
  await scene.victim.client.addPeer(evil.url);
  await until(() => cheap.headers.length >= 3_000 || flow.cutOff > 0);
  expect(await headerCount(scene.victim)).toBe(before);
  // While it is still being read.
  await expectToGoOn(scene);
  await scene.victim.client.removePeer(evil.url);
  await until(() => flow.cutOff > 0);
  expect(await headerCount(scene.victim)).toBe(before + 1);
});

it('a chain that has more work than it costs others to show is followed: the rule is work, not manners', async () => {
  const scene = await sceneAt(builder.at('a20'), settings);
  const evil = await EvilPeer.start(tip);
  evil.claims.params = helloParams(params);
  await evil.hello(scene.victim);
  await until(async () => (await tipOf(scene.victim)) === tip.hash);
  await until(async () => (await tipOf(scene.honest)) === tip.hash);
  await expectToGoOn(scene);
});
