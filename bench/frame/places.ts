/** Where the checkout is. Benchmarks run in their compiled form, from .cache/bench, so "two folders up" does not tell. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder)
      throw new Error('benchmarks run from a checkout, and there is none above this file');
    folder = above;
  }
  return folder;
}

export const ROOT = findRoot();
export const RESULTS_FOLDER = join(ROOT, 'bench', 'results');
export const PROFILES_FOLDER = join(ROOT, '.cache', 'bench-profiles');
