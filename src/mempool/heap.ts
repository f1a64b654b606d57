/**
 * A binary heap: always knows the first of its items, in O(log n) per change and O(n) to build; can be walked in order
 * without being taken apart, so that finding the first k of n costs O(k log k) and no copy.
 *
 * Items may be told where they stand (`moved`); then they can be taken out or re-ordered from the middle.
 */
export class Heap<T> {
  private readonly items: T[];
  private readonly before: (a: T, b: T) => boolean;
  private readonly moved: ((item: T, index: number) => void) | undefined;
  private changes = 0;

  /**
   * @param before whether `a` belongs in front of `b`; a strict total order makes the heap deterministic
   * @param moved told the new index of an item, −1 when it left
   * @param items taken over, not copied
   */
  constructor(before: (a: T, b: T) => boolean, moved?: (item: T, index: number) => void, items: T[] = []) {
    this.before = before;
    this.moved = moved;
    this.items = items;
    for (let index = (items.length >> 1) - 1; index >= 0; index--) this.sink(index);
    if (moved !== undefined) for (const [index, item] of items.entries()) moved(item, index);
  }

  get size(): number {
    return this.items.length;
  }

  /** The first item; it stays. */
  peek(): T | undefined {
    return this.items[0];
  }

  /**
   * From the first to the last, as far as the caller goes on. The items above an item are always before it, so of all that
   * were not given yet the first is one right below those that were.
   * @throws Error when the heap changed in between
   */
  *inOrder(): Generator<T, void> {
    const { changes } = this;
    const open = new Heap<number>((a, b) => this.before(this.at(a), this.at(b)));
    if (this.items.length > 0) open.push(0);
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      yield this.at(index);
      if (this.changes !== changes) throw new Error('invariant: the heap changed while it was walked');
      for (let below = 2 * index + 1; below <= 2 * index + 2; below++)
        if (below < this.items.length) open.push(below);
    }
  }

  push(item: T): void {
    this.changes++;
    this.items.push(item);
    this.rise(this.items.length - 1);
  }

  /** Takes the first item out. */
  pop(): T | undefined {
    const first = this.items[0];
    if (first !== undefined) this.removeAt(0);
    return first;
  }

  removeAt(index: number): void {
    this.changes++;
    const removed = this.at(index);
    const last = this.items.pop() as T;
    if (index < this.items.length) {
      this.items[index] = last;
      this.reorderAt(index);
    }
    this.moved?.(removed, -1);
  }

  /** To be called when the rank of the item at `index` has changed. */
  reorderAt(index: number): void {
    this.changes++;
    if (this.rise(index) === index) this.sink(index);
  }

  private at(index: number): T {
    const item = this.items[index];
    if (item === undefined) throw new Error(`invariant: the heap has no item ${index}`);
    return item;
  }

  private put(item: T, index: number): void {
    this.items[index] = item;
    this.moved?.(item, index);
  }

  private rise(start: number): number {
    const item = this.at(start);
    let index = start;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const other = this.at(above);
      if (!this.before(item, other)) break;
      this.put(other, index);
      index = above;
    }
    this.put(item, index);
    return index;
  }

  private sink(start: number): void {
    const item = this.at(start);
    let index = start;
    for (;;) {
      let below = 2 * index + 1;
      if (below >= this.items.length) break;
      if (below + 1 < this.items.length && this.before(this.at(below + 1), this.at(below))) below++;
      const other = this.at(below);
      if (!this.before(other, item)) break;
      this.put(other, index);
      index = below;
    }
    this.put(item, index);
  }
}
