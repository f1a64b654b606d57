/** A whole sandbox with its real nodes, in this thread. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_PARAMS } from '../consensus/index.ts';
import { sandboxNodeStarter } from '../node/sandbox-nodes.ts';
import type { SandboxNodeName, SandboxRole } from '../protocol/index.ts';
import { Sandbox } from './sandbox.ts';
import { sandboxParams } from './sandbox-params.ts';
import type { SandboxState } from './sandbox-state.ts';

let sandbox: Sandbox;
/** Who finds the next blocks of a race: 0 is always the attacker, 0.999 never. */
let chances: (number | Error)[] = [];

beforeEach(async () => {
  chances = [];
  sandbox = await Sandbox.start({
    startNode: sandboxNodeStarter(sandboxParams(DEFAULT_PARAMS), 'a token of nobody'),
    nowMs: () => Date.now(),
    random: () => {
      const next = chances.shift() ?? 0.999;
      if (next instanceof Error) throw next;
      return next;
    },
  });
});
afterEach(() => sandbox.close());

function nodeOf(state: SandboxState, name: SandboxNodeName): SandboxState['nodes'][number] {
  return state.nodes.find((node) => node.name === name)!;
}

/** What a role has, by the chain of a node. */
function balanceOf(state: SandboxState, role: SandboxRole, node: SandboxNodeName): number {
  return nodeOf(state, node).balances.find((entry) => entry.role === role)!.balance;
}

function tips(state: SandboxState): (string | null)[] {
  return state.nodes.map(({ tip_hash }) => tip_hash);
}

function kinds(state: SandboxState): string[] {
  return state.story.map(({ kind }) => kind);
}

describe('a sandbox', () => {
  test('two branches, and the longer one wins', async () => {
    await sandbox.run({ type: 'mine', node: 'honest-1', blocks: 2 });
    await sandbox.run({ type: 'partition', groups: [['honest-1'], ['honest-2', 'attacker']] });
    await sandbox.run({ type: 'mine', node: 'honest-1' });
    await sandbox.run({ type: 'mine', node: 'honest-2', blocks: 2 });
    const split = await sandbox.state();
    expect(split.nodes.map(({ height }) => height)).toEqual([2, 3, 3]);
    expect(nodeOf(split, 'honest-2').connected_to).toEqual(['attacker']);
    const ofOne = split.blocks.find(({ miner, height }) => miner === 'honest-1' && height === 2)!;
    expect(ofOne.views.map(({ status }) => status)).toEqual(['active', 'unknown', 'unknown']);

    await sandbox.run({ type: 'heal' });
    const healed = await sandbox.state();
    expect(new Set(tips(healed)).size).toBe(1);
    const stale = healed.blocks.find(({ block_hash }) => block_hash === ofOne.block_hash)!;
    expect(stale.views[0]).toEqual({ node: 'honest-1', status: 'valid-fork' });
    expect(healed.story.find(({ kind }) => kind === 'reorg')).toMatchObject({ node: 'honest-1', count: 1 });
    expect(healed.blocks).toHaveLength(5);
  });

  test('a confirmed payment is taken back by blocks that were withheld', async () => {
    await sandbox.run({ type: 'mine', node: 'attacker' });
    await sandbox.run({ type: 'pay', from: 'attacker', to: 'merchant', amount: 1_000_000_000 });
    const waiting = await sandbox.state();
    expect(waiting.nodes.map(({ mempool }) => mempool.length)).toEqual([1, 1, 1]);

    await sandbox.run({ type: 'withhold' });
    await sandbox.run({ type: 'double-spend' });
    await sandbox.run({ type: 'mine', node: 'honest-1' });
    const paid = await sandbox.state();
    expect(balanceOf(paid, 'merchant', 'honest-2')).toBe(1_000_000_000);
    expect(balanceOf(paid, 'merchant', 'attacker')).toBe(0);
    expect(paid.payments[0]!.views[0]).toEqual({ node: 'honest-1', status: 'confirmed', confirmations: 1 });

    await sandbox.run({ type: 'mine', node: 'attacker', blocks: 2 });
    await sandbox.run({ type: 'publish' });
    const gone = await sandbox.state();
    expect(balanceOf(gone, 'merchant', 'honest-1')).toBe(0);
    expect(gone.payments[0]!.views.map(({ status }) => status)).toEqual(['unknown', 'unknown', 'unknown']);
    expect(gone.payments[1]).toMatchObject({
      from: 'attacker',
      to: 'attacker',
      conflicts_with: gone.payments[0]!.txid,
    });
    expect(gone.payments[1]!.views.map(({ status }) => status)).toEqual([
      'confirmed',
      'confirmed',
      'confirmed',
    ]);
    expect(kinds(gone)).toContain('published');
  });

  test('a race that the attacker wins, and one that he gives up', async () => {
    // Two confirmations come first; then three blocks in a row catch up and overtake.
    chances = [0.9, 0.9, 0, 0, 0];
    await sandbox.run({ type: 'race', share: 40, confirmations: 2 });
    const won = await sandbox.state();
    expect(won.race).toMatchObject({ outcome: 'won', attacker_blocks: 3, honest_blocks: 2 });
    expect(won.race!.chance).toBeGreaterThan(won.race!.chance_here);
    expect(balanceOf(won, 'merchant', 'honest-1')).toBe(0);
    expect(won.busy).toBeNull();

    await sandbox.run({ type: 'race', share: 10, confirmations: 1 });
    const lost = await sandbox.state();
    expect(lost.race).toMatchObject({ outcome: 'gave-up', attacker_blocks: 0, honest_blocks: 6 });
    expect(balanceOf(lost, 'merchant', 'attacker')).toBe(1_000_000_000);
    expect(new Set(tips(lost)).size).toBe(1);
    expect(kinds(lost).filter((kind) => kind.startsWith('race'))).toEqual([
      ...['race-started', 'race-won', 'race-started', 'race-lost'],
    ]);
  });

  test('one thing at a time, and it can be stopped', async () => {
    const race = sandbox.run({ type: 'race', share: 0, confirmations: 6, pause_ms: 500 });
    await expect(sandbox.run({ type: 'heal' })).rejects.toMatchObject({ reason: 'sandbox-busy' });
    expect((await sandbox.state()).busy).toBe('race');
    await sandbox.run({ type: 'stop' });
    await race;
    const stopped = await sandbox.state();
    expect(stopped.busy).toBeNull();
    expect(kinds(stopped)).toContain('stopped');
  });

  test('a race mines what it needs to pay with, whatever waits from before', async () => {
    await sandbox.run({ type: 'mine', node: 'attacker' });
    await sandbox.run({ type: 'partition', groups: [['honest-1'], ['honest-2', 'attacker']] });
    // The only coin is tied up now.
    await sandbox.run({ type: 'pay', from: 'attacker', to: 'merchant', amount: 1 });
    await sandbox.run({ type: 'race', share: 0, confirmations: 0 });
    const state = await sandbox.state();
    expect(state.race).toMatchObject({ outcome: 'gave-up' });
    expect(kinds(state).slice(kinds(state).indexOf('healed'))).toEqual([
      ...['healed', 'mined', 'paid', 'withheld', 'double-spent', 'race-started', 'published', 'race-lost'],
    ]);
    expect(state.groups).toHaveLength(1);
  });

  test('a race that breaks leaves the network whole, and nothing under way', async () => {
    chances = [0, new Error('no chance')];
    await expect(sandbox.run({ type: 'race', share: 40, confirmations: 2 })).rejects.toThrow('no chance');
    const state = await sandbox.state();
    expect([state.busy, state.groups.length]).toEqual([null, 1]);
    expect(state.race).toMatchObject({ outcome: 'stopped', attacker_blocks: 1 });
    await sandbox.run({ type: 'mine', node: 'honest-1' });
    expect(new Set(tips(await sandbox.state())).size).toBe(1);
  });

  test('coins are spent twice only while the attacker is by himself', async () => {
    await sandbox.run({ type: 'mine', node: 'attacker' });
    await sandbox.run({ type: 'pay', from: 'attacker', to: 'merchant', amount: 1_000_000_000 });
    const refused = {
      reason: 'sandbox-refused',
      message: expect.stringContaining('cut the attacker’s lines'),
    };
    await expect(sandbox.run({ type: 'double-spend' })).rejects.toMatchObject(refused);
    await sandbox.run({ type: 'partition', groups: [['honest-1'], ['honest-2', 'attacker']] });
    await expect(sandbox.run({ type: 'double-spend' })).rejects.toMatchObject(refused);
    const [payment] = (await sandbox.state()).payments;
    expect(payment?.views.map(({ status }) => status)).toEqual(['mempool', 'mempool', 'mempool']);
    await sandbox.run({ type: 'withhold' });
    await sandbox.run({ type: 'double-spend' });
    expect((await sandbox.state()).payments).toHaveLength(2);
  });

  test('what was done when it should be stopped is not told to have been ended', async () => {
    await sandbox.run({ type: 'mine', node: 'attacker' });
    const healing = sandbox.run({ type: 'withhold' });
    await sandbox.run({ type: 'stop' });
    await healing;
    expect(kinds(await sandbox.state())).not.toContain('stopped');
  });

  test('what cannot be done is said', async () => {
    const refused = { reason: 'sandbox-refused' };
    await expect(sandbox.run({ type: 'publish' })).rejects.toMatchObject(refused);
    await expect(sandbox.run({ type: 'double-spend' })).rejects.toMatchObject(refused);
    await expect(
      sandbox.run({ type: 'pay', from: 'honest-1', to: 'merchant', amount: 1 }),
    ).rejects.toMatchObject(refused);
    await expect(
      sandbox.run({ type: 'partition', groups: [['honest-1'], ['honest-1', 'attacker']] }),
    ).rejects.toMatchObject(refused);
    await sandbox.run({ type: 'mine', node: 'attacker', blocks: 1 });
    await sandbox.run({ type: 'pay', from: 'attacker', to: 'merchant', amount: 5 });
    await sandbox.run({ type: 'mine', node: 'honest-2' });
    await expect(sandbox.run({ type: 'double-spend' })).rejects.toMatchObject(refused);
  });
});
