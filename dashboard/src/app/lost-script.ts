/**
 * Scripts that did not come. Many browsers remember that for as long as the page is open, and do not ask again
 * (https://github.com/whatwg/html/issues/6768; mended in HTML in 2026): then only the whole page, loaded anew, helps.
 */
const lost = new Set<string>();

/** Each engine has words of its own for it, and all say "module". */
export const isLostScript = (error: unknown): boolean =>
  error instanceof TypeError && /module/i.test(error.message);

/** True when it was lost before: to ask again did not help. */
export function isLostAgain(error: unknown): boolean {
  const name = String(error);
  if (lost.has(name)) return true;
  lost.add(name);
  return false;
}
