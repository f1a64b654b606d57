/**
 * Small choices kept in this browser: theme, language, address, lessons done. Where storage is forbidden the page works
 * without.
 */
const PREFIX = 'mini-bitcoin.';

export type Remembered = 'theme' | 'locale' | 'address' | 'lessons';

export function remembered(name: Remembered): string | undefined {
  try {
    return localStorage.getItem(PREFIX + name) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(name: Remembered, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Then it is for this visit only.
  }
}
