/**
 * An AbortController that also obeys other signals, and lets go of them in the end.
 *
 * (`AbortSignal.any` would stay attached to a signal that lives as long as the node, once per search.)
 */
export class LinkedAbort {
  private readonly controller = new AbortController();
  private readonly sources: readonly AbortSignal[];
  private readonly follow = (): void => this.controller.abort();

  constructor(sources: readonly (AbortSignal | undefined)[]) {
    this.sources = sources.filter((source) => source !== undefined);
    for (const source of this.sources) {
      if (source.aborted) this.controller.abort();
      else source.addEventListener('abort', this.follow);
    }
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  abort(): void {
    this.controller.abort();
  }

  /** Call it when done. */
  release(): void {
    for (const source of this.sources) source.removeEventListener('abort', this.follow);
  }
}
