/** What the person chose: colours, and to which address rewards go. Never a private key. */
import { remember, remembered } from './remembered.ts';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const isTheme = (text: string | undefined): text is Theme => THEMES.some((theme) => theme === text);

class Preferences {
  theme = $state<Theme>('auto');
  address = $state<string | undefined>(undefined);

  constructor() {
    const theme = remembered('theme');
    if (isTheme(theme)) this.theme = theme;
    const address = remembered('address');
    if (address !== undefined && isAddress(address)) this.address = address;
  }

  chooseTheme(theme: Theme): void {
    this.theme = theme;
    remember('theme', theme);
    applyTheme();
  }

  chooseAddress(address: string): void {
    this.address = address;
    remember('address', address);
  }
}

export function isAddress(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

export const preferences = new Preferences();

/** theme.css does the rest: `color-scheme` decides what light-dark() gives. */
export function applyTheme(): void {
  document.documentElement.dataset['theme'] = preferences.theme;
}
