/** The pictures of the README are there, small, and made for light and dark. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

test('every picture of the README exists in light and dark, is small, and is told in words', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const pictures = readme.match(/<picture>.*?<\/picture>/gs) ?? [];
  expect(pictures.length).toBeGreaterThan(1);
  for (const picture of pictures) {
    const dark = /<source media="\(prefers-color-scheme: dark\)" srcset="([^"]+)-dark\.png">/.exec(
      picture,
    )?.[1];
    const light = /src="([^"]+)-light\.png"/.exec(picture)?.[1];
    expect(light, picture).toBe(dark);
    expect(/alt="([^"]+)"/.exec(picture)?.[1]?.length, picture).toBeGreaterThan(40);
    for (const scheme of ['light', 'dark'])
      expect(statSync(join(ROOT, `${light}-${scheme}.png`)).size, picture).toBeLessThanOrEqual(150_000);
  }
});
