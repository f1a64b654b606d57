/** Makes the peers of all running nodes those of a plan, and waits until they are. */
import { NodeUnreachableError } from '../../protocol/client-errors.ts';
import type { DevnetNode } from './devnet-node.ts';
import type { NetworkPlan } from './partition.ts';
import { pauseFor } from './pause.ts';
import { isSettled, type KnownPeer, planPeers } from './peer-plan.ts';

export interface ShapeOptions {
  readonly nodes: readonly DevnetNode[];
  readonly plan: NetworkPlan;
  readonly formerUrls: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

const LIMIT_MS = 20_000;
const ROUND_MS = 250;
/** Links are asked for in every so many rounds: a call that is under way deserves its time. */
const ROUNDS_PER_ADD = 4;

/**
 * @returns whether all is as planned. If not, some node is slow or unreachable for another: the nodes themselves go on
 * trying.
 */
export async function shapeNetwork(options: ShapeOptions): Promise<boolean> {
  const deadlineMs = performance.now() + LIMIT_MS;
  for (let round = 0; ; round++) {
    if (await shapeOnce(options, round)) return true;
    if (performance.now() > deadlineMs) return false;
    await pauseFor(ROUND_MS, options.signal);
  }
}

/** @returns whether nothing was left to do */
async function shapeOnce({ nodes, plan, formerUrls, signal }: ShapeOptions, round: number): Promise<boolean> {
  const urls = new Map(nodes.map(({ number, url }) => [number, url]));
  const running = nodes.filter((node) => node.isRunning);
  const numbers = new Set(running.map(({ number }) => number));
  const answers = await Promise.all(
    running.map(async (node) => ({
      node,
      known: await unlessItEnds<readonly KnownPeer[]>(node.peers(signal)),
    })),
  );
  const questions = answers.flatMap(({ node, known }) =>
    known === undefined ? [] : [{ node, question: { node: node.number, plan, urls, formerUrls, known } }],
  );
  if (questions.length === running.length && questions.every(({ question }) => isSettled(question, numbers)))
    return true;

  const actions = questions.map(({ node, question }) => ({
    node,
    wanted: planPeers({ ...question, insist: round > 0 }),
  }));
  // First whom to refuse and forget, at all nodes; then whom to call: nobody is called who still refuses.
  for (const isAdding of [false, true]) {
    if (isAdding && round % ROUNDS_PER_ADD !== 0) continue;
    await Promise.all(
      actions.map(({ node, wanted }) => {
        const now = wanted.filter((action) => (action.do === 'add') === isAdding);
        return unlessItEnds(node.obey(now, signal));
      }),
    );
  }
  return false;
}

/** A node may be stopped or die while it is told something; the next round sees. */
async function unlessItEnds<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof NodeUnreachableError) return undefined;
    throw error;
  }
}
