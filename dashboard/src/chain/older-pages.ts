/**
 * Blocks below those that the view has, asked for in pages as somebody scrolls to them. Of a long chain only the pages around
 * what is looked at are kept.
 */
import type { TreeBlock } from '../../../src/protocol/schemas.ts';

/** Heights in a page. */
export const PAGE_HEIGHTS = 100;
const KEPT_PAGES = 12;

export interface OlderPage {
  readonly blocks: readonly TreeBlock[];
  /** The highest height that was there when it was asked for. */
  readonly upTo: number;
}

/** By number: page n begins at height n × {@link PAGE_HEIGHTS}. */
export type OlderPages = ReadonlyMap<number, OlderPage>;

export const pageOf = (height: number): number => Math.floor(height / PAGE_HEIGHTS);

/** Which pages have to be asked for, so that all heights from one to the other are known. */
export function pagesWanted(
  pages: OlderPages,
  isKnown: (height: number) => boolean,
  from: number,
  to: number,
): number[] {
  const wanted = new Set<number>();
  for (let height = Math.max(0, from); height <= to; height++)
    if (!isKnown(height) && (pages.get(pageOf(height))?.upTo ?? -1) < height) wanted.add(pageOf(height));
  return [...wanted];
}

/** With one page more; those furthest from it are let go. */
export function withPage(pages: OlderPages, number: number, page: OlderPage): OlderPages {
  const all = [...pages].filter(([other]) => other !== number);
  const near = all.sort(([a], [b]) => Math.abs(a - number) - Math.abs(b - number)).slice(0, KEPT_PAGES - 1);
  return new Map([...near, [number, page]]);
}
