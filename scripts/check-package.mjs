// What `npm pack` would ship: all that runs, and nothing else. Run after a build.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureReady, explainProblems } from './ensure-ready.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const MAX_UNPACKED_BYTES = 5_000_000;

const allowed = [
  /^package\.json$/,
  /^(README\.md|LICENSE|CHANGELOG\.md)$/,
  /^bin\/mini-bitcoin\.js$/,
  /^docs\//,
  /^dist\/.+\.(js|d\.ts|wasm|sql|json|html|css|svg|png|ico|woff2|webmanifest)$/,
  /^dist\/dashboard\/.+\.(br|gz)$/,
];
const banned = [
  /^docs\/pictures\//,
  /\.test\./,
  /\.map$/,
  /(^|\/)(test|tests|fixtures|vectors)\//,
  /(^|\/)\.(?!well-known)/,
];

function complaints() {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const result = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.status !== 0) return [`npm pack failed:\n${result.stderr}`];
  const answer = JSON.parse(result.stdout);
  const [pack] = Array.isArray(answer) ? answer : Object.values(answer);
  const paths = new Set(pack.files.map((file) => file.path));
  console.log(`${pack.filename}: ${paths.size} files, ${Math.round(pack.unpackedSize / 1000)} kB unpacked`);

  const needed = [
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
    'dist/cli/main.js',
    'dist/dashboard/index.html',
    ...Object.values(manifest.bin),
  ];
  for (const target of Object.values(manifest.exports)) {
    for (const path of typeof target === 'string' ? [target] : Object.values(target))
      needed.push(path.slice(2));
  }
  const found = [];
  for (const path of new Set(needed)) if (!paths.has(path)) found.push(`missing: ${path}`);
  for (const path of paths) {
    if (!allowed.some((pattern) => pattern.test(path)) || banned.some((pattern) => pattern.test(path))) {
      found.push(`does not belong: ${path}`);
    }
  }
  if (pack.unpackedSize > MAX_UNPACKED_BYTES) found.push(`too large: ${pack.unpackedSize} bytes unpacked`);
  if (existsSync(join(root, 'package-lock.json'))) {
    const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
    if (/"resolved": "https?:/.test(lock))
      found.push('package-lock.json holds registry addresses; .npmrc prevents that');
  }
  return found;
}

if (!explainProblems(() => ensureReady({ install: false }))) process.exitCode = 1;
else {
  const found = complaints();
  for (const complaint of found) console.error(complaint);
  console.log(found.length === 0 ? 'The package holds what it should.' : `${found.length} things to mend.`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
