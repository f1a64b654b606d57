/** All benchmarks, in the order in which they run. A new one gets its line here. */
import { blockConnect } from './block-connect.ts';
import type { Benchmark } from './frame/benchmark.ts';
import { getLatency } from './get-latency.ts';
import { hashRate } from './hash-rate.ts';
import { mempoolAccept } from './mempool-accept.ts';
import { relay } from './relay.ts';
import { signatures } from './signatures.ts';
import { startUp } from './start-up.ts';
import { sync } from './sync.ts';

export const CATALOGUE: readonly Benchmark[] = [
  hashRate,
  signatures,
  blockConnect,
  mempoolAccept,
  startUp,
  getLatency,
  relay,
  sync,
];
