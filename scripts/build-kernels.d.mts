/** What is compiled, with which options, and where it goes. */
export interface Kernel {
  readonly source: string;
  readonly target: string;
  /** Of 65,536 bytes. */
  readonly memoryPages: number;
  /** Of WebAssembly, beyond what every engine has: `simd`. */
  readonly features: readonly string[];
}
export const KERNELS: readonly Kernel[];
export function compileKernel(kernel: Kernel): Promise<Buffer>;
export function moduleText(kernel: Kernel, bytes: Buffer): string;
