/**
 * Code that comes when a person first needs it: by a press of a button ({@link Late.get}), or once something was typed
 * ({@link Late.want}).
 */
export class Late<Code> {
  /** Undefined until it has come. */
  code = $state.raw<Code | undefined>();
  /** What kept it from coming, when it was wanted. */
  error = $state.raw<unknown>();
  private readonly load: () => Promise<Code>;
  private isWanted = false;

  /** @param load an `import()`: asked twice, it loads once */
  constructor(load: () => Promise<Code>) {
    this.load = load;
  }

  /** @throws what kept it from coming: whoever pressed a button is told there */
  async get(): Promise<Code> {
    const code = await this.load();
    this.error = undefined;
    return (this.code = code);
  }

  /** Loads it, and keeps what went wrong in {@link error}. Called while it loads, or has come, it does nothing. */
  want(): void {
    if (this.isWanted) return;
    this.isWanted = true;
    this.error = undefined;
    this.get().catch((problem: unknown) => {
      this.error = problem;
      this.isWanted = false;
    });
  }
}
