/** From the fields of a payment to its draft. Coins are chosen and the transaction laid out as the command line does it. */
import type { Address } from '../../../src/consensus/hash.ts';
import type { ApiClient } from '../../../src/protocol/client.ts';
import {
  candidatesFor,
  type CoinSurvey,
  surveyCoins,
  totalOf,
} from '../../../src/protocol/spendable-coins.ts';
import { parseAmount } from '../../../src/wallet/amount.ts';
import {
  buildAtRate,
  draftPayment,
  InsufficientFundsError,
  type Payment,
  sizeWhenSigned,
} from '../../../src/wallet/payment.ts';

/** As on the command line: enough for any node that asks for nothing, and a little incentive for the miner. */
const USUAL_RATE = 1;
const MOST_RATE = 100_000;

/** Base units per byte. */
export function defaultRate(minFeePerKb: number | undefined): number {
  return Math.max(USUAL_RATE, (minFeePerKb ?? 0) / 1000);
}

export interface Wish {
  readonly to: Address;
  readonly amount: number;
  /** Base units per byte. */
  readonly rate: number;
}

export type WrongField = 'to' | 'amount' | 'rate';

export interface Mistake {
  readonly wrong: WrongField;
  /** It may be one or a thousand: `1.000`, where a comma is the decimal point, and programs write amounts with a dot. */
  readonly isUnclear?: true;
}

/**
 * Reads the fields; the first that is wrong, where one is.
 * @param comma whether a comma is a decimal point: in English, `1,000` would be a thousand
 */
export function readWish(
  { to, amount, rate }: Readonly<Record<WrongField, string>>,
  comma = false,
): Wish | Mistake {
  const unclear = (text: string): boolean => comma && /^[1-9]\d{0,2}(\.\d{3})+$/.test(text.trim());
  const address = to.trim().toLowerCase();
  if (!/^[0-9a-f]{40}$/.test(address)) return { wrong: 'to' };
  if (unclear(amount)) return { wrong: 'amount', isUnclear: true };
  const units = unitsOf(decimal(amount, comma));
  if (units === undefined || units === 0) return { wrong: 'amount' };
  if (unclear(rate)) return { wrong: 'rate', isUnclear: true };
  const perByte = decimal(rate, comma);
  if (perByte === undefined || Number(perByte) > MOST_RATE) return { wrong: 'rate' };
  return { to: address as Address, amount: units, rate: Number(perByte) };
}

/** A number as people write it, without digits in groups. */
function decimal(text: string, comma: boolean): string | undefined {
  const clean = comma ? text.trim().replace(',', '.') : text.trim();
  return /^\d{1,12}(\.\d+)?$/.test(clean) ? clean : undefined;
}

function unitsOf(coins: string | undefined): number | undefined {
  try {
    return coins === undefined ? undefined : parseAmount(`${coins}coin`);
  } catch {
    return undefined;
  }
}

export interface Draft extends Payment {
  readonly fee: number;
  /** When it is signed, at most. */
  readonly sizeBytes: number;
  /** `txid:index` of coins that no block confirms yet: our own change. */
  readonly unconfirmed: ReadonlySet<string>;
}

export interface Shortage {
  readonly needed: number;
  readonly available: number;
  readonly immature: number;
  /** In the mempool: what others pay, and change of what waits. */
  readonly waiting: number;
}

interface Owner {
  readonly address: Address;
  readonly publicKey: string;
}

/** Asks the node for coins and lays out the payment. @throws when the node cannot be asked */
export async function draftFor(
  api: ApiClient,
  owner: Owner,
  wish: Wish,
): Promise<{ readonly draft: Draft } | { readonly shortage: Shortage }> {
  // Confirmed coins are asked for first: mostly they are enough, and the mempool need not be read.
  let survey = await surveyCoins(api, owner, {}, wish.amount);
  try {
    return { draft: draftOf(survey, owner, wish) };
  } catch (error) {
    if (!(error instanceof InsufficientFundsError)) throw error;
  }
  survey = await surveyCoins(api, owner, {});
  try {
    return { draft: draftOf(survey, owner, wish) };
  } catch (error) {
    if (!(error instanceof InsufficientFundsError)) throw error;
    const { needed, available } = error;
    const waiting = totalOf(survey.fromOthers);
    return { shortage: { needed, available, immature: survey.immature, waiting } };
  }
}

/** @throws InsufficientFundsError */
export function draftOf(survey: CoinSurvey, owner: Owner, { to, amount, rate }: Wish): Draft {
  const payment = buildAtRate(
    (fee) => {
      const coins = candidatesFor(survey, amount + fee, 'own-change');
      return draftPayment({ coins, from: owner.address, to, amount, fee });
    },
    ({ transaction }) => sizeWhenSigned(transaction),
    rate,
  );
  return {
    ...payment,
    fee: totalOf(payment.spent) - amount - payment.change,
    sizeBytes: sizeWhenSigned(payment.transaction),
    unconfirmed: new Set(survey.ownChange.map(({ txid, index }) => `${txid}:${index}`)),
  };
}
