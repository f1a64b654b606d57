/**
 * The last so many of something: a set that forgets its oldest.
 */
export class RecentSet<T> {
  private readonly items = new Set<T>();
  private readonly capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.items.size;
  }

  has(item: T): boolean {
    return this.items.has(item);
  }

  /** @returns false where it was there already */
  add(item: T): boolean {
    const isNew = !this.items.delete(item);
    this.items.add(item);
    if (this.items.size > this.capacity) {
      for (const oldest of this.items) {
        this.items.delete(oldest);
        break;
      }
    }
    return isNew;
  }

  some(holds: (item: T) => boolean): boolean {
    for (const item of this.items) if (holds(item)) return true;
    return false;
  }

  clear(): void {
    this.items.clear();
  }
}
