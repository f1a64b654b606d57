/** What a text in the search field may be, and what it turned out to be. */
import { ApiError } from '../../../src/protocol/client-errors.ts';
import type { ApiClient } from '../../../src/protocol/client.ts';
import type { TreeBlock } from '../../../src/protocol/events.ts';
import { blockWith, sideBlocksOf } from '../tx/find-transaction.ts';

export type Guess = 'height' | 'block' | 'transaction' | 'address';

/** In the order in which they are tried; empty where the text is nothing that a node knows. */
export function guessesOf(text: string): readonly Guess[] {
  const word = wordOf(text);
  if (/^\d{1,10}$/.test(word)) return ['height'];
  if (/^[0-9a-fA-F]{64}$/.test(word)) return ['block', 'transaction'];
  return /^[0-9a-fA-F]{40}$/.test(word) ? ['address'] : [];
}

/** As the node wants it: in small letters, and heights without what pages put between their thousands. */
function wordOf(text: string): string {
  const word = text.trim().toLowerCase();
  return /^\d{1,3}([.,\s\u2019']\d{3})+$/.test(word) ? word.replace(/\D/g, '') : word;
}

export type Found =
  | { readonly kind: 'page'; readonly path: string }
  | { readonly kind: 'nothing'; readonly tried: readonly Guess[] };

/**
 * @param blocks those that the page has heard of: a transaction may be in one beside the chain only
 * @throws when the node cannot be asked
 */
export async function search(api: ApiClient, text: string, blocks: Iterable<TreeBlock>): Promise<Found> {
  const word = wordOf(text);
  const tried = guessesOf(word);
  for (const guess of tried) {
    try {
      return await lookUp(api, guess, word);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
    }
  }
  if (tried.includes('transaction') && (await blockWith(api, word, sideBlocksOf(blocks))) !== undefined)
    return { kind: 'page', path: `/tx/${word}` };
  return { kind: 'nothing', tried };
}

async function lookUp(api: ApiClient, guess: Guess, word: string): Promise<Found> {
  switch (guess) {
    case 'height':
    case 'block': {
      const block = await api.block(word);
      return { kind: 'page', path: `/block/${guess === 'height' ? block.height : block.block_hash}` };
    }
    case 'transaction': {
      const { txid } = await api.tx(word);
      return { kind: 'page', path: `/tx/${txid}` };
    }
    case 'address':
      // Any 40 digits are one; its page says what is there.
      return { kind: 'page', path: `/address/${word}` };
  }
}
