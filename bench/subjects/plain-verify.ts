/**
 * libsecp256k1 without JavaScript, where there is a C compiler: the limit of what checking signatures can cost. Against the
 * library of the system if it has one, else from the sources that the npm package brings along for platforms without a
 * prebuilt binary; those are what the node's native engine was built from.
 */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import type { SignatureCheck } from '../../src/consensus/index.ts';
import type { BenchmarkRun } from '../frame/benchmark.ts';
import { ROOT } from '../frame/places.ts';

const run = promisify(execFile);

export interface PlainVerify {
  readonly name: string;
  /** Does all checks once; tells checks per second. All of them hold, or it throws. */
  readonly measure: () => Promise<number>;
}

/** As in the package's binding.gyp, for processors with 128-bit products. */
const VENDORED_DEFINES = [
  'VENDORED ECMULT_GEN_PREC_BITS=4 ECMULT_WINDOW_SIZE=15 USE_ENDOMORPHISM=1 USE_NUM_NONE=1',
  'USE_FIELD_INV_BUILTIN=1 USE_SCALAR_INV_BUILTIN=1 HAVE___INT128=1 USE_FIELD_5X52=1 USE_SCALAR_4X64=1',
].flatMap((line) => line.split(' '));

/** Those that can be built here, the newest library first; perhaps none. */
export async function buildPlainVerify(
  bench: BenchmarkRun,
  checks: readonly SignatureCheck[],
): Promise<PlainVerify[]> {
  const folder = bench.scratch.folder('plain-verify');
  const file = join(folder, 'checks');
  writeFileSync(
    file,
    Buffer.concat(
      checks.flatMap(({ digest, compactSignature, pubkey }) => [digest, compactSignature, pubkey]),
    ),
  );
  const variants = [
    { name: 'C, libsecp256k1 of the system', words: (source: string) => [source, '-lsecp256k1'] },
    {
      name: 'C, the sources of the npm package',
      words: (source: string) => {
        const home = join(
          dirname(createRequire(import.meta.url).resolve('secp256k1/bindings')),
          'src/secp256k1',
        );
        const defines = [...VENDORED_DEFINES, ...(process.arch === 'x64' ? ['USE_ASM_X86_64=1'] : [])];
        return [
          ...defines.map((define) => `-D${define}`),
          `-I${home}`,
          `-I${home}/src`,
          `-I${home}/include`,
          source,
        ];
      },
    },
  ];
  const built: PlainVerify[] = [];
  for (const [index, { name, words }] of variants.entries()) {
    const program = join(folder, `plain-verify-${index}`);
    try {
      const source = join(ROOT, 'bench', 'subjects', 'plain-verify.c');
      await run('cc', ['-O3', '-w', '-o', program, ...words(source)], { signal: bench.signal });
    } catch {
      bench.signal.throwIfAborted();
      continue; // no compiler, or no such library
    }
    built.push({
      name,
      measure: async () => Number((await run(program, [file, '1'], { signal: bench.signal })).stdout),
    });
  }
  return built;
}
