/** How the node is: /health, /ready, /metrics. */
import type { SyncProgress } from '../../network/index.ts';
import { HealthAnswer, ReadyAnswer, type SyncProgress as SyncMessage } from '../../protocol/index.ts';
import type { NodeMetrics } from '../metrics.ts';
import { refusal } from '../refusal.ts';
import { type Api, answers, type RouteContext, textAnswers } from '../route-context.ts';

export function systemRoutes(app: Api, { services, closing }: RouteContext, metrics: NodeMetrics): void {
  const { chain, mempool, peers, info, clock } = services;

  app.get(
    '/health',
    {
      schema: {
        tags: ['node'],
        summary: 'The node at a glance',
        description: 'From memory: it answers in a millisecond, whatever the node is doing.',
        response: answers(HealthAnswer, 'The node is alive.'),
      },
    },
    () => ({
      status: 'healthy',
      node_name: info.nodeName,
      chain_height: chain.height,
      tip_hash: chain.tip?.hash ?? null,
      utxo_count: chain.coinCount,
      mempool_size: mempool.size,
      peer_count: peers.list().filter(({ state }) => state === 'connected').length,
      version: info.version,
      uptime_seconds: Math.max(0, (clock.nowMs() - info.startedAtMs) / 1_000),
      sync: syncMessage(peers.progress()),
    }),
  );

  app.get(
    '/ready',
    {
      schema: {
        tags: ['node'],
        summary: 'Whether the node wants work',
        description: '503 while it starts or stops: for load balancers.',
        response: answers(ReadyAnswer, 'It does.', [503]),
      },
    },
    () => {
      const state = closing.aborted ? 'stopping' : info.state();
      if (state !== 'running') {
        throw refusal(503, state, `the node is ${state}`, { headers: { 'retry-after': '1' } });
      }
      return { ready: true, state };
    },
  );

  app.get(
    '/metrics',
    {
      schema: {
        tags: ['node'],
        summary: 'Figures for Prometheus',
        response: textAnswers('Prometheus’ text form.'),
      },
    },
    async (_request, reply) => {
      const text = await metrics.text();
      return reply.type(metrics.contentType).send(text);
    },
  );
}

/** How far the node is with catching up, in the words of the API. */
export function syncMessage(progress: SyncProgress): SyncMessage {
  const { state, targetHeight, percent, blocksPerSecond, etaSeconds, peers } = progress;
  return {
    state,
    target_height: targetHeight,
    percent,
    blocks_per_second: blocksPerSecond,
    eta_seconds: etaSeconds ?? null,
    peers,
  };
}
