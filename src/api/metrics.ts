/**
 * Figures for Prometheus. Gauges are read at the moment of asking, from memory; counters follow the chain's events.
 */
import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { PEER_STATES } from '../protocol/index.ts';
import { addNetworkCounters } from './network-metrics.ts';
import type { ApiServices } from './services.ts';

const NANOSECONDS = 1e9;

export class NodeMetrics {
  private readonly registry = new Registry();
  private readonly durations: Histogram<'method' | 'route' | 'status'>;
  private readonly loopDelay: IntervalHistogram;
  private readonly unsubscribe: () => void;

  constructor(services: ApiServices) {
    this.durations = new Histogram({
      name: 'mini_bitcoin_http_request_duration_seconds',
      help: 'Time from the first byte of a request to the last of its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60],
      registers: [this.registry],
    });
    this.loopDelay = monitorEventLoopDelay({ resolution: 20 });
    this.loopDelay.enable();
    this.addGauges(services);
    addNetworkCounters(this.registry, services.networkCounters);
    this.unsubscribe = this.followChain(services);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  /** @param route the pattern, never the path: strangers must not make up label values */
  observeRequest(method: string, route: string, status: number, elapsedMs: number): void {
    this.durations.observe({ method, route, status: String(status) }, elapsedMs / 1_000);
  }

  close(): void {
    this.unsubscribe();
    this.loopDelay.disable();
    this.registry.clear();
  }

  /** Clients of /ws and /events. */
  watchEvents(events: { readonly clientCount: number }): void {
    new Gauge({
      name: 'mini_bitcoin_event_clients',
      help: 'Clients that follow events, over WebSocket or as a stream',
      registers: [this.registry],
      collect() {
        this.set(events.clientCount);
      },
    });
  }

  private followChain({ chain }: ApiServices): () => void {
    const registers = [this.registry];
    const connected = new Counter({
      name: 'mini_bitcoin_blocks_connected_total',
      help: 'Blocks that joined the active chain since the node started',
      registers,
    });
    const reorgs = new Counter({
      name: 'mini_bitcoin_reorgs_total',
      help: 'Times that blocks left the active chain',
      registers,
    });
    const depth = new Histogram({
      name: 'mini_bitcoin_reorg_depth_blocks',
      help: 'Blocks that left the active chain in one reorganisation',
      buckets: [1, 2, 3, 6, 10, 50, 100],
      registers,
    });
    const invalid = new Counter({
      name: 'mini_bitcoin_blocks_invalid_total',
      help: 'Blocks that broke a rule for ever',
      registers,
    });
    return chain.events.subscribe((event) => {
      if (event.type === 'block-invalid') invalid.inc();
      if (event.type !== 'tip-changed') return;
      connected.inc(event.connected.length);
      if (event.disconnected.length === 0) return;
      reorgs.inc();
      depth.observe(event.disconnected.length);
    });
  }

  private addGauges({ chain, mempool, miner, peers, info }: ApiServices): void {
    const gauge = (name: string, help: string, read: () => number): void => {
      new Gauge({
        name: `mini_bitcoin_${name}`,
        help,
        registers: [this.registry],
        collect() {
          this.set(read());
        },
      });
    };
    gauge('chain_height', 'Height of the tip, -1 when there is none', () => chain.height);
    gauge('chain_work', 'Work of the active chain in expected hashes', () =>
      Number(chain.tip?.chainWork ?? 0n),
    );
    gauge('coins', 'Unspent coins', () => chain.coinCount);
    gauge('headers', 'Known headers, side branches included', () => chain.headers.size);
    gauge('orphan_blocks', 'Blocks held until their parents arrive', () => chain.orphanCount);
    gauge('mempool_transactions', 'Waiting transactions', () => mempool.size);
    gauge('mempool_bytes', 'Full bytes of waiting transactions', () => mempool.bytes);
    gauge('mempool_orphans', 'Transactions held until their parents arrive', () => mempool.stats().orphans);
    gauge('mempool_min_fee_per_kb', 'Base units per 1,000 bytes', () => mempool.stats().minimumFeePerKb);
    gauge('hash_rate', 'Hashes a second', () => miner.status().hashRate);
    gauge('blocks_found', 'Blocks found by this node since it started', () => miner.status().blocksFound);
    gauge(
      'sync_target_height',
      'Height of the best chain that is known, that of the tip when nothing better is',
      () => peers.progress().targetHeight,
    );
    gauge(
      'sync_blocks_per_second',
      'Blocks connected a second while catching up, 0 otherwise',
      () => peers.progress().blocksPerSecond,
    );
    new Gauge({
      name: 'mini_bitcoin_peers',
      help: 'Known peers by state; those in use are the connected ones',
      labelNames: ['state'],
      registers: [this.registry],
      collect() {
        const states = peers.list().map(({ state }) => state);
        for (const state of PEER_STATES)
          this.set({ state }, states.filter((other) => other === state).length);
      },
    });
    gauge('start_time_seconds', 'When the node started', () => info.startedAtMs / 1_000);
    gauge('event_loop_lag_p99_seconds', 'How late timers are, 99th percentile', () => {
      const lag = this.loopDelay.percentile(99) / NANOSECONDS;
      this.loopDelay.reset();
      return lag;
    });
    new Gauge({
      name: 'mini_bitcoin_memory_bytes',
      help: 'Memory of the process',
      labelNames: ['kind'],
      registers: [this.registry],
      collect() {
        const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
        this.set({ kind: 'rss' }, rss);
        this.set({ kind: 'heap_used' }, heapUsed);
        this.set({ kind: 'heap_total' }, heapTotal);
        this.set({ kind: 'external' }, external);
      },
    });
    new Gauge({
      name: 'mini_bitcoin_info',
      help: 'Always 1; the labels tell',
      labelNames: ['version', 'verifier'],
      registers: [this.registry],
    }).set({ version: info.version, verifier: info.verifierName }, 1);
  }
}
