// Where things are, and how to read them when they may not be there.

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const cache = join(root, '.cache');
export const modules = join(root, 'node_modules');
export const at = (...parts) => join(root, ...parts);

/** A failure we can explain: printed as a sentence, without a stack. */
export class Problem extends Error {}

export function say(line) {
  process.stderr.write(`${line}\n`);
}

export function readIfThere(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}

export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

export function tryWrite(path, text) {
  try {
    writeFileSync(path, text);
  } catch {
    // Only a stamp: without it the next run looks a little longer.
  }
}

export function isFolder(path) {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** What a build of `folder` reads, tests left out. */
export function filesIn(folder) {
  const found = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && entry.name !== 'results') found.push(...filesIn(path));
    } else if (!/\.test\.[cm]?tsx?$/.test(entry.name)) found.push(path);
  }
  return found.sort();
}
