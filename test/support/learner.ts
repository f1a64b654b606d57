/** Somebody who plays lessons without a mouse: Tab, Enter, letters and digits. */
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { ApiClient } from '../../src/protocol/index.ts';

/** More stops than any page has. */
const MOST_STOPS = 150;

/** Goes on with Tab until the focus is there, round the page once if need be. */
export async function tabTo(page: Page, goal: Locator): Promise<void> {
  await goal.waitFor();
  const focused = goal.and(page.locator(':focus'));
  for (let stops = 0; (await focused.count()) === 0; stops++) {
    if (stops === MOST_STOPS) throw new Error(`Tab never gets to ${String(goal)}`);
    await page.keyboard.press('Tab');
  }
}

export class Learner {
  readonly page: Page;
  private readonly client: ApiClient;

  constructor(page: Page, client: ApiClient) {
    this.page = page;
    this.client = client;
  }

  step(name: string): Locator {
    return this.page.locator(`[data-step="${name}"]`);
  }

  async press(goal: Locator): Promise<void> {
    await tabTo(this.page, goal);
    await this.page.keyboard.press('Enter');
  }

  /** Presses a button of a step. */
  button(step: string, name: string | RegExp): Promise<void> {
    return this.press(this.step(step).getByRole('button', { name }));
  }

  /** Types into the field of a step. */
  async type(step: string, label: string | RegExp, text: string): Promise<void> {
    await tabTo(this.page, this.step(step).getByLabel(label));
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.type(text);
  }

  result(step: string): Locator {
    return this.step(step).getByTestId('result');
  }

  async isDone(step: string): Promise<void> {
    await this.result(step).filter({ hasText: 'Done' }).waitFor();
  }

  /** Does something again and again until the step is done: where luck is needed. */
  async untilDone(step: string, again: () => Promise<void>): Promise<void> {
    for (let tries = 0; tries < 190; tries++) {
      await again();
      if ((await this.result(step).textContent())?.includes('Done') === true) return;
    }
    throw new Error('nobody has so little luck');
  }

  /** What the lesson says at its end, and the way to the next one. */
  async ends(): Promise<string> {
    const section = this.page.locator('section', { has: this.page.locator('#happened') });
    await section.waitFor();
    // What it links to is on the chain.
    const link = await section.locator('a[href^="/block/"]').first().getAttribute('href');
    expect((await this.client.block(link?.split('/')[2] ?? '')).status).toBe('active');
    return (await section.textContent()) ?? '';
  }

  async goesOn(title: string): Promise<void> {
    await this.press(this.page.getByRole('link', { name: `Next lesson: ${title}` }));
    await this.page.getByRole('heading', { level: 1, name: title }).waitFor();
  }

  async funds(): Promise<void> {
    await this.button('coins', /^Mine until/);
    await this.isDone('coins');
  }

  /** What a lesson has written down. */
  async note(lesson: string, name: string): Promise<string> {
    const kept = await this.page.evaluate<string>(`localStorage.getItem('mini-bitcoin.lessons')`);
    const { lessons } = JSON.parse(kept) as {
      lessons: Record<string, { notes: Record<string, string> } | undefined>;
    };
    return lessons[lesson]?.notes[name] ?? '';
  }
}
