/**
 * The limit for kernels: hash-rate.c, compiled for this run by whatever C compiler the machine has. Compilers differ in what
 * suits them, so several builds are made and the fastest speaks for C.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { HashJob } from '../../src/mining/index.ts';
import { ROOT } from '../frame/places.ts';
import { median } from '../frame/statistics.ts';

const run = promisify(execFile);
const SOURCE = join(ROOT, 'bench', 'subjects', 'hash-rate.c');
const COMPILERS = ['cc', 'gcc', 'clang'];

/** What the program does side by side: 128-bit vectors of four words (the class of WebAssembly's SIMD), or plain words. */
export type Lanes = 1 | 4;

/** The instruction class, for vectors. Wider ones, and those of SHA-256 itself, are out of WebAssembly's reach. */
const VECTOR_FLAGS: Readonly<Partial<Record<string, readonly string[]>>> = {
  x64: ['-mavx'],
  arm64: [],
};
const LAYOUTS = ['-DPASSES=4', '-DPASSES=2'];
const OPTIMISATIONS = [
  ['-O2'],
  ['-O3'],
  // Lets GCC weigh registers while it orders instructions; others refuse the flags, and their builds are left out.
  ['-O3', '-fschedule-insns', '-fsched-pressure'],
];

/** Turns and milliseconds in which builds compete. */
const TURNS = 7;
const TURN_MS = 30;

export class CProgram {
  readonly flags: string;
  private readonly file: string;
  private readonly header: string;

  constructor(file: string, flags: readonly string[], job: HashJob) {
    this.file = file;
    this.flags = flags.join(' ');
    this.header = Buffer.from(job.header).toString('hex');
  }

  /** The first nonce of the job's header whose hash begins with a word of at most `limit`. */
  first(limit: number, count: number): Promise<number> {
    return this.call(limit, 'first', count);
  }

  /** Millions of hashes a second of processor time, over some milliseconds in a process of its own. */
  megahashes(forMs: number): Promise<number> {
    return this.call(0, 'rate', forMs);
  }

  private async call(limit: number, what: 'first' | 'rate', count: number): Promise<number> {
    const { stdout } = await run(this.file, [this.header, String(limit), what, String(count)]);
    return Number(stdout);
  }
}

/**
 * The fastest build for these lanes that finds the expected nonce.
 * @param folder for the builds
 * @param check a limit, and the first nonce of the job that keeps to it
 * @returns undefined where there is no compiler, or none of its builds works
 */
export async function fastestInC(
  lanes: Lanes,
  job: HashJob,
  folder: string,
  check: { readonly limit: number; readonly nonce: number },
): Promise<CProgram | undefined> {
  const classFlags = lanes === 1 ? [] : VECTOR_FLAGS[process.arch];
  if (classFlags === undefined) return undefined;
  const builds: CProgram[] = [];
  for (const compiler of COMPILERS) {
    for (const layout of LAYOUTS) {
      for (const optimisation of OPTIMISATIONS) {
        const flags = [...optimisation, ...classFlags, `-DLANES=${lanes}`, layout];
        const file = join(folder, `lanes-${lanes}-${builds.length}`);
        try {
          await run(compiler, [...flags, SOURCE, '-o', file]);
          const program = new CProgram(file, [compiler, ...flags], job);
          if ((await program.first(check.limit, 2 ** 20)) === check.nonce) builds.push(program);
          else throw new Error(`the C program is wrong: ${program.flags}`);
        } catch (error) {
          if (error instanceof Error && error.message.startsWith('the C program is wrong')) throw error;
          // No such compiler, a flag it does not know, or an instruction that the processor does not.
        }
      }
    }
    if (builds.length > 0) break;
  }
  return fastest(builds);
}

async function fastest(builds: readonly CProgram[]): Promise<CProgram | undefined> {
  const rates = builds.map(() => [] as number[]);
  for (let turn = 0; turn < TURNS; turn++)
    for (const [index, build] of builds.entries()) rates[index]?.push(await build.megahashes(TURN_MS));
  const medians = rates.map(median);
  return builds[medians.indexOf(Math.max(...medians))];
}
