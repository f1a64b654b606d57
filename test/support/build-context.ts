/**
 * What Docker gets to see of the repository: .dockerignore, by Docker's rules. The last line that matches a path or one of the
 * folders around it decides.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readText, ROOT } from './deployment-files.ts';

/** Never walked into: large, and not in the context by the first rule already. */
const NOT_WALKED = new Set(['.git', 'node_modules', 'dist', '.cache', 'coverage']);

interface Rule {
  readonly lets: boolean;
  readonly pattern: RegExp;
}

export class BuildContext {
  private readonly rules: readonly Rule[];

  constructor(dockerignore = readText('.dockerignore')) {
    this.rules = dockerignore
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => ({ lets: line.startsWith('!'), pattern: toPattern(line.replace(/^!/, '')) }));
  }

  /** @param path with `/`, from the root of the repository */
  has(path: string): boolean {
    const parts = path.split('/');
    const around = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    const last = this.rules.findLast(({ pattern }) => around.some((folder) => pattern.test(folder)));
    return last?.lets ?? true;
  }

  /** Files of the repository that are in it. */
  files(folder = ''): string[] {
    return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return NOT_WALKED.has(entry.name) ? [] : this.files(path);
      return this.has(path) ? [path] : [];
    });
  }
}

function toPattern(glob: string): RegExp {
  const source = glob
    .split(/(\*\*\/|\*)/)
    .map((part) =>
      part === '**/' ? '(?:.*/)?' : part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`);
}
