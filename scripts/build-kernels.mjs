// Compiles the AssemblyScript in assembly/ and writes each module as TypeScript that holds its bytes.
//
//   npm run build:kernels             write
//   npm run build:kernels -- --check  compare only; exit code 1 when what is committed is not what the sources give
//
// The results are committed: nobody who runs a node or builds the dashboard needs the compiler, bundlers need no loader for
// .wasm files, and browsers need no second request. A test compiles again and compares.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What is compiled, with which options, and where it goes. */
export const KERNELS = [
  { source: 'assembly/hashing.ts', target: 'src/consensus/hashing.wasm.ts', memoryPages: 2, features: [] },
  {
    source: 'assembly/mining-simd.ts',
    target: 'src/mining/mining-simd.wasm.ts',
    memoryPages: 1,
    features: ['simd'],
  },
  {
    source: 'assembly/mining-scalar.ts',
    target: 'src/mining/mining-scalar.wasm.ts',
    memoryPages: 1,
    features: [],
  },
];

const COMMON = ['-O3', '--noAssert', '--runtime', 'stub'];

/** Compiles one kernel; resolves to its bytes. @throws Error with the compiler's words */
export async function compileKernel({ source, memoryPages, features }) {
  const { main } = await import('assemblyscript/asc');
  const folder = mkdtempSync(join(tmpdir(), 'mini-bitcoin-kernel-'));
  try {
    const file = join(folder, 'kernel.wasm');
    const enabled = features.flatMap((feature) => ['--enable', feature]);
    const words = [
      source,
      ...COMMON,
      ...enabled,
      '--initialMemory',
      String(memoryPages),
      '--baseDir',
      root,
      '-o',
      file,
    ];
    const { error, stderr } = await main(words);
    if (error) throw new Error(`${source} does not compile:\n${stderr.toString()}`, { cause: error });
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The generated module's text. */
export function moduleText({ source }, bytes) {
  return `// Made by scripts/build-kernels.mjs from ${source}: change that, and run \`npm run build:kernels\`.
/** The bytes of a WebAssembly module (${bytes.length} of them), as base64. */
export default '${bytes.toString('base64')}';
`;
}

async function main(words) {
  const check = words.includes('--check');
  let differences = 0;
  for (const kernel of KERNELS) {
    const text = moduleText(kernel, await compileKernel(kernel));
    const path = join(root, kernel.target);
    let before = '';
    try {
      before = readFileSync(path, 'utf8');
    } catch {
      // There is none yet.
    }
    if (before === text) continue;
    differences++;
    if (!check) writeFileSync(path, text);
    console.log(`${kernel.target} ${check ? 'is not what its source gives' : 'written'}`);
  }
  return check && differences > 0 ? 1 : 0;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await main(process.argv.slice(2));
}
