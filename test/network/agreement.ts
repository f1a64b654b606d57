/** Whether nodes agree, in all that they say of the chain and of what waits. */
import { expect } from 'vitest';
import { each, type ProcessNode, waitingAt } from '../support/network-of-processes.ts';
import { alice, bob, carol } from './scenario-payments.ts';

/** Nodes at one tip must agree on every coin, on what waits, and that there is nothing left to fetch. */
export async function expectSameEverywhere(nodes: readonly ProcessNode[]): Promise<void> {
  const [first, ...others] = Object.entries(await each(nodes, stateOf));
  for (const [name, state] of others)
    expect(state, `${name} compared with ${first?.[0]}`).toEqual(first?.[1]);
}

async function stateOf(node: ProcessNode): Promise<unknown> {
  const { client } = node;
  const { chain_height, tip_hash, utxo_count, mempool_size, sync } = await client.health();
  const balances = await Promise.all(
    [alice, bob, carol].map(async ({ address }) => (await client.balance(address)).balance),
  );
  return {
    ...{ chain_height, tip_hash, utxo_count, mempool_size, balances },
    progress: { state: sync.state, percent: sync.percent },
    waiting: await waitingAt(node),
    chain_work: (await client.chainInfo()).chain_work,
  };
}
