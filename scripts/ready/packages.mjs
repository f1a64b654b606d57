// Are the packages of package-lock.json installed? If not, npm does it.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { at, modules, Problem, readIfThere, readJson, root, say, tryWrite } from './files.mjs';

/** Set for the npm we start, so that its `prepare` does not come back in here. Also an opt-out. */
export const SKIP_VARIABLE = 'MINI_BITCOIN_SKIP_ENSURE_READY';

const installStamp = join(modules, '.mini-bitcoin-install.json');

export function isInstalled({ dev }) {
  const lockHash = lockFingerprint();
  if (readJson(installStamp)?.lock === lockHash) return true;
  // No stamp of ours, but perhaps somebody ran npm by hand: npm's own record tells what is there.
  if (!matchesNpmRecord(dev)) return false;
  if (dev) tryWrite(installStamp, JSON.stringify({ lock: lockHash }));
  return true;
}

/** Packages are right for one lock file, one list of wishes and one kind of machine. */
function lockFingerprint() {
  const hash = createHash('sha256');
  hash.update(readIfThere(at('package-lock.json')) ?? '');
  hash.update(JSON.stringify(wishes(readJson(at('package.json')) ?? {})));
  hash.update(`${process.platform}-${process.arch}`);
  return hash.digest('hex');
}

function wishes(manifest) {
  return ['dependencies', 'devDependencies', 'optionalDependencies', 'workspaces'].map((kind) =>
    Array.isArray(manifest[kind])
      ? manifest[kind]
      : Object.entries(manifest[kind] ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function matchesNpmRecord(dev) {
  const wanted = readJson(at('package-lock.json'))?.packages;
  const found = readJson(join(modules, '.package-lock.json'))?.packages;
  if (!wanted || !found) return false;
  const manifest = readJson(at('package.json')) ?? {};
  if (JSON.stringify(wishes(wanted[''] ?? {})) !== JSON.stringify(wishes(manifest))) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/')) return true;
    const here = found[path];
    // Optional packages may be missing on this kind of machine, but never in another version.
    if (!here) return entry.optional === true || entry.peer === true || (!dev && entry.dev === true);
    return here.version === entry.version && here.integrity === entry.integrity;
  });
}

export function installPackages() {
  const hasLock = existsSync(at('package-lock.json'));
  say('Installing packages (once, about a minute)...');
  let result = npm(hasLock ? ['ci'] : ['install']);
  if (!result.ok && hasLock && explainInstall(result.output) === undefined) {
    say('`npm ci` did not work out; trying `npm install`...');
    result = npm(['install']);
  }
  if (!result.ok) {
    throw new Problem(
      explainInstall(result.output) ??
        `${tail(result.output)}\nInstalling packages failed; \`npm install\` in this folder shows more.`,
    );
  }
  tryWrite(installStamp, JSON.stringify({ lock: lockFingerprint() }));
}

function npm(args) {
  const environment = { ...process.env, [SKIP_VARIABLE]: '1' };
  // When npm itself called us (`npm install -g .`, `npm pack --dry-run`), its settings must not reach this npm.
  for (const key of Object.keys(environment)) {
    if (/^npm_config_(global|location|prefix|local_prefix|dry_run|omit|only|production)$/i.test(key)) {
      delete environment[key];
    }
  }
  // Without a network, say so after seconds; npm alone would try for more than a minute.
  const retries = ['--fetch-retry-mintimeout=2000', '--fetch-retry-maxtimeout=5000'];
  const words = [...args, '--include=dev', '--no-audit', '--no-fund', '--loglevel=error', ...retries];
  const viaNode =
    process.env.npm_execpath?.endsWith('.js') === true && /npm-cli/.test(process.env.npm_execpath);
  const result = spawnSync(
    viaNode ? process.execPath : 'npm',
    viaNode ? [process.env.npm_execpath, ...words] : words,
    { cwd: root, env: environment, encoding: 'utf8', shell: !viaNode && process.platform === 'win32' },
  );
  if (result.error?.code === 'ENOENT')
    throw new Problem('npm was not found. It comes with Node: is Node installed fully?');
  return { ok: result.status === 0, output: `${result.stdout ?? ''}${result.stderr ?? ''}` };
}

/** The cause, when it is one that trying again in another way cannot cure. */
function explainInstall(output) {
  const [code] =
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|E?TIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b/.exec(
      output,
    ) ?? [];
  if (code !== undefined) {
    return `The package registry could not be reached (${code}). Packages are downloaded once; please try again with a network.`;
  }
  if (/\b(EACCES|EPERM|EROFS)\b/.test(output)) {
    return `This user may not write in ${root}. Please run it as the folder's owner.`;
  }
  if (/\bENOSPC\b/.test(output)) return 'The disk is full.';
  return undefined;
}

function tail(text) {
  return text.trim().split('\n').slice(-15).join('\n');
}
