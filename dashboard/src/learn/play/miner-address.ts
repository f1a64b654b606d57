/** Whom lessons mine for. */
import { preferences } from '../../app/preferences.svelte.ts';
import { ownAddress } from './payments.ts';
import { playAddress } from './play-address.svelte.ts';

/** The address that the person chose, else that of the play key, which is made where there is none. */
export async function minerAddress(): Promise<string> {
  return preferences.address ?? (await ownAddress());
}

/** The same, as long as it takes no new key. */
export function knownMinerAddress(): string | undefined {
  return preferences.address ?? playAddress.known;
}
