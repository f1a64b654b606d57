/**
 * Amounts as people write them. The protocol knows base units only; one coin is 100,000,000 of them.
 */
import { BASE_UNITS_PER_COIN } from '../consensus/index.ts';

/** The text is not an amount. */
export class InvalidAmountError extends Error {
  override readonly name = 'InvalidAmountError';
}

/**
 * Reads `1500` (base units), `1.5coin` or `1.5 coins`; `_` may group digits. Exact: no floating point on the way.
 * @throws InvalidAmountError for anything else, for more than eight decimals, and beyond a safe integer
 */
export function parseAmount(text: string): number {
  const clean = text.trim().replaceAll('_', '');
  const match = /^(\d+)(?:\.(\d+))?(?:\s*(coins?|units?))?$/i.exec(clean);
  if (match === null) {
    throw new InvalidAmountError(
      `"${text}" is not an amount: write base units (150000000) or coins (1.5coin)`,
    );
  }
  const [, whole = '0', fraction = '', unit = 'unit'] = match;
  if (!unit.toLowerCase().startsWith('coin')) {
    if (fraction !== '')
      throw new InvalidAmountError(`base units have no decimals; did you mean ${clean}coin?`);
    return safe(BigInt(whole), text);
  }
  if (fraction.length > 8)
    throw new InvalidAmountError(`"${text}": a coin has eight decimals, not ${fraction.length}`);
  return safe(BigInt(whole) * BigInt(BASE_UNITS_PER_COIN) + BigInt(fraction.padEnd(8, '0')), text);
}

function safe(amount: bigint, text: string): number {
  if (amount > BigInt(Number.MAX_SAFE_INTEGER))
    throw new InvalidAmountError(`"${text}" is more than can exist`);
  return Number(amount);
}

/** `1.5` for 150,000,000 base units; no trailing zeros. */
export function formatCoins(amount: number): string {
  const digits = Math.abs(amount).toString().padStart(9, '0');
  const fraction = digits.slice(-8).replace(/0+$/, '');
  return `${amount < 0 ? '-' : ''}${digits.slice(0, -8)}${fraction === '' ? '' : `.${fraction}`}`;
}
