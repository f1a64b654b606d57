// Makes a checkout ready to run: the right Node, installed packages, a fresh build.
//
//   node scripts/ensure-ready.mjs [--install-only | --build-only] [--force]
//
// npm scripts and bin/mini-bitcoin.js call it before they do anything else, so it has three duties:
//   quick    nothing to do is the usual case, decided from a few hashes, without starting a process;
//   atomic   a build goes to a temporary folder and replaces the old one only when it succeeded;
//   alone    two at once take turns through a lock folder, and the second finds the work done.
//
// The parts are in ready/. They use nothing but Node, because they run before anything is installed. All words go
// to stderr, so that the output of the command that follows can be piped.

import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isFresh, runStep, steps } from './ready/builds.mjs';
import { at, modules, Problem, say } from './ready/files.mjs';
import { withLock } from './ready/lock.mjs';
import { installPackages, isInstalled, SKIP_VARIABLE } from './ready/packages.mjs';

const MIN_NODE = [20, 19];

/**
 * @param {object} options
 * @param {boolean} [options.install] check the packages (default true)
 * @param {boolean} [options.build] check the builds (default true)
 * @param {boolean} [options.force] build even when the output is fresh
 * @param {boolean} [options.runtimeOnly] be content with runtime packages when nothing needs building
 * @param {string[]} [options.also] names of steps wanted besides the default ones
 */
export function ensureReady(options = {}) {
  const { install = true, build = true, force = false, runtimeOnly = false, also = [] } = options;
  checkNode();
  // An installed package has no sources: everything it needs came with it.
  if (!existsSync(at('src')) || process.env[SKIP_VARIABLE]) return;

  const wanted = build ? steps.filter((step) => step.byDefault || also.includes(step.name)) : [];
  const look = () => {
    const stale = wanted.filter((step) => force || !isFresh(step));
    return { stale, lacksPackages: install && !isInstalled({ dev: !runtimeOnly || stale.length > 0 }) };
  };
  const nothingToDo = ({ stale, lacksPackages }) => !lacksPackages && stale.length === 0;

  if (nothingToDo(look())) return;
  withLock(() => {
    // Look again: whoever held the lock before us may have done it all. And once more after an install, which may
    // have brought another compiler.
    if (look().lacksPackages) installPackages();
    for (const step of look().stale) runStep(step);
  });
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1])) return;
  throw new Problem(
    `MiniBitcoin needs Node ${MIN_NODE.join('.')} or newer; this is Node ${process.versions.node}. ` +
      'Please install a current one from https://nodejs.org and try again.',
  );
}

/** Runs `work` and turns a known problem into its sentence and exit code 1. */
export function explainProblems(work) {
  try {
    work();
    return true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    say(error.message);
    return false;
  }
}

/**
 * npm calls `prepare` at the end of every install in this folder. Then npm is at work on node_modules already, so we
 * only build; and only if we can: `npm ci --omit=dev` has no compiler, and a type error is no reason to fail an
 * install. `npm install -g .` is the exception: it links this folder and installs nothing in it. (package.json imports
 * this and forgives its absence, for images that install from package.json alone.)
 */
export function prepare() {
  const global = process.env.npm_config_global === 'true' || process.env.npm_config_location === 'global';
  if (!global && !existsSync(join(modules, 'typescript', 'package.json'))) return;
  if (!explainProblems(() => ensureReady({ install: global }))) {
    say('MiniBitcoin is not built yet; that is tried again when it is first used.');
  }
}

function main(words) {
  const known = ['--install-only', '--build-only', '--force'];
  const unknown = words.find((word) => !known.includes(word));
  if (unknown !== undefined) {
    say(`Unknown option ${unknown}. There are: ${known.join(', ')}.`);
    return 2;
  }
  const done = explainProblems(() =>
    ensureReady({
      install: !words.includes('--build-only'),
      build: !words.includes('--install-only'),
      force: words.includes('--force'),
    }),
  );
  return done ? 0 : 1;
}

const isMain =
  process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url);
if (isMain) process.exitCode = main(process.argv.slice(2));
