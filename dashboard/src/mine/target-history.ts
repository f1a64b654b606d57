/** Which heights to ask for to draw how the target changed: where an interval begins, the last ones only. */

export const MAX_INTERVALS = 40;

/** Heights at which the target may have changed, lowest first; at most {@link MAX_INTERVALS}, and the tip. */
export function intervalStarts(tipHeight: number, interval: number): number[] {
  if (tipHeight < 0) return [];
  if (interval === 0) return tipHeight === 0 ? [0] : [0, tipHeight];
  const last = Math.floor(tipHeight / interval);
  const first = Math.max(0, last - MAX_INTERVALS + 1);
  const starts = Array.from({ length: last - first + 1 }, (_, index) => (first + index) * interval);
  return starts.at(-1) === tipHeight ? starts : [...starts, tipHeight];
}

/** A target at a height. */
export interface TargetPoint {
  readonly height: number;
  readonly target: bigint;
  readonly timestamp: number;
}

/** Remembers what was asked: below the tip, only a reorganisation changes it. */
export class TargetHistory {
  private readonly known = new Map<number, TargetPoint>();
  private readonly read: (height: number) => Promise<TargetPoint>;

  constructor(read: (height: number) => Promise<TargetPoint>) {
    this.read = read;
  }

  forget(): void {
    this.known.clear();
  }

  async points(tipHeight: number, interval: number): Promise<TargetPoint[]> {
    const heights = intervalStarts(tipHeight, interval);
    const points: TargetPoint[] = [];
    for (const height of heights) {
      const point = this.known.get(height) ?? (await this.read(height));
      if (height < tipHeight) this.known.set(height, point);
      points.push(point);
    }
    for (const height of this.known.keys()) if (!heights.includes(height)) this.known.delete(height);
    return points;
  }
}
