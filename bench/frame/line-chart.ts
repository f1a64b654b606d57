/**
 * Curves as SVG: a few lines over a logarithmic axis, each point with its value beside it. For pages of any colour: lines and
 * letters take a light or a dark set, as the reader's system wishes. Nothing to install, and the same bytes for the same numbers.
 */
import { numberText } from './report.ts';

export interface Curve {
  readonly name: string;
  /** In ascending x. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Chart {
  readonly title: string;
  /** What the axes count, with units. */
  readonly xTitle: string;
  readonly yTitle: string;
  readonly curves: readonly Curve[];
}

const WIDTH = 720;
const HEIGHT = 380;
const MARGIN = { left: 70, right: 24, top: 64, bottom: 56 };
/** Values stand beside their points, and have to fit between the axis and the edge. */
const INSET = 28;
/** Told apart by those who see few colours, too, with their own marks. */
const COLOURS = [
  { light: '#0b62a4', dark: '#6cb6ff' },
  { light: '#b3470b', dark: '#ffab70' },
  { light: '#2f7d32', dark: '#7ee787' },
  { light: '#7a3e9d', dark: '#d2a8ff' },
];
const GRID_LINES = 4;

/** The picture of a chart. Axis y begins at 0, so that what looks flat is flat. @throws RangeError without any point */
export function lineChart({ title, xTitle, yTitle, curves }: Chart): string {
  const points = curves.flatMap((curve) => curve.points);
  if (points.length === 0) throw new RangeError(`there is nothing to draw of "${title}"`);
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const [low, high] = [Math.log10(xs[0] ?? 1), Math.log10(xs.at(-1) ?? 1)];
  const top = niceCeiling(Math.max(...points.map(({ y }) => y)));
  const atX = (x: number): number =>
    MARGIN.left +
    INSET +
    (high === low ? 0.5 : (Math.log10(x) - low) / (high - low)) *
      (WIDTH - MARGIN.left - MARGIN.right - 2 * INSET);
  const atY = (y: number): number =>
    HEIGHT - MARGIN.bottom - (y / top) * (HEIGHT - MARGIN.top - MARGIN.bottom);

  const grid = Array.from({ length: GRID_LINES + 1 }, (_, index) => (top * index) / GRID_LINES).map((y) => {
    const line = `<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${place(atY(y))}" y2="${place(atY(y))}"/>`;
    return line + text(MARGIN.left - 8, atY(y) + 4, y === 0 ? '0' : numberText(y), 'end');
  });
  const ticks = xs.map((x) => text(atX(x), HEIGHT - MARGIN.bottom + 20, x.toLocaleString('en-US'), 'middle'));
  const lines = curves.map(({ name, points: own }, index) => {
    const kind = `c${index % COLOURS.length}`;
    // Above the first curve and below the second: where they meet, both can be read.
    const labelShift = index % 2 === 0 ? -9 : 19;
    const path = own.map(({ x, y }) => `${place(atX(x))},${place(atY(y))}`).join(' ');
    const marks = own.map(
      ({ x, y }) =>
        mark(index, atX(x), atY(y)) + text(atX(x), atY(y) + labelShift, numberText(y), 'middle', kind),
    );
    const legendX = MARGIN.left + index * 160;
    const legend = mark(index, legendX + 5, 44) + text(legendX + 16, 48, name, 'start', kind);
    return `<g class="${kind}"><polyline points="${path}"/>${marks.join('')}${legend}</g>`;
  });
  const label = `${title}: ${curves.map((curve) => `${curve.name} ${curve.points.map(({ x, y }) => `${x}: ${numberText(y)}`).join(', ')}`).join('; ')}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escape(label)}">`,
    `<style>${style()}</style>`,
    `<rect class="paper" width="${WIDTH}" height="${HEIGHT}" rx="6"/>`,
    text(MARGIN.left, 24, title, 'start', 'title'),
    ...grid,
    ...ticks,
    text((WIDTH + MARGIN.left - MARGIN.right) / 2, HEIGHT - 12, xTitle, 'middle'),
    `<g transform="translate(16 ${(HEIGHT + MARGIN.top - MARGIN.bottom) / 2}) rotate(-90)">${text(0, 0, yTitle, 'middle')}</g>`,
    ...lines,
    '</svg>',
    '',
  ].join('\n');
}

/** 1, 2 or 5 times a power of ten, not below the value; 1 for nothing. */
export function niceCeiling(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  for (const factor of [1, 2, 5]) if (factor * power >= value) return factor * power;
  return 10 * power;
}

/** Circle, square, triangle, diamond. */
function mark(index: number, x: number, y: number): string {
  const at = (dx: number, dy: number): string => `${place(x + dx)},${place(y + dy)}`;
  const shapes = [
    `<circle cx="${place(x)}" cy="${place(y)}" r="4"/>`,
    `<rect x="${place(x - 4)}" y="${place(y - 4)}" width="8" height="8"/>`,
    `<polygon points="${at(0, -5)} ${at(5, 4)} ${at(-5, 4)}"/>`,
    `<polygon points="${at(0, -5)} ${at(5, 0)} ${at(0, 5)} ${at(-5, 0)}"/>`,
  ];
  return shapes[index % shapes.length] ?? '';
}

function style(): string {
  const colours = (scheme: 'light' | 'dark', paper: string, ink: string, grid: string): string =>
    `.paper{fill:${paper}}text{fill:${ink}}.grid{stroke:${grid}}` +
    COLOURS.map(
      (colour, index) =>
        `.c${index}{fill:${colour[scheme]};stroke:${colour[scheme]}}text.c${index}{fill:${colour[scheme]};stroke:none}`,
    ).join('');
  return (
    'text{font:12px system-ui,sans-serif;stroke:none}text.title{font-size:16px;font-weight:600}' +
    `polyline{fill:none;stroke-width:2}${colours('light', '#ffffff', '#24292f', '#d0d7de')}` +
    `@media (prefers-color-scheme:dark){${colours('dark', '#0d1117', '#e6edf3', '#30363d')}}`
  );
}

function text(x: number, y: number, words: string, anchor: string, kind?: string): string {
  const named = kind === undefined ? '' : ` class="${kind}"`;
  return `<text${named} x="${place(x)}" y="${place(y)}" text-anchor="${anchor}">${escape(words)}</text>`;
}

/** Tenths of a pixel are enough. */
function place(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escape(words: string): string {
  return words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
