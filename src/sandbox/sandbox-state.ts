/** A sandbox as it stands, in the words of the API: what each node says of each block, payment and balance. */
import { type Txid, targetToJson } from '../consensus/index.ts';
import {
  MAX_SANDBOX_BLOCKS,
  type SandboxAnswer,
  type SandboxBlock,
  SANDBOX_ROLES,
  type SandboxNodeName,
  type SandboxNodeState,
  type SandboxPayment,
  type SandboxRace,
} from '../protocol/index.ts';
import type { Ledger, LedgerBlock } from './ledger.ts';
import type { Roles } from './roles.ts';
import type { SandboxNetwork } from './sandbox-network.ts';

/** When it ends is known outside only, where requests are counted. */
export type SandboxState = Omit<SandboxAnswer, 'ends_at'>;

export interface StateSources {
  readonly network: SandboxNetwork;
  readonly ledger: Ledger;
  readonly roles: Roles;
  readonly startedAtMs: number;
  readonly busy: string | undefined;
  readonly race: SandboxRace | undefined;
}

export async function stateOf(sources: StateSources): Promise<SandboxState> {
  const { network, ledger, roles } = sources;
  const nodes = await Promise.all(network.entries().map(([name]) => nodeState(name, sources)));
  const { blocks } = ledger;
  const params = network.node('honest-1').services.chain.params;
  return {
    started_at: sources.startedAtMs / 1_000,
    target: targetToJson(params.defaultTarget),
    busy: sources.busy ?? null,
    blocks_left: Math.max(0, MAX_SANDBOX_BLOCKS - blocks.length),
    groups: network.groups.map((group) => [...group]),
    merchant_address: roles.addressOf('merchant'),
    nodes,
    blocks: blocks.slice(0, MAX_SANDBOX_BLOCKS).map((block) => blockState(block, network)),
    payments: paymentStates(blocks, sources),
    race: sources.race ?? null,
    story: [...ledger.story],
  };
}

async function nodeState(name: SandboxNodeName, { network, roles }: StateSources): Promise<SandboxNodeState> {
  const { chain, store } = network.node(name).services;
  const balances = await Promise.all(
    SANDBOX_ROLES.map(async (role) => {
      const { balance } = await store.balance(roles.addressOf(role));
      return { role, balance };
    }),
  );
  return {
    name,
    address: roles.addressOf(name),
    height: chain.height,
    tip_hash: chain.tip?.hash ?? null,
    chain_work: String(chain.tip?.chainWork ?? 0n),
    connected_to: network.connectedTo(name),
    mempool: network.mempoolOf(name),
    balances,
  };
}

function blockState(block: LedgerBlock, network: SandboxNetwork): SandboxBlock {
  return {
    block_hash: block.hash,
    prev_hash: block.prevHash ?? null,
    height: block.height,
    timestamp: block.timestamp,
    miner: block.miner ?? null,
    txids: [...block.txids],
    views: network.entries().map(([node]) => ({ node, status: viewOf(block, node, network) })),
  };
}

function viewOf(
  { hash }: LedgerBlock,
  node: SandboxNodeName,
  network: SandboxNetwork,
): SandboxBlock['views'][number]['status'] {
  const { headers } = network.node(node).services.chain;
  const header = headers.get(hash);
  if (header === undefined) return 'unknown';
  if (headers.isActive(header)) return 'active';
  if (header.invalid) return 'invalid';
  return header.linked ? 'valid-fork' : 'headers-only';
}

/** Every payment, with where it is for each node. */
function paymentStates(
  blocks: readonly LedgerBlock[],
  { network, ledger }: Pick<StateSources, 'network' | 'ledger'>,
): SandboxPayment[] {
  const blocksOf = new Map<Txid, LedgerBlock[]>();
  for (const block of blocks)
    for (const txid of block.txids) blocksOf.set(txid, [...(blocksOf.get(txid) ?? []), block]);
  return ledger.payments.map(({ txid, from, to, amount, fee, conflictsWith }) => ({
    ...{ txid, from, to, amount, fee },
    conflicts_with: conflictsWith ?? null,
    views: network.entries().map(([node, { services }]) => {
      const active = (blocksOf.get(txid) ?? []).find((block) => viewOf(block, node, network) === 'active');
      if (active !== undefined)
        return { node, status: 'confirmed', confirmations: services.chain.height - active.height + 1 };
      return { node, status: services.mempool.has(txid) ? 'mempool' : 'unknown', confirmations: 0 };
    }),
  }));
}
