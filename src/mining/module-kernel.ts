/**
 * A kernel around a WebAssembly module that searches nonces. Which modules there are stands in wasm-kernel.ts; a page loads
 * only the one that it needs.
 */
import { HEADER_BYTES } from '../consensus/header.ts';
import {
  base64ToBytes,
  type WasmMemory,
  type WebAssemblyApi,
  webAssemblyHere,
} from '../consensus/web-assembly.ts';
import {
  checkScan,
  type HashJob,
  type HashKernel,
  nonceWorks,
  type ScanResult,
  TARGET_BYTES,
} from './hash-kernel.ts';

/** What the modules export. Numbers are 32 bits wide. */
interface MiningModule {
  readonly memory: WasmMemory;
  /** Where the header goes. */
  headerAddress(): number;
  /** How many nonces come before the first whose hash begins with a word of at most `limit`; `count` when there is none. */
  scan(firstNonce: number, count: number, limit: number): number;
}

/** A module counts its nonces in 32 bits, which 2^32 does not fit into. */
const MAX_NONCES_PER_CALL = 2 ** 30;

/**
 * Starts a module; synchronous, some milliseconds.
 * @param base64 the module
 * @param api injected by tests
 * @returns undefined where it cannot run, or where it does not find what it should
 */
export function moduleKernel(name: string, base64: string, api = webAssemblyHere()): HashKernel | undefined {
  const module = api === undefined ? undefined : startMiningModule(base64, api);
  if (module === undefined) return undefined;
  const kernel = kernelAround(name, module);
  return passesTrial(kernel) ? kernel : undefined;
}

function startMiningModule(base64: string, api: WebAssemblyApi): MiningModule | undefined {
  const bytes = base64ToBytes(base64);
  // Without SIMD the bytes are no valid module. An engine may still refuse to compile (policy, memory), so try.
  if (!api.validate(bytes)) return undefined;
  try {
    return new api.Instance(new api.Module(bytes)).exports as MiningModule;
  } catch {
    return undefined;
  }
}

function kernelAround(name: string, module: MiningModule): HashKernel {
  const headerAddress = module.headerAddress();

  return {
    name,
    scan(job: HashJob, firstNonce: number, count: number): ScanResult {
      checkScan(job, firstNonce, count);
      // A module never asks for more memory, so its buffer stays the same.
      new Uint8Array(module.memory.buffer).set(job.header, headerAddress);
      const limit = new DataView(job.target.buffer, job.target.byteOffset).getUint32(0);

      let done = 0;
      while (done < count) {
        const portion = Math.min(count - done, MAX_NONCES_PER_CALL);
        // Both sides mean unsigned numbers, but numbers come out of WebAssembly signed.
        const before = module.scan(firstNonce + done, portion, limit) >>> 0;
        done += before;
        if (before === portion) continue;
        // Its first word is small enough: look at the others.
        done++;
        if (nonceWorks(job, firstNonce + done - 1)) return { nonce: firstNonce + done - 1, hashesDone: done };
      }
      return { nonce: undefined, hashesDone: count };
    },
  };
}

/** A search with a known result: a header of the bytes 0, 1, 2, …, and a target that one hash in 32 meets. */
export const TRIAL = {
  header: Uint8Array.from({ length: HEADER_BYTES }, (_, index) => index),
  target: new Uint8Array(TARGET_BYTES).fill(0xff).fill(7, 0, 1),
  nonceCount: 400,
  nonces: [21, 110, 141, 199, 211, 256, 296, 370, 392],
} as const;

/**
 * A kernel that finds too much is noticed (the pool looks again), one that misses nonces looks like bad luck for ever. So
 * each one has to find some before it is trusted, in all lanes of a vector and in more than one batch.
 */
function passesTrial(kernel: HashKernel): boolean {
  let next = 0;
  for (const expected of [...TRIAL.nonces, undefined]) {
    const { nonce, hashesDone } = kernel.scan(TRIAL, next, TRIAL.nonceCount - next);
    if (nonce !== expected) return false;
    next += hashesDone;
  }
  return next === TRIAL.nonceCount;
}
