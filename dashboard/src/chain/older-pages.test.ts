import { describe, expect, test } from 'vitest';
import { type OlderPages, pagesWanted, withPage } from './older-pages.ts';

const page = (upTo: number): { blocks: []; upTo: number } => ({ blocks: [], upTo });

describe('older blocks in pages', () => {
  test('are wanted where a height is not known', () => {
    const known = (height: number): boolean => height >= 250;
    expect(pagesWanted(new Map(), known, 240, 260)).toEqual([2]);
    expect(pagesWanted(new Map(), known, -4, 20)).toEqual([0]);
    expect(pagesWanted(new Map(), known, 95, 105)).toEqual([0, 1]);
    expect(pagesWanted(new Map(), known, 250, 400)).toEqual([]);
  });

  test('are not asked for again, unless the chain has grown into them since', () => {
    const pages: OlderPages = new Map([[0, page(80)]]);
    const known = (): boolean => false;
    expect(pagesWanted(pages, known, 60, 80)).toEqual([]);
    expect(pagesWanted(pages, known, 60, 81)).toEqual([0]);
  });

  test('are a bounded number, around the last one', () => {
    let pages: OlderPages = new Map();
    for (let number = 0; number < 40; number++) pages = withPage(pages, number, page(0));
    expect([...pages.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => 28 + i));
  });
});
