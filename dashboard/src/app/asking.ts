/** Asking the node again whenever something changes, but not more often than anybody can look. */

/**
 * @returns a function to be called at each change: `ask` runs at once, or as soon as it has ended and a pause is over. However
 * often it is called meanwhile, one further run follows.
 */
export function askingAgain(ask: () => Promise<void>, pauseMs: () => number): () => Promise<void> {
  let isAsking = false;
  let isOutdated = false;
  return async () => {
    isOutdated = true;
    if (isAsking) return;
    isAsking = true;
    while (isOutdated) {
      isOutdated = false;
      await ask();
      await new Promise((resume) => setTimeout(resume, pauseMs()));
    }
    isAsking = false;
  };
}
