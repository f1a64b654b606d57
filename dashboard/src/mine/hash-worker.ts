/** A thread of the page that hashes, with the node's own kernels. All it does stands in src/mining/slice-search.ts. */
import type { HashWorkerReport, HashWorkerRequest } from '../../../src/mining/hash-worker-messages.ts';
import { midstateKernel } from '../../../src/mining/midstate-kernel.ts';
import { moduleKernel } from '../../../src/mining/module-kernel.ts';
import { RecordKernel } from '../../../src/mining/record-kernel.ts';
import { SliceSearch, type SliceTimers } from '../../../src/mining/slice-search.ts';

/** Timers of a browser wait for 4 ms at least; a message to oneself does not, and comes after those that wait already. */
const channel = new MessageChannel();
let next: (() => void) | undefined;
channel.port1.onmessage = () => {
  const callback = next;
  next = undefined;
  callback?.();
};

const timers: SliceTimers = {
  nowMs: () => performance.now(),
  schedule(callback, delayMs) {
    if (delayMs > 0) {
      const timeout = setTimeout(callback, delayMs);
      return () => clearTimeout(timeout);
    }
    next = callback;
    channel.port2.postMessage(undefined);
    return () => {
      if (next === callback) next = undefined;
    };
  },
};

const report = (said: HashWorkerReport): void => postMessage(said);

/** Vectors where the browser has them, else JavaScript. */
async function start(): Promise<SliceSearch> {
  const { default: simd } = await import('../../../src/mining/mining-simd.wasm.ts');
  const kernel = new RecordKernel(moduleKernel('wasm-simd', simd) ?? midstateKernel);
  const search = new SliceSearch(kernel, report, timers);
  report({ kind: 'ready', kernel: kernel.name });
  return search;
}

const search = start();
addEventListener('message', ({ data }: MessageEvent<HashWorkerRequest>) => {
  // What is reported here arrives in the page as an error of this thread.
  search.then((started) => started.handle(data)).catch(reportError);
});
