/** A map on top of another: changes stay here until they are applied, so that a change that fails leaves no trace. */
export class DraftMap<K, V> {
  readonly #base: Map<K, V>;
  /** `undefined` marks a deleted key. */
  readonly #changes = new Map<K, V | undefined>();

  constructor(base: Map<K, V>) {
    this.#base = base;
  }

  get(key: K): V | undefined {
    return this.#changes.has(key) ? this.#changes.get(key) : this.#base.get(key);
  }

  has(key: K): boolean {
    return this.get(key) !== undefined;
  }

  set(key: K, value: V): void {
    this.#changes.set(key, value);
  }

  /** False when there was nothing to delete. */
  delete(key: K): boolean {
    const existed = this.has(key);
    if (existed) this.#changes.set(key, undefined);
    return existed;
  }

  /** Writes the changes through. Cannot fail. */
  apply(): void {
    for (const [key, value] of this.#changes) {
      if (value === undefined) this.#base.delete(key);
      else this.#base.set(key, value);
    }
  }
}
