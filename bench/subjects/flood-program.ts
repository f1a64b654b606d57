/**
 * A load in a process of its own, so that whoever measures something else meanwhile is not kept waiting by it. Told what to ask
 * for by the process that started it (a {@link FloodOrder}); asks until it is told to stop; then tells how it went.
 */
import { setMaxListeners } from 'node:events';
import { quantile } from '../frame/statistics.ts';
import { getRequest, load } from './http-load.ts';

export type FloodOrder =
  | {
      readonly what: 'begin';
      readonly port: number;
      readonly paths: readonly string[];
      readonly connections: number;
    }
  | { readonly what: 'stop' };

export interface FloodResult {
  readonly requestsPerS: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

export type FloodNews =
  | { readonly what: 'ready' }
  | { readonly what: 'result'; readonly result: FloodResult }
  | { readonly what: 'failed'; readonly why: string };

const tell = (news: FloodNews): void => void process.send?.(news);
let enough = new AbortController();

async function flood({ port, paths, connections }: FloodOrder & { what: 'begin' }): Promise<void> {
  enough = new AbortController();
  const requests = paths.map(getRequest);
  const { signal } = new AbortController(); // the process is ended instead
  setMaxListeners(0, signal);
  const { requestsPerS, latenciesMs } = await load({
    ...{ port, requests, connections, signal, enough: enough.signal },
    ...{ count: Infinity, maxMs: Infinity },
  });
  const [p50, p99] = [quantile(latenciesMs, 0.5), quantile(latenciesMs, 0.99)];
  tell({ what: 'result', result: { requestsPerS, p50, p99 } });
}

process.on('message', (order: FloodOrder) => {
  if (order.what === 'stop') enough.abort();
  else flood(order).catch((error: unknown) => tell({ what: 'failed', why: String(error) }));
});
// It lives as long as the one that started it.
process.on('disconnect', () => process.exit());
process.on('SIGTERM', () => process.exit());
tell({ what: 'ready' });
