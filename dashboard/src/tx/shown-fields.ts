/** Fields of a transaction with the words that explain them. */
import { LOCKTIME_DISABLED, LOCKTIME_THRESHOLD } from '../../../src/consensus/params.ts';
import { coinText } from '../parts/coin-text.ts';
import { byteOrderOf, type ByteField } from '../parts/byte-view.ts';
import type { locale } from '../i18n/locale.svelte.ts';
import type { TxField } from './tx-fields.ts';
import { words } from './inside-words.ts';

export function shownFields(fields: readonly TxField[], language: typeof locale): ByteField[] {
  const t = language.of(words).bytes;
  const nameOf = ({ kind, index, field }: TxField): string => {
    if (index === undefined) return t.field[kind];
    const number = language.number(index);
    const of = field.startsWith('inputs') ? t.input(number) : t.output(number);
    return `${t.field[kind]} · ${of}`;
  };
  const inWords = ({ kind, value }: TxField): string | undefined => {
    const number = Number(value);
    if (kind === 'amount') return t.coins(coinText(number, language.name));
    if (kind !== 'locktime') return undefined;
    if (number === 0 || number === LOCKTIME_DISABLED) return t.notLocked;
    return number < LOCKTIME_THRESHOLD
      ? t.lockHeight(language.number(number))
      : language.dateTime(number * 1000);
  };
  return fields.map((field) => ({
    ...{ offset: field.offset, length: field.length, bytes: field.bytes, tone: field.tone },
    name: nameOf(field),
    value: field.value,
    also: inWords(field),
    means: t.means[field.kind],
    order: byteOrderOf(field.stored, field.length),
  }));
}
