/** Pages in a real browser, for the tests of the dashboard. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { launchChromium } from './browser.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** The headline of the page of the chain. */
export const TIP = '[data-testid=tip]';

let browser: Browser | undefined;

/** To be called in a `describe`: one browser for its tests. */
export function useBrowser(): void {
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
}

/** What a page must never do, gathered while it is open. */
export interface Complaints {
  readonly errors: string[];
  readonly foreign: string[];
}

/** Opens an address in a context of its own, which ends with the test. */
export async function openPage(
  url: string,
  options: BrowserContextOptions & { readonly width?: number } = {},
): Promise<[Page, Complaints]> {
  if (browser === undefined) throw new Error('invariant: useBrowser() was called');
  const { width = 1200, ...more } = options;
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
    ...more,
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: Complaints = { errors: [], foreign: [] };
  page.on('pageerror', (error) => complaints.errors.push(error.message));
  page.on('console', (message) => {
    const text = message.text();
    // The browser itself reports a node that is away, and addresses that are 404.
    const isLine = /^(Failed to load resource|WebSocket connection to)/.test(text);
    if (message.type() === 'error' && !isLine) complaints.errors.push(text);
  });
  page.on('request', (request) => {
    const asked = request.url();
    if (/^(https?|wss?):/.test(asked) && new URL(asked).host !== new URL(url).host)
      complaints.foreign.push(asked);
  });
  await page.goto(url);
  return [page, complaints];
}

export const QUIET: Complaints = { errors: [], foreign: [] };

/** Breaches of the accessibility rules of axe-core, in words. @param without rules that make no sense here */
export async function breaches(page: Page, without: readonly string[] = []): Promise<string[]> {
  // Through the debugger: the policy of the page forbids scripts from elsewhere, as it should.
  await page.evaluate(await readFile(AXE, 'utf8'));
  return page.evaluate(async (disabled) => {
    const { axe } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run({
      rules: Object.fromEntries(disabled.map((rule) => [rule, { enabled: false }])),
    });
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
    );
  }, without);
}

/** Looks at what is shown in light, dark and on a phone: no breach of a rule, and no sideways scrolling. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const [colorScheme, width] of [
    ['light', 1200],
    ['dark', 1200],
    ['dark', 320],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    expect(await breaches(page), `${page.url()}, ${colorScheme}, ${width}`).toEqual([]);
    const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    expect(overflow, `${page.url()}: ${width} pixels are enough`).toBeLessThanOrEqual(0);
  }
}
