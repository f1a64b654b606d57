/** All benchmarks, in the order in which they run. A new one gets its line here. */
import { apiLoad } from './api-load.ts';
import { blockConnect } from './block-connect.ts';
import { catchUp } from './catch-up.ts';
import type { Benchmark } from './frame/benchmark.ts';
import { getLatency } from './get-latency.ts';
import { growth } from './growth.ts';
import { hashRate } from './hash-rate.ts';
import { mempoolAccept } from './mempool-accept.ts';
import { postTx } from './post-tx.ts';
import { relay } from './relay.ts';
import { signatures } from './signatures.ts';
import { startUp } from './start-up.ts';
import { reorg } from './reorg.ts';
import { sync } from './sync.ts';
import { template } from './template.ts';
import { underLoad } from './under-load.ts';

export const CATALOGUE: readonly Benchmark[] = [
  hashRate,
  signatures,
  blockConnect,
  mempoolAccept,
  postTx,
  template,
  startUp,
  reorg,
  getLatency,
  apiLoad,
  underLoad,
  growth,
  catchUp,
  relay,
  sync,
];
