/**
 * Texts of lessons. `{word|what it means}` is a term that explains itself when it is pressed, a piece between backquotes is
 * code:
 *
 *   A {block|A header and its transactions.} has a hash, like `0000ab…`.
 */
export type Piece =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'term'; readonly text: string; readonly meaning: string };

export function piecesOf(prose: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of prose.matchAll(/\{([^|{}]+)\|([^{}]+)\}|`([^`]+)`/g)) {
    const [all, term, meaning, code] = match;
    if (match.index > end) pieces.push({ kind: 'text', text: prose.slice(end, match.index) });
    if (term !== undefined && meaning !== undefined) pieces.push({ kind: 'term', text: term, meaning });
    else pieces.push({ kind: 'code', text: code ?? all });
    end = match.index + all.length;
  }
  if (end < prose.length) pieces.push({ kind: 'text', text: prose.slice(end) });
  return pieces;
}
