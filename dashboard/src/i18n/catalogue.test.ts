import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { parseSync, transformWithOxc } from 'vite';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { takeApart } from '../../catalogue-files.mjs';
import { beginWith, catalogue, loadLanguage, withFunctions } from './catalogue.ts';
import { plural } from './plural.ts';

const SOURCES = fileURLToPath(new URL('../', import.meta.url));
const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /(words|meanings)\.ts$/.test(file),
);
type Words = Readonly<Record<string, unknown>>;

async function apart(source: string): Promise<ReturnType<typeof takeApart>> {
  const { code } = await transformWithOxc(source, 'words.ts');
  return takeApart(code, parseSync('words.js', code).program);
}

/** The words with what each of their functions says, for arguments that tell its parts from one another. */
function spoken(words: unknown): unknown {
  if (typeof words === 'function') {
    const say = words as (...values: unknown[]) => unknown;
    return [
      [1, '2', 'three', 'iv'],
      ['1', 1, '3', 4],
      [0, 1, 1, 1],
    ].map((values) => spoken(say(...values)));
  }
  if (typeof words !== 'object' || words === null) return words;
  if (Array.isArray(words)) return words.map(spoken);
  return Object.fromEntries(Object.entries(words).map(([name, part]) => [name, spoken(part)]));
}

describe('words as data', () => {
  test.each(files)('%s says the same as its source', async (file) => {
    const { exported, data, kept, head } = await apart(readFileSync(SOURCES + file, 'utf8'));
    const module = (await import(/* @vite-ignore */ pathToFileURL(SOURCES + file).href)) as Words;
    const source = module[exported] as Words;
    // What a page runs: the functions that stay in the script, with the constants of the file.
    const script = `${head.replace(/^import .*$/gm, '')} ({ en: ${kept.en}, de: ${kept.de} })`;
    const functions = runInNewContext(script, { plural }) as Record<string, Words>;
    for (const language of ['en', 'de'] as const) {
      const sent = JSON.parse(JSON.stringify(data[language])) as Parameters<typeof withFunctions>[0];
      const read = withFunctions(sent, functions[language]);
      expect(spoken(read)).toEqual(spoken(source[language]));
    }
  });

  test('there are words of every page', () => {
    expect(files.length).toBeGreaterThan(40);
  });

  test('text, places, one or many and choices are data; what else a function does stays in the script', async () => {
    const { data, kept } = await apart(`
      const MORE = 'and more';
      const en = {
        plain: 'Text', twice: \`\${MORE}, \${MORE}\`, list: ['a', MORE],
        height: (height: string) => \`block \${height}\`,
        coins: (n: number, text: string) => \`\${text} \${plural(n, 'coin', 'coins')}\`,
        last: (n: number) => (n === 1 ? 'one' : \`\${n} of them\`),
        step: (text: string) => ({ title: 'Step', text: ['first', \`then \${text}\`] }),
        inner: { sum: (n: number) => n + 1, word: 'w' },
      };
      const de = {};
      export const words = { en, de };`);
    expect(data.en).toEqual({
      ...{ plain: 'Text', twice: 'and more, and more', list: ['a', 'and more'] },
      height: { $function: { $text: ['block ', 0] } },
      coins: { $function: { $text: [1, ' ', { $plural: [0, 'coin', 'coins'] }] } },
      last: { $function: { $if: [0, 1, 'one', { $text: [0, ' of them'] }] } },
      step: { $function: { title: 'Step', text: ['first', { $text: ['then ', 0] }] } },
      inner: { word: 'w' },
    });
    expect(kept.en).toBe('{ "inner": { sum: (n) => n + 1 } }');
  });

  test.each([
    ['const en = {}; const de = {}; export const words = { en };', 'exports one constant'],
    ['const en = {}; const de = {};', 'exports { en, de }'],
    [
      "const en = { a: 'x', b: () => en.a + 1 }; const de = {}; export const words = { en, de };",
      'must not refer to en',
    ],
  ])('a file of another form is refused: %s', async (source, why) => {
    await expect(apart(source)).rejects.toThrow(why);
  });
});

describe('loading', () => {
  afterEach(() => {
    beginWith('en');
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const answer = (words: object, status = 200): Response => Response.json(words, { status });

  test('one language comes first, another one when it is chosen', async () => {
    const asked: string[] = [];
    vi.stubGlobal('fetch', (address: string) => {
      asked.push(address);
      return Promise.resolve(answer({ title: address }));
    });
    const words = await catalogue({ en: '/e', de: '/d' }, { en: { kept: 1 }, de: { kept: 2 } });
    expect(words).toEqual({ en: { title: '/e', kept: 1 } });
    expect(await loadLanguage('de')).toBe(true);
    expect(words['de']).toEqual({ title: '/d', kept: 2 });
    await loadLanguage('en');
    expect(asked).toEqual(['/e', '/d']);
  });

  test('a script that comes while the language changes has the new one', async () => {
    let release = (): void => undefined;
    const slow = new Promise<void>((resolve) => (release = resolve));
    vi.stubGlobal('fetch', async (address: string) => {
      if (address === '/e2') await slow;
      return answer({ title: address });
    });
    const coming = catalogue({ en: '/e2', de: '/d2' }, {});
    const chosen = loadLanguage('de');
    release();
    expect(Object.keys(await coming)).toContain('de');
    expect(await chosen).toBe(true);
  });

  test('the last choice wins', async () => {
    vi.stubGlobal('fetch', (address: string) => Promise.resolve(answer({ title: address })));
    await catalogue({ en: '/e3', de: '/d3' }, {});
    expect(await Promise.all([loadLanguage('de'), loadLanguage('en')])).toEqual([false, true]);
  });

  test('waits while the node cannot be reached, and says what it answers instead of words', async () => {
    vi.useFakeTimers();
    let tries = 0;
    vi.stubGlobal('fetch', () =>
      ++tries < 3
        ? Promise.reject(new TypeError('Failed to fetch'))
        : Promise.resolve(answer({ title: 'x' })),
    );
    const words = catalogue({ en: '/e4' }, {});
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await words).toEqual({ en: { title: 'x' } });
    vi.stubGlobal('fetch', () => Promise.resolve(answer({}, 404)));
    await expect(catalogue({ en: '/gone' }, {})).rejects.toThrow('/gone: status 404');
    // What cannot be had keeps nobody from the language.
    expect(await loadLanguage('de')).toBe(true);
  });
});
