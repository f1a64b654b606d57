/**
 * The API token of the node, for its owner's calls (mining, peers) from a page on another machine, or with ADMIN_ACCESS=token.
 *
 * Kept for this tab only: it ends with it, and no other tab or visit has it. The client sends it with those calls alone.
 */
import { ApiError } from '../../../src/protocol/client-errors.ts';

const NAME = 'mini-bitcoin.api-token';

class ApiToken {
  value = $state<string | undefined>(stored());
  /** Whether the form for it is on the page, and what to do again once it is given. */
  asked = $state.raw<{ readonly again: (() => void) | undefined } | undefined>();

  use(token: string): void {
    this.value = token;
    try {
      sessionStorage.setItem(NAME, token);
    } catch {
      // Then it is for this page only.
    }
  }

  forget(): void {
    this.value = undefined;
    try {
      sessionStorage.removeItem(NAME);
    } catch {
      // Nothing is there.
    }
  }

  ask(again?: () => void): void {
    this.asked = { again };
  }
}

function stored(): string | undefined {
  try {
    return sessionStorage.getItem(NAME) ?? undefined;
  } catch {
    return undefined;
  }
}

/** True for refusals that the right token would turn into a yes. */
export function wantsToken(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}

export const apiToken = new ApiToken();
