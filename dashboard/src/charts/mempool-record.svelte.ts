/** How many transactions waited, and when: noted from the first visit of the charts on, for as long as this tab is open. */
import { untrack } from 'svelte';
import { node } from '../app/node.svelte.ts';

/** A tab may be open for days: the older half is then thinned out. */
const MAX_POINTS = 4_000;
const NOTE_EVERY_MS = 5_000;

class MempoolRecord {
  times = $state.raw<readonly number[]>([]);
  sizes = $state.raw<readonly number[]>([]);

  constructor() {
    $effect.root(() => {
      $effect(() => {
        const size = node.view.mempool?.size;
        if (size !== undefined) untrack(() => this.note(size));
      });
    });
    // Between events nothing changes, which is worth a line, too.
    setInterval(() => {
      if (node.view.mempool !== undefined && node.connection.name === 'live')
        this.note(node.view.mempool.size);
    }, NOTE_EVERY_MS);
  }

  private note(size: number): void {
    const [times, sizes] = [[...this.times], [...this.sizes]];
    // The last of several equal ones moves along.
    if (sizes.at(-1) === size && sizes.at(-2) === size) {
      times.pop();
      sizes.pop();
    }
    times.push(Date.now());
    sizes.push(size);
    const keep = (_: number, index: number): boolean => index > MAX_POINTS / 2 || index % 2 === 0;
    const isFull = times.length > MAX_POINTS;
    this.times = isFull ? times.filter(keep) : times;
    this.sizes = isFull ? sizes.filter(keep) : sizes;
  }
}

export const mempoolRecord = new MempoolRecord();
