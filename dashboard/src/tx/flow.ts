/** Coins that flow into a transaction and out of it, as bands whose width shows their amounts. */

/** Height that each card takes, in the units of the drawing. */
export const ROW_UNITS = 100;
export const FLOW_WIDTH = 100;
/** Where the bands meet, in the middle. */
export const MIDDLE = { from: 47, to: 53 } as const;
const BAND_UNITS = 64;
/** However small an amount is, its band can be seen. */
const THINNEST = 3;

export interface FlowLayout {
  /** Rows of the side with more cards. */
  readonly rows: number;
  readonly height: number;
  /** An SVG path for each amount, in order. */
  readonly left: readonly string[];
  readonly right: readonly string[];
  readonly middle: { readonly y: number; readonly height: number };
}

/** Both sides have one amount at least. Cards of the shorter side stand in the middle of the height. */
export function layoutFlow(left: readonly number[], right: readonly number[]): FlowLayout {
  const rows = Math.max(left.length, right.length);
  const height = rows * ROW_UNITS;
  const band = Math.max(BAND_UNITS, rows * THINNEST * 2);
  const top = (height - band) / 2;
  return {
    rows,
    height,
    left: bandsOf(left, { height, band, top }, 0, MIDDLE.from),
    right: bandsOf(right, { height, band, top }, FLOW_WIDTH, MIDDLE.to),
    middle: { y: top, height: band },
  };
}

/** Widths that add up to `band`; none is thinner than {@link THINNEST}, and the rest is shared by amount. */
export function bandWidths(amounts: readonly number[], band: number): number[] {
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  const shared = band - THINNEST * amounts.length;
  return amounts.map((amount) => THINNEST + shared * (total === 0 ? 1 / amounts.length : amount / total));
}

function bandsOf(
  amounts: readonly number[],
  { height, band, top }: { height: number; band: number; top: number },
  outer: number,
  inner: number,
): string[] {
  const first = (height - amounts.length * ROW_UNITS) / 2;
  const half = (outer + inner) / 2;
  let y = top;
  return bandWidths(amounts, band).map((width, index) => {
    // A band that is wider than its card would run into the next one.
    const outerWidth = Math.min(width, ROW_UNITS * 0.8);
    const card = first + (index + 0.5) * ROW_UNITS - outerWidth / 2;
    const [a, b, c, d] = [card, y, y + width, card + outerWidth].map((value) => Number(value.toFixed(2)));
    y += width;
    return `M${outer} ${a}C${half} ${a} ${half} ${b} ${inner} ${b}V${c}C${half} ${c} ${half} ${d} ${outer} ${d}Z`;
  });
}
