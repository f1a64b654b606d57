/**
 * What benchmarks leave lying about: temporary folders, processes, connections. Taken away in reverse order, at the end, after
 * an error and after Ctrl-C alike.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class Scratch {
  private readonly closers: (() => Promise<void> | void)[] = [];
  private root: string | undefined = undefined;
  private folders = 0;
  private readonly removeRoot = (): void => {
    if (this.root !== undefined) rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
    this.root = undefined;
  };

  /** A new empty folder. */
  folder(name: string): string {
    if (this.root === undefined) {
      this.root = mkdtempSync(join(tmpdir(), 'mini-bitcoin-bench-'));
      // The last resort, for when the process is ended at once.
      process.once('exit', this.removeRoot);
    }
    const folder = join(this.root, `${++this.folders}-${name}`);
    mkdirSync(folder, { mode: 0o700 });
    return folder;
  }

  /** To be done at the end, last in first out. Must bear being done when nothing is left to do. */
  defer(closer: () => Promise<void> | void): void {
    this.closers.push(closer);
  }

  /** Takes everything away. Failures are returned, not thrown: the rest is to be taken away nevertheless. */
  async close(): Promise<unknown[]> {
    const failures: unknown[] = [];
    for (let closer = this.closers.pop(); closer !== undefined; closer = this.closers.pop()) {
      try {
        await closer();
      } catch (error) {
        failures.push(error);
      }
    }
    this.removeRoot();
    process.off('exit', this.removeRoot);
    return failures;
  }
}
