/** What lessons ask about a sandbox: who agrees with whom, and how a block stands among its nodes. Pure. */
import type {
  SandboxAnswer,
  SandboxBlock,
  SandboxNodeName,
  SandboxNodeState,
  SandboxPayment,
} from '../../../../src/protocol/sandbox.ts';

type State = Pick<SandboxAnswer, 'nodes' | 'blocks' | 'groups' | 'payments' | 'story'>;

/**
 * - `agreed`: every node has it in its chain
 * - `secret`: in the chain of the attacker, and no other node has heard of it
 * - `disputed`: in the chain of some nodes only
 * - `stale`: in no chain any more
 */
export type Standing = 'agreed' | 'secret' | 'disputed' | 'stale';

/** Nodes that have the block in their chain. */
export function followersOf({ views }: Pick<SandboxBlock, 'views'>): SandboxNodeName[] {
  return views.filter(({ status }) => status === 'active').map(({ node }) => node);
}

export function standingOf(block: Pick<SandboxBlock, 'views'>): Standing {
  const followers = followersOf(block);
  if (followers.length === block.views.length) return 'agreed';
  if (followers.length === 0) return 'stale';
  const isHidden = block.views.every(({ node, status }) => node === 'attacker' || status === 'unknown');
  return isHidden && followers[0] === 'attacker' ? 'secret' : 'disputed';
}

/** @throws Error when the state has no such node; it always has all three */
export function nodeOf({ nodes }: Pick<State, 'nodes'>, name: SandboxNodeName): SandboxNodeState {
  const found = nodes.find((node) => node.name === name);
  if (found === undefined) throw new Error(`invariant: no node ${name}`);
  return found;
}

/** Nothing was done in it but mining: lessons begin with such a one. */
export function isFresh({ story }: Pick<State, 'story'>): boolean {
  return story.every(({ kind }) => kind === 'started' || kind === 'mined');
}

/**
 * It is the sandbox that was noted when the lesson began. Another lesson or tab may have put a new one in its place, and one that
 * ended gives way to the next.
 * @param noted `started_at`, as text
 */
export function isNoted(network: Pick<SandboxAnswer, 'started_at'>, noted: string | undefined): boolean {
  return String(network.started_at) === noted;
}

/** All nodes have the same tip, and there is one. */
export function allAgree({ nodes }: Pick<State, 'nodes'>): boolean {
  return nodes.every(({ tip_hash: tip }) => tip !== null && tip === nodes[0]?.tip_hash);
}

/** Each of the two has a block at its tip that is not in the chain of the other. */
export function haveParted(state: State, a: SandboxNodeName, b: SandboxNodeName): boolean {
  const lacks = (owner: SandboxNodeName, other: SandboxNodeName): boolean => {
    const tip = state.blocks.find(({ block_hash: hash }) => hash === nodeOf(state, owner).tip_hash);
    return tip !== undefined && !followersOf(tip).includes(other);
  };
  return lacks(a, b) && lacks(b, a);
}

/** Blocks of the longest reorganisation since all nodes were connected last; 0 when there was none. */
export function reorgSinceHealed({ story }: Pick<State, 'story'>): number {
  const healed = story.findLastIndex(({ kind }) => kind === 'healed' || kind === 'published');
  if (healed < 0) return 0;
  const counts = story.slice(healed).map(({ kind, count }) => (kind === 'reorg' ? count : 0));
  return Math.max(...counts);
}

/** The last payment of the attacker to the merchant, and the one that spends the same coins, where there are such. */
export function theAttack({ payments }: Pick<State, 'payments'>): {
  readonly toMerchant: SandboxPayment | undefined;
  readonly toSelf: SandboxPayment | undefined;
} {
  const toMerchant = payments.findLast(({ from, to }) => from === 'attacker' && to === 'merchant');
  const toSelf = payments.findLast(
    ({ conflicts_with: rival }) => rival !== null && rival === toMerchant?.txid,
  );
  return { toMerchant, toSelf };
}

/** Where a payment is for one node. */
export function viewOf(
  payment: SandboxPayment | undefined,
  name: SandboxNodeName,
): SandboxPayment['views'][number] | undefined {
  return payment?.views.find(({ node }) => node === name);
}
