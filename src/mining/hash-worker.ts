/** A thread that hashes. Started by {@link ./hash-worker-pool.ts}; all it does stands in {@link ./slice-search.ts}. */
import { parentPort } from 'node:worker_threads';
import type { HashWorkerReport, HashWorkerRequest } from './hash-worker-messages.ts';
import { RecordKernel } from './record-kernel.ts';
import { SliceSearch, type SliceTimers } from './slice-search.ts';
import { bestKernel } from './wasm-kernel.ts';

const port = parentPort;
if (port === null) throw new Error('hash-worker runs as a worker thread only');

const timers: SliceTimers = {
  nowMs: () => performance.now(),
  schedule(callback, delayMs) {
    if (delayMs === 0) {
      // Runs after the messages that are waiting, and costs a microsecond.
      const immediate = setImmediate(callback);
      return () => clearImmediate(immediate);
    }
    const timeout = setTimeout(callback, delayMs);
    return () => clearTimeout(timeout);
  },
};

const kernel = new RecordKernel(bestKernel());
const report = (said: HashWorkerReport): void => port.postMessage(said);
const search = new SliceSearch(kernel, report, timers);
report({ kind: 'ready', kernel: kernel.name });
port.on('message', (request: HashWorkerRequest) => search.handle(request));
