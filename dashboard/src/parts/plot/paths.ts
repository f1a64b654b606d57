/** Series as the `d` of one SVG path each: one element, however many points. */
import { visibleIndexes } from './downsample.ts';
import type { Range } from './scale.ts';
import type { Series } from './series.ts';

export interface Frame {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  /** What is shown of x, and over how many pixels. */
  readonly range: Range;
  readonly columns: number;
}

/** Half a pixel is visible, a hundredth is not. */
const px = (value: number): string => String(Math.round(value * 100) / 100);

export function pathOf(series: Series, frame: Frame): string {
  const { kind, xs, ys, width = 1 } = series;
  const points = visibleIndexes(xs, ys, frame.range, frame.columns).map(
    (index) => [xs[index] ?? 0, ys[index] ?? 0] as const,
  );
  const [{ x: toX, y: toY }, first] = [frame, points[0]];
  if (first === undefined) return '';
  switch (kind) {
    case 'line':
    case 'curve':
      return `M${points.map(([x, y]) => `${px(toX(x))} ${px(toY(y))}`).join('L')}`;
    case 'step': {
      const steps = points.slice(1).map(([x, y]) => `H${px(toX(x))}V${px(toY(y))}`);
      // The last value holds to the end of what is shown.
      return `M${px(toX(first[0]))} ${px(toY(first[1]))}${steps.join('')}H${px(toX(frame.range[1]))}`;
    }
    case 'bars': {
      const ground = px(toY(0));
      return points
        .map(([x, y]) => {
          const [start, end] = [toX(x - width / 2), toX(x + width / 2)];
          // A gap between bars where there is room for one; a bar is never thinner than a pixel.
          const gap = end - start > 4 ? 1 : 0;
          return `M${px(start + gap)} ${ground}V${px(toY(y))}H${px(Math.max(end - gap, start + 1))}V${ground}Z`;
        })
        .join('');
    }
    case 'dots':
      // A line of no length has round ends: a dot.
      return points.map(([x, y]) => `M${px(toX(x))} ${px(toY(y))}h0`).join('');
  }
}
