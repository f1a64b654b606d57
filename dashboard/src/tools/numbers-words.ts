/** What the converter says. */
import type { Form, FormRow } from './forms.ts';

const en = {
  intro: 'The same value as people write it, and as it stands in a transaction.',
  form: 'The input is',
  forms: {
    number: 'a number',
    hex: 'bytes in hex',
    text: 'text',
    varint: 'a varint',
    little: 'little-endian bytes',
  } satisfies Record<Form, string>,
  input: 'Input',
  hints: {
    number: 'Decimal, or hex with 0x in front.',
    hex: 'Two digits for each byte; spaces do not matter.',
    text: 'Becomes bytes in UTF-8.',
    varint: 'Counts in transactions have this form: one byte below 253, else 3, 5 or 9.',
    little: 'The least byte first: e8 03 is 0x03e8, one thousand.',
  } satisfies Record<Form, string>,
  rows: {
    number: 'Number',
    hexNumber: 'Number in hex',
    bytes: 'Bytes in hex',
    count: 'How many bytes',
    text: 'Text (UTF-8)',
    noText: 'Text',
    little4: 'Little-endian, 4 bytes',
    little8: 'Little-endian, 8 bytes',
    varint: 'Varint',
  } satisfies Record<FormRow, string>,
  notes: {
    noText: 'These bytes are no UTF-8.',
    little4: 'So are versions, times, nonces and indexes stored.',
    little8: 'So are amounts stored, in base units: 100,000,000 to a coin.',
    varint: 'So are counts and lengths stored.',
  } as Partial<Record<FormRow, string>>,
};

const de: typeof en = {
  intro: 'Derselbe Wert, wie Menschen ihn schreiben und wie er in einer Transaktion steht.',
  form: 'Die Eingabe ist',
  forms: {
    number: 'eine Zahl',
    hex: 'Bytes in Hex',
    text: 'Text',
    varint: 'ein Varint',
    little: 'Bytes, little-endian',
  },
  input: 'Eingabe',
  hints: {
    number: 'Dezimal, oder Hex mit 0x davor.',
    hex: 'Zwei Ziffern je Byte; Leerzeichen stören nicht.',
    text: 'Wird in UTF-8 zu Bytes.',
    varint: 'Anzahlen in Transaktionen haben diese Form: ein Byte unter 253, sonst 3, 5 oder 9.',
    little: 'Das kleinste Byte zuerst: e8 03 ist 0x03e8, eintausend.',
  },
  rows: {
    number: 'Zahl',
    hexNumber: 'Zahl in Hex',
    bytes: 'Bytes in Hex',
    count: 'Wie viele Bytes',
    text: 'Text (UTF-8)',
    noText: 'Text',
    little4: 'Little-endian, 4 Bytes',
    little8: 'Little-endian, 8 Bytes',
    varint: 'Varint',
  },
  notes: {
    noText: 'Diese Bytes sind kein UTF-8.',
    little4: 'So stehen Versionen, Zeiten, Nonces und Indizes da.',
    little8: 'So stehen Beträge da, in Basiseinheiten: 100.000.000 je Coin.',
    varint: 'So stehen Anzahlen und Längen da.',
  },
};

export const numbersWords = { en, de };
