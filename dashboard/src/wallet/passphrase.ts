/** How hard a passphrase is to guess, roughly: a hint for people, not a proof. */

/** Shorter ones are refused. */
export const LEAST_LENGTH = 8;

export type Strength = 'short' | 'weak' | 'fair' | 'good';

const CLASSES = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[^a-zA-Z0-9]/, 32],
] as const;
/** Those that are tried first. Whoever guesses has longer lists. */
const KNOWN = /pass(wor[dt]|phrase)?|12345|qwert|asdf|letmein|admin|secret|bitcoin|wallet|geheim|hallo/gi;

export function strengthOf(passphrase: string): Strength {
  if (passphrase.length < LEAST_LENGTH) return 'short';
  const bits = guessBits(passphrase);
  return bits < 45 ? 'weak' : bits < 65 ? 'fair' : 'good';
}

/** The bits of a random text of these kinds of characters, where what is repeated, in sequence or well known counts little. */
function guessBits(passphrase: string): number {
  const rare = passphrase.replace(KNOWN, (word) => word.slice(0, 1));
  const size = CLASSES.reduce((sum, [kind, count]) => sum + (kind.test(rare) ? count : 0), 0);
  let count = 0;
  const seen = new Map<string, number>();
  for (let at = 0; at < rare.length; at++) {
    const char = rare.charAt(at);
    const step = at === 0 ? 99 : rare.charCodeAt(at) - rare.charCodeAt(at - 1);
    const before = seen.get(char) ?? 0;
    seen.set(char, before + 1);
    count += Math.abs(step) <= 1 ? 0.2 : 1 / (1 + before / 2);
  }
  return count * Math.log2(Math.max(2, size));
}
