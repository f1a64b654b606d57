/**
 * What a step of the chain that was found valid means for the store, and for those who listen.
 */
import type { Block, HeaderNode } from '../consensus/index.ts';
import type { ChainEvent, ChangedBlock } from './chain-events.ts';
import type { ReadyStep, StepBlock } from './chain-step.ts';
import type { BlockToStore, ChainChange, ConnectedChange, StoredTip } from './ports.ts';

/** A change that changes nothing: the beginning of every change. */
export const NO_CHANGE: ChainChange = {
  storeBlocks: [],
  statuses: [],
  dropBodies: [],
  disconnected: [],
  connected: [],
  tip: undefined,
  returnedToMempool: [],
  confirmed: [],
};

/** The tip after a step. @param coinCount how many coins are unspent before it */
export function tipAfter(step: ReadyStep, coinCount: number): { node: HeaderNode; stored: StoredTip } {
  const node = step.connected.at(-1)?.node;
  if (node === undefined) throw new Error('invariant: a step connects at least one block');
  const { hash, height, target, chainWork } = node;
  const stored = { hash, height, target, chainWork, coinCount: coinCount + netCoins(step) };
  return { node, stored };
}

/** Coins that the step creates, less those that it spends. */
function netCoins({ connected, disconnected }: ReadyStep): number {
  const net = (blocks: ReadyStep['disconnected']): number =>
    blocks.reduce((sum, { coins }) => sum + coins.created.length - coins.spent.length, 0);
  return net(connected) - net(disconnected);
}

/** @param storeBlocks those of its blocks that are not in the store yet */
export function changeOfStep(
  step: ReadyStep,
  tip: StoredTip,
  storeBlocks: readonly BlockToStore[],
): ChainChange {
  return {
    ...NO_CHANGE,
    storeBlocks,
    disconnected: step.disconnected.map(changeOfBlock),
    connected: step.connected.map(changeOfBlock),
    tip,
    returnedToMempool: step.returned,
    confirmed: step.confirmed,
  };
}

function changeOfBlock({ node, block, coins }: StepBlock): ConnectedChange {
  return { hash: node.hash, height: node.height, block, coins };
}

export function eventOfStep(step: ReadyStep, tip: HeaderNode): ChainEvent {
  const changed = ({ node, block }: { node: HeaderNode; block: Block }): ChangedBlock => ({
    hash: node.hash,
    height: node.height,
    block,
  });
  return {
    type: 'tip-changed',
    tip,
    forkHeight: step.fork?.height ?? -1,
    disconnected: step.disconnected.map(changed),
    connected: step.connected.map(changed),
    returned: step.returned,
  };
}
