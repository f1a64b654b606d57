/** How much a visitor loads, compressed: on a phone, and where the network is slow, the page must come at once. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { LESSONS } from '../../dashboard/src/learn/lessons.ts';
import { TOOLS } from '../../dashboard/src/tools/tools.ts';

const BUILD = fileURLToPath(new URL('../../dist/dashboard/', import.meta.url));
const KB = 1000;

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly isEntry?: boolean;
}

const manifest = JSON.parse(readFileSync(`${BUILD}manifest.json`, 'utf8')) as Record<string, Chunk>;
const sizeOf = (file: string): number => readFileSync(`${BUILD}${file}.gz`).length;

/** Scripts that come with a chunk, itself included. */
function filesOf(name: string, seen = new Set<string>()): Set<string> {
  const chunk = manifest[name];
  if (chunk === undefined) throw new Error(`the build has no ${name}`);
  if (!seen.has(chunk.file)) {
    seen.add(chunk.file);
    for (const other of chunk.imports ?? []) filesOf(other, seen);
  }
  return seen;
}

const total = (files: Iterable<string>): number => [...files].reduce((sum, file) => sum + sizeOf(file), 0);
const start = filesOf('index.html');

describe('the budgets of the dashboard (gzip)', () => {
  test('the first page takes 40 kB of scripts at most', () => {
    expect(total(new Set([...start, ...filesOf('src/chain/ChainPage.svelte')]))).toBeLessThanOrEqual(40 * KB);
  });

  const pages = Object.keys(manifest).filter((name) => name.endsWith('Page.svelte'));
  // The wallet makes keys and signs: curve and hashes come with it.
  const limitOf = (page: string): number => (page.includes('WalletPage') ? 45 : 25);
  test.each(pages.map((page) => [page, limitOf(page)] as const))(
    '%s takes %i kB more at most',
    (page, limit) => {
      const more = [...filesOf(page)].filter((file) => !start.has(file));
      expect(total(more)).toBeLessThanOrEqual(limit * KB);
    },
  );

  /** What comes with a component of a page, when somebody goes straight there. */
  const parts = Object.keys(manifest).flatMap((name): [string, string][] => {
    if (/^src\/learn\/.*Lesson\.svelte$/.test(name)) return [[name, 'src/learn/LearnPage.svelte']];
    if (/^src\/tools\/(?!ToolsPage).*\.svelte$/.test(name)) return [[name, 'src/tools/ToolsPage.svelte']];
    return [];
  });
  test('all lessons and tools are among them', () => {
    expect(parts.length).toBe(LESSONS.length + TOOLS.length);
  });
  test.each(parts)('%s takes 25 kB more at most, with its page', (name, page) => {
    const more = [...new Set([...filesOf(page), ...filesOf(name)])].filter((file) => !start.has(file));
    expect(total(more)).toBeLessThanOrEqual(25 * KB);
  });

  const assets = readdirSync(`${BUILD}assets`).map((name) => `assets/${name}`);
  // Nobody loads all scripts; this bounds how fast they grow. The goal was 160 (docs/dashboard.md).
  test('all scripts together take 240 kB, all styles 10 kB', () => {
    expect(pages.length).toBeGreaterThan(1);
    expect(total(assets.filter((name) => name.endsWith('.js')))).toBeLessThanOrEqual(240 * KB);
    expect(total(assets.filter((name) => name.endsWith('.css')))).toBeLessThanOrEqual(10 * KB);
  });

  test.each(['en', 'de'])('the words of all pages in one language (%s) take 45 kB', (language) => {
    const words = assets.filter((name) => name.endsWith('.json') && name.includes(`.${language}-`));
    expect(words.length).toBeGreaterThan(40);
    expect(total(words)).toBeLessThanOrEqual(45 * KB);
  });
});
