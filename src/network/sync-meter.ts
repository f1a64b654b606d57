/**
 * How fast blocks are being connected: a rate over the last ten seconds.
 */
const SPAN_MS = 10_000;
const BUCKET_MS = 1_000;

export class SyncMeter {
  private readonly nowMs: () => number;
  /** Blocks in each second that had any, oldest first. */
  private buckets: { atMs: number; blocks: number }[] = [];
  private startedAtMs: number | undefined = undefined;

  constructor(nowMs: () => number) {
    this.nowMs = nowMs;
  }

  count(blocks = 1): void {
    const nowMs = this.nowMs();
    this.startedAtMs ??= nowMs;
    const atMs = nowMs - (nowMs % BUCKET_MS);
    const last = this.buckets.at(-1);
    if (last?.atMs === atMs) last.blocks += blocks;
    else this.buckets.push({ atMs, blocks });
    if (this.buckets.length > SPAN_MS / BUCKET_MS + 1) this.buckets.shift();
  }

  /** Blocks a second; 0 before the first. */
  get perSecond(): number {
    if (this.startedAtMs === undefined) return 0;
    const nowMs = this.nowMs();
    const spanMs = Math.min(SPAN_MS, Math.max(BUCKET_MS, nowMs - this.startedAtMs));
    const recent = this.buckets.filter(({ atMs }) => nowMs - atMs <= SPAN_MS);
    return (recent.reduce((sum, { blocks }) => sum + blocks, 0) * 1_000) / spanMs;
  }

  reset(): void {
    this.buckets = [];
    this.startedAtMs = undefined;
  }
}
