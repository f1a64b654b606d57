// Is each build as new as its sources? If not, it is built anew and swapped in.

import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
 */
export const steps = [
  {
    name: 'node',
    say: 'Building MiniBitcoin (a few seconds)...',
    byDefault: true,
    inputs: ['src', 'tsconfig.json', 'tsconfig.build.json'],
    output: 'dist',
    build(folder) {
      compile('tsconfig.build.json', folder);
      copyAssets(at('src'), folder);
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
  if (!existsSync(join(modules, 'typescript', 'package.json'))) {
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
  const compiler = join(modules, 'typescript', 'lib', 'tsc.js');
  const words = [
    compiler,
    '-p',
    at(project),
    '--outDir',
    folder,
    '--noEmitOnError',
    '--pretty',
    String(process.stderr.isTTY === true),
  ];
  const result = spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8' });
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
