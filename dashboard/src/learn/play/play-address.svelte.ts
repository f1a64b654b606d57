/**
 * The address of the key that lessons play with, as far as it is known without the curve: kept beside the key for this tab, or
 * told by whoever made one. No address: no key, and no coins.
 */
const NAME = 'mini-bitcoin.play-address';

class PlayAddress {
  known = $state(kept());

  /** Of the key that is there now. */
  tell(address: string): void {
    this.known = address;
    try {
      sessionStorage.setItem(NAME, address);
    } catch {
      // Then it is known until the page is loaded anew.
    }
  }
}

function kept(): string | undefined {
  try {
    return sessionStorage.getItem(NAME) ?? undefined;
  } catch {
    return undefined;
  }
}

export const playAddress = new PlayAddress();
