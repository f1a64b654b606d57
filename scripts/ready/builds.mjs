// Is each build as new as its sources? If not, it is built anew and swapped in.

import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import {
  at,
  cache,
  filesIn,
  isFolder,
  modules,
  Problem,
  readIfThere,
  readJson,
  root,
  say,
} from './files.mjs';

/**
 * What can be built. To add one (say, the dashboard): name its inputs, its output folder, and how to build into a
 * given folder; freshness, locking and the swap come by themselves. Steps run in this order.
 *   byDefault  part of every run; the others are asked for by name
 *   inputs     files and folders whose contents decide whether the output is still fresh
 *   tools      packages that build it besides the compiler
 *   keeps      folders in its output that another step makes
 */
export const steps = [
  {
    name: 'node',
    say: 'Building MiniBitcoin (a few seconds)...',
    byDefault: true,
    inputs: ['src', 'tsconfig.json', 'tsconfig.build.json'],
    output: 'dist',
    // The steps after it write into its folder.
    keeps: ['dashboard'],
    build(folder) {
      compile('tsconfig.build.json', folder);
      copyAssets(at('src'), folder);
    },
  },
  {
    name: 'dashboard',
    say: 'Building the dashboard (a few seconds)...',
    byDefault: true,
    tools: ['vite', 'svelte', '@sveltejs/vite-plugin-svelte'],
    inputs: [
      ...['dashboard', 'tsconfig.json'],
      ...['consensus', 'wallet', 'explain', 'protocol', 'mining'].map((room) => `src/${room}`),
    ],
    output: 'dist/dashboard',
    build(folder) {
      runTool(join(modules, 'vite', 'bin', 'vite.js'), [
        'build',
        ...['--config', at('dashboard/vite.config.mjs'), '--configLoader', 'native'],
        ...['--outDir', folder, '--logLevel', 'warn'],
      ]);
      compressFiles(folder);
    },
  },
  {
    name: 'bench',
    say: 'Building the benchmarks (a few seconds)...',
    byDefault: false,
    inputs: ['bench', 'src', 'test/support', 'tsconfig.json', 'tsconfig.bench.json'],
    output: '.cache/bench',
    build(folder) {
      compile('tsconfig.bench.json', folder);
      copyAssets(at('src'), join(folder, 'src'));
      copyAssets(at('bench'), join(folder, 'bench'));
    },
  },
];

function stampOf(step) {
  return at(step.output, '.build-stamp.json');
}

export function isFresh(step) {
  return readJson(stampOf(step))?.inputs === inputsFingerprint(step);
}

/** Contents, not times: switching branches and back, or copying the folder, costs no rebuild. */
function inputsFingerprint(step) {
  const hash = createHash('sha256');
  const add = (path, name) => {
    const contents = readIfThere(path);
    if (contents !== undefined) hash.update(`${name}\0${contents.length}\0`).update(contents);
  };
  for (const input of step.inputs) {
    if (isFolder(at(input))) for (const path of filesIn(at(input))) add(path, path.slice(root.length));
    else add(at(input), input);
  }
  // A new compiler may write other code. Read by its manifest, for it may not be installed.
  hash.update(
    readJson(join(modules, 'typescript', 'package.json'))?.version ?? readJson(stampOf(step))?.compiler ?? '',
  );
  return hash.digest('hex');
}

export function runStep(step) {
  if (
    !['typescript', ...(step.tools ?? [])].every((name) => existsSync(join(modules, name, 'package.json')))
  ) {
    throw new Problem(
      'Building needs the development packages, which are not installed. Run `npm ci --include=dev` first.',
    );
  }
  say(step.say);
  const inputs = inputsFingerprint(step);
  const fresh = join(cache, `build-${step.name}-${process.pid}-${randomUUID().slice(0, 8)}`);
  const old = `${fresh}-old`;
  try {
    mkdirSync(fresh, { recursive: true });
    step.build(fresh);
    const compiler = readJson(join(modules, 'typescript', 'package.json'))?.version;
    for (const kept of step.keeps ?? []) {
      const from = at(step.output, kept);
      if (existsSync(from)) cpSync(from, join(fresh, kept), { recursive: true });
    }
    writeFileSync(join(fresh, '.build-stamp.json'), `${JSON.stringify({ inputs, compiler })}\n`);
    if (existsSync(at(step.output))) renameSync(at(step.output), old);
    mkdirSync(dirname(at(step.output)), { recursive: true });
    renameSync(fresh, at(step.output));
  } finally {
    // A swap broken in the middle puts the old build back.
    if (existsSync(old) && !existsSync(at(step.output))) renameSync(old, at(step.output));
    for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
  }
}

function compile(project, folder) {
  runTool(join(modules, 'typescript', 'lib', 'tsc.js'), [
    '-p',
    at(project),
    '--outDir',
    folder,
    '--noEmitOnError',
    '--pretty',
    String(process.stderr.isTTY === true),
  ]);
}

function runTool(tool, words) {
  const result = spawnSync(process.execPath, [tool, ...words], { cwd: root, encoding: 'utf8' });
  if (result.status === 0) return;
  throw new Problem(
    `${`${result.stdout ?? ''}${result.stderr ?? ''}`.trim() || String(result.error ?? result.signal)}\n` +
      'The build failed on the lines above; the previous build, if any, is untouched.',
  );
}

/** What the compiler leaves behind: WebAssembly, SQL and the like, beside the code that loads them. */
function copyAssets(from, to) {
  for (const path of filesIn(from)) {
    if (/\.([cm]?tsx?|md|map)$/.test(path)) continue;
    const target = join(to, path.slice(from.length));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(path, target);
  }
}

/** Beside each file its compressed forms: the node sends them as they are. */
function compressFiles(folder) {
  for (const path of [...filesIn(folder)]) {
    if (!/\.(html|css|js|json|svg|wasm)$/.test(path)) continue;
    const bytes = readFileSync(path);
    writeFileSync(`${path}.br`, brotliCompressSync(bytes));
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
}
