/**
 * Blocks first: while the chain takes a step, questions wait for it, for a few hundredths of a second at most.
 *
 * A block is connected in several turns of the event loop (bytes, coins, signatures, commit). Sixty connections that ask as fast
 * as they are answered put sixty answers into each of these turns, and the block, which all of them wait to hear of, takes ten
 * times as long. So they wait once for a block instead of the block waiting many times for them. The bound is for a node that
 * catches up: there the chain is always changing, and it still has to answer.
 *
 * Not kept waiting: whatever hands something in, other nodes, and what tells that the node is alive.
 */
import type { FastifyInstance } from 'fastify';
import type { Chainstate } from '../chainstate/index.ts';

/** Nobody waits longer for a block. */
export const MAX_WAIT_MS = 25;
/** How load balancers and monitoring ask whether it lives; these cost next to nothing. */
const ALWAYS_AT_ONCE: ReadonlySet<string | undefined> = new Set(['/health', '/ready', '/metrics']);

/** @param maxWaitMs see {@link MAX_WAIT_MS} */
export function putBlocksFirst(
  app: FastifyInstance,
  chain: Pick<Chainstate, 'underWay'>,
  maxWaitMs = MAX_WAIT_MS,
): void {
  /** One wait for all who come meanwhile. */
  let gate: Promise<void> | undefined;

  const open = async (change: Promise<void>): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    const longEnough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, maxWaitMs);
    });
    await Promise.race([change, longEnough]);
    clearTimeout(timer);
    gate = undefined;
  };

  app.addHook('onRequest', (request, _reply, done) => {
    const waits = request.method === 'GET' && !ALWAYS_AT_ONCE.has(request.routeOptions.url);
    const change = waits && gate === undefined ? chain.underWay() : undefined;
    if (change !== undefined) gate = open(change);
    if (!waits || gate === undefined) done();
    else gate.then(() => done(), done);
  });
}
