/** A chart as a file: the picture as SVG or PNG, looking as it does on the page, or its numbers as CSV. */
import type { Axis, Series } from '../parts/plot/series.ts';

const COPIED = [
  ...['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray'],
  ...['stroke-linecap', 'stroke-linejoin', 'font-family', 'font-size', 'font-weight'],
] as const;
const SVG = 'http://www.w3.org/2000/svg';
const TITLE_PX = 32;
/** A pixel of the page is so many of the PNG: sharp on paper, too. */
const PNG_SCALE = 2;

/** A copy that needs no stylesheet: every colour of the theme is written out. The name of the chart stands above. */
export function standaloneSvg(svg: SVGSVGElement, title: string): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = svg.querySelectorAll('*');
  const page = getComputedStyle(document.documentElement);
  for (const [index, element] of copy.querySelectorAll('*').entries()) {
    const original = originals[index];
    if (original === undefined) continue;
    const style = getComputedStyle(original);
    for (const name of COPIED) element.setAttribute(name, style.getPropertyValue(name));
    element.removeAttribute('class');
    element.removeAttribute('style');
  }
  copy.querySelectorAll('[data-screen-only]').forEach((element) => element.remove());
  const [width, height] = [svg.clientWidth, svg.clientHeight];
  const attributes = (of: Element, values: Readonly<Record<string, string | number>>): void => {
    for (const [name, value] of Object.entries(values)) of.setAttribute(name, String(value));
  };
  copy.removeAttribute('class');
  copy.removeAttribute('aria-hidden');
  attributes(copy, {
    ...{ xmlns: SVG, width, height: height + TITLE_PX, role: 'img', 'aria-label': title },
    viewBox: `0 ${-TITLE_PX} ${width} ${height + TITLE_PX}`,
  });
  const ground = document.createElementNS(SVG, 'rect');
  attributes(ground, { x: 0, y: -TITLE_PX, width, height: height + TITLE_PX, fill: page.backgroundColor });
  const heading = document.createElementNS(SVG, 'text');
  attributes(heading, { x: 4, y: -10, fill: page.color, 'font-family': page.fontFamily, 'font-size': 16 });
  heading.setAttribute('font-weight', '650');
  heading.textContent = title;
  copy.prepend(ground, heading);
  return new XMLSerializer().serializeToString(copy);
}

export async function pngOf(svgText: string): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([svgText], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width * PNG_SCALE;
    canvas.height = image.height * PNG_SCALE;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => {
        if (blob === null) reject(new Error('this browser could not make a PNG'));
        else resolve(blob);
      }, 'image/png'),
    );
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** One row for each point of the first series; the curve of reference is no data. */
export function csvOf(x: Axis, y: Axis, series: readonly Series[]): string {
  const data = series.find(({ kind }) => kind !== 'curve');
  const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const rows = Array.from(data?.xs ?? [], (at, index) => {
    const first = x.isTime === true ? new Date(at).toISOString() : String(at);
    return `${first},${String(data?.ys[index] ?? '')}`;
  });
  return [[x.label, y.label].map(quoted).join(','), ...rows, ''].join('\n');
}

/** Hands a file to the browser's downloads. */
export function save(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The download has its own hold on the bytes by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
