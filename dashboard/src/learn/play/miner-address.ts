/** Whom lessons mine for. Apart from the play key, so that curve and signatures come only where they are needed. */
import { preferences } from '../../app/preferences.svelte.ts';

/** The address that the person chose, else that of the play key. */
export async function minerAddress(): Promise<string> {
  return preferences.address ?? (await import('./key.ts')).playKey.address;
}
