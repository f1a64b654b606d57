/**
 * Walking over the active chain in pages.
 *
 * A cursor names the last block that was given: `asc.120.<hash>`. The chain may be reorganised between two pages. Downwards
 * that does no harm, a block's ancestors never change; upwards the cursor's block may be gone, and the caller is told so
 * instead of getting two halves of different chains.
 */
import type { Chainstate } from '../../chainstate/index.ts';
import { ancestorAt, type BlockHash, type HeaderNode } from '../../consensus/index.ts';
import { refusal } from '../refusal.ts';

export interface PageRequest {
  readonly from: number | undefined;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  readonly cursor: string | undefined;
}

export interface NodePage {
  readonly nodes: readonly HeaderNode[];
  readonly next: string | null;
}

/** @throws Refusal for a cursor that is none, or that a reorganisation made useless */
export function pageOfChain(chain: Chainstate, request: PageRequest): NodePage {
  const { order, limit } = request;
  const nodes = order === 'asc' ? ascending(chain, request) : descending(chain, request);
  const last = nodes.at(-1);
  const ends =
    last === undefined ||
    nodes.length < limit ||
    (order === 'asc' ? last.height >= chain.height : last.height === 0);
  return { nodes, next: ends ? null : `${order}.${last.height}.${last.hash}` };
}

function ascending(chain: Chainstate, { from, limit, cursor }: PageRequest): HeaderNode[] {
  let height = from ?? 0;
  if (cursor !== undefined) {
    const last = nodeOfCursor(chain, cursor, 'asc');
    if (!chain.headers.isActive(last)) {
      throw refusal(409, 'stale-cursor', 'the chain was reorganised: that block is not in it any more', {
        hint: 'Start again, some blocks below.',
      });
    }
    height = last.height + 1;
  }
  const nodes: HeaderNode[] = [];
  for (let at = chain.headers.activeAt(height); at !== undefined && nodes.length < limit;) {
    nodes.push(at);
    at = chain.headers.activeAt(++height);
  }
  return nodes;
}

function descending(chain: Chainstate, { from, limit, cursor }: PageRequest): HeaderNode[] {
  let at: HeaderNode | null;
  if (cursor !== undefined) at = nodeOfCursor(chain, cursor, 'desc').parent;
  else at = from === undefined ? chain.tip : ancestorAt(chain.tip, Math.min(from, chain.height));
  const nodes: HeaderNode[] = [];
  for (; at !== null && nodes.length < limit; at = at.parent) nodes.push(at);
  return nodes;
}

function nodeOfCursor(chain: Chainstate, cursor: string, order: string): HeaderNode {
  const match = /^(asc|desc)\.(\d{1,15})\.([0-9a-f]{64})$/.exec(cursor);
  const node = match === null ? undefined : chain.headers.get(match[3] as BlockHash);
  if (match?.[1] !== order || node?.height !== Number(match[2])) {
    throw refusal(422, 'bad-cursor', 'the cursor is not one that this list handed out', {
      hint: 'Hand back `next` of the page before with the same `order`.',
    });
  }
  return node;
}
