/**
 * Which kernel runs where. The engine is the real one; what a place lacks is taken away from it.
 */
import { describe, expect, test } from 'vitest';
import { type WebAssemblyApi, webAssemblyHere } from '../consensus/web-assembly.ts';
import type { HashKernel } from './hash-kernel.ts';
import { midstateKernel } from './midstate-kernel.ts';
import { TRIAL } from './module-kernel.ts';
import { referenceKernel } from './reference-kernel.ts';
import { bestKernel, wasmKernel } from './wasm-kernel.ts';

const here = webAssemblyHere()!;

/** Type of a 128-bit vector in the binary format: a module that uses none cannot have a local of this type. */
const V128 = 0x7b;

/** Whether the module declares locals of vectors: read off the code section, as an engine without SIMD would trip over it. */
function usesVectors(bytes: Uint8Array): boolean {
  let at = 8; // behind the magic number and the version
  const readLeb = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const section = bytes[at++];
    const end = readLeb() + at;
    if (section === 10) {
      for (let functions = readLeb(); functions > 0; functions--) {
        const endOfFunction = readLeb() + at;
        for (let groups = readLeb(); groups > 0; groups--) {
          readLeb();
          if (bytes[at++] === V128) return true;
        }
        at = endOfFunction;
      }
    }
    at = end;
  }
  return false;
}

/** `WebAssembly.Module` that does this. */
function compilerThat(compiles: (bytes: Uint8Array) => object): WebAssemblyApi['Module'] {
  return function compiler(bytes: Uint8Array) {
    return compiles(bytes);
  } as unknown as WebAssemblyApi['Module'];
}

/** This engine, as it was before it learnt SIMD. */
const withoutSimd: WebAssemblyApi = {
  Module: compilerThat((bytes) => {
    if (usesVectors(bytes)) throw new TypeError('invalid value type v128');
    return new here.Module(bytes);
  }),
  Instance: here.Instance,
  validate: (bytes) => !usesVectors(bytes) && here.validate(bytes),
};

/** A page whose Content-Security-Policy lacks 'wasm-unsafe-eval': the bytes are fine, compiling them is refused. */
const refused: WebAssemblyApi = {
  ...here,
  validate: (bytes) => here.validate(bytes),
  Instance: here.Instance,
  Module: compilerThat(() => {
    throw new EvalError('refused to compile');
  }),
};

function works(kernel: HashKernel): void {
  const header = new Uint8Array(108).fill(1);
  const job = { header, target: new Uint8Array(32).fill(0xff).fill(0, 0, 1) };
  expect(kernel.scan(job, 1_000, 10_000)).toEqual(midstateKernel.scan(job, 1_000, 10_000));
}

describe('the best kernel', () => {
  test('is the one with SIMD where there is SIMD', () => {
    const kernel = bestKernel();
    expect(kernel.name).toBe('wasm-simd');
    works(kernel);
  });

  test('is the scalar one where there is none', () => {
    expect(wasmKernel('wasm-simd', withoutSimd)).toBeUndefined();
    const kernel = bestKernel(withoutSimd);
    expect(kernel.name).toBe('wasm-scalar');
    works(kernel);
  });

  test('is JavaScript where WebAssembly is refused, or does not exist', () => {
    expect(bestKernel(refused)).toBe(midstateKernel);
    const before = Object.getOwnPropertyDescriptor(globalThis, 'WebAssembly')!;
    Reflect.deleteProperty(globalThis, 'WebAssembly');
    try {
      expect(webAssemblyHere()).toBeUndefined();
      expect(bestKernel()).toBe(midstateKernel);
    } finally {
      Object.defineProperty(globalThis, 'WebAssembly', before);
    }
    expect(bestKernel().name).toBe('wasm-simd');
  });

  test('has passed a trial, whose result is right', () => {
    const nonces: number[] = [];
    for (let next = 0; next < TRIAL.nonceCount;) {
      const { nonce, hashesDone } = referenceKernel.scan(TRIAL, next, TRIAL.nonceCount - next);
      if (nonce !== undefined) nonces.push(nonce);
      next += hashesDone;
    }
    expect(nonces).toEqual(TRIAL.nonces);
  });

  test('is none that overlooks nonces', () => {
    /** A processor whose vectors err: what the module finds is passed on, but for the last lanes. */
    const overlooks: WebAssemblyApi = {
      Module: here.Module,
      validate: (bytes) => here.validate(bytes),
      Instance: class {
        readonly exports: unknown;
        constructor(module: object) {
          const real = new here.Instance(module).exports as Record<string, unknown>;
          const scan = real['scan'] as (first: number, count: number, limit: number) => number;
          const blind = (first: number, count: number, limit: number): number => {
            const before = scan(first, count, limit);
            return before % 4 === 3 ? count : before;
          };
          this.exports = { ...real, scan: blind };
        }
      },
    };
    expect(bestKernel(overlooks)).toBe(midstateKernel);
  });
});

test('instances do not disturb each other', () => {
  const [one, other] = [bestKernel(), bestKernel()];
  const jobs = [4, 5].map((byte) => ({
    header: new Uint8Array(108).fill(byte),
    target: new Uint8Array(32).fill(0xff).fill(0, 0, 1),
  }));
  for (const job of jobs) {
    const expected = midstateKernel.scan(job, 0, 5_000);
    expect(one.scan(job, 0, 5_000)).toEqual(expected);
    expect(other.scan(jobs[0]!, 0, 5_000)).toEqual(midstateKernel.scan(jobs[0]!, 0, 5_000));
    expect(one.scan(job, 0, 5_000)).toEqual(expected);
  }
});
