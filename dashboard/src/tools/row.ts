/** One line of a result. */
export interface Row {
  readonly name: string;
  readonly value: string;
  /** What it is for. */
  readonly note?: string | undefined;
  /** What it is called in tests and programs. */
  readonly key?: string;
}
