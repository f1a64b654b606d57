/**
 * The fast kernels: WebAssembly modules made from assembly/mining-*.ts, which explain how. One tries four nonces at a time
 * with the processor's vector instructions (SIMD), the other one nonce; both come from the same source.
 *
 * What works where:
 *
 *   SIMD        Node; browsers since 2021 to 2023, on processors with SSE4.1 or NEON
 *   scalar      engines without SIMD
 *   JavaScript  no WebAssembly at all, or a page whose Content-Security-Policy refuses it
 *
 * No shared memory: each thread has a module instance of its own, so pages need no cross-origin isolation.
 */
import { webAssemblyHere } from '../consensus/web-assembly.ts';
import type { HashKernel } from './hash-kernel.ts';
import { midstateKernel } from './midstate-kernel.ts';
import scalarModule from './mining-scalar.wasm.ts';
import simdModule from './mining-simd.wasm.ts';
import { moduleKernel } from './module-kernel.ts';

const BUILDS = { 'wasm-simd': simdModule, 'wasm-scalar': scalarModule } as const;
export type WasmKernelName = keyof typeof BUILDS;

/**
 * Starts one of them.
 * @param api injected by tests
 * @returns undefined where it cannot run; see {@link moduleKernel}
 */
export function wasmKernel(name: WasmKernelName, api = webAssemblyHere()): HashKernel | undefined {
  return moduleKernel(name, BUILDS[name], api);
}

/** The fastest kernel that works here. @param api injected by tests */
export function bestKernel(api = webAssemblyHere()): HashKernel {
  return wasmKernel('wasm-simd', api) ?? wasmKernel('wasm-scalar', api) ?? midstateKernel;
}
