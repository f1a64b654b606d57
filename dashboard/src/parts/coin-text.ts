/** Amounts as the language writes numbers, exact to the last unit, and without the rules of the chain as luggage. */

const DECIMALS = 8;

/** `2,991.5` for 299,150,000,000 base units. @param units not negative */
export function coinText(units: number, language: string): string {
  const digits = String(units).padStart(DECIMALS + 1, '0');
  // As text: some amounts have more digits than a floating point number.
  const decimal = `${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}` as Intl.StringNumericLiteral;
  return new Intl.NumberFormat(language, { maximumFractionDigits: DECIMALS }).format(decimal);
}
