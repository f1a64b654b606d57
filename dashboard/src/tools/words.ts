/** What the page of tools says around them, and what is wrong with what was typed. Each tool has its own words beside it. */
import { plural } from '../i18n/plural.ts';
import type { Mistake } from './readings.ts';

const en = {
  title: 'Tools',
  intro: 'Everything here is computed in this page, with the same code that the node checks blocks with.',
  label: 'Tools',
  tools: {
    hash: 'Hash',
    numbers: 'Hex and numbers',
    address: 'Address',
    target: 'Target and difficulty',
    merkle: 'Merkle tree',
    transaction: 'Take apart',
    build: 'Build a transaction',
  },
  result: 'Result',
  again: 'Example',
  mistake(mistake: Mistake): string {
    switch (mistake.name) {
      case 'empty':
        return 'Nothing is here yet.';
      case 'hexDigit':
        return `“${mistake.found}” at position ${mistake.at} is no hex digit (0–9, a–f).`;
      case 'digit':
        return `“${mistake.found}” at position ${mistake.at} is no digit (0–9).`;
      case 'oddDigits':
        return `A byte is two hex digits, and ${mistake.count} is an odd number of them: one is missing or too many.`;
      case 'bytes':
        return `${mistake.wanted} bytes (${mistake.wanted * 2} hex digits) are wanted; here ${plural(mistake.count, 'is', 'are')} ${mistake.count}.`;
      case 'tooLong':
        return `At most ${mistake.most} here; these are ${mistake.count}.`;
      case 'range':
        return `A number from ${mistake.least} to ${mistake.most} is wanted.`;
      case 'varintLength':
        return `The first byte says that the varint has ${mistake.wanted} ${plural(mistake.wanted, 'byte', 'bytes')}; here ${plural(mistake.count, 'is', 'are')} ${mistake.count}.`;
      case 'varintForm':
        return `${mistake.value} fits into ${mistake.wanted} ${plural(mistake.wanted, 'byte', 'bytes')}, so the form with ${mistake.count} is not allowed: each number has one form, or one transaction could have two hashes.`;
    }
  },
};

const de: typeof en = {
  title: 'Werkzeuge',
  intro: 'Alles hier wird in dieser Seite gerechnet, mit demselben Code, mit dem der Node Blöcke prüft.',
  label: 'Werkzeuge',
  tools: {
    hash: 'Hash',
    numbers: 'Hex und Zahlen',
    address: 'Adresse',
    target: 'Ziel und Schwierigkeit',
    merkle: 'Merkle-Baum',
    transaction: 'Zerlegen',
    build: 'Transaktion bauen',
  },
  result: 'Ergebnis',
  again: 'Beispiel',
  mistake(mistake) {
    switch (mistake.name) {
      case 'empty':
        return 'Hier steht noch nichts.';
      case 'hexDigit':
        return `„${mistake.found}“ an Stelle ${mistake.at} ist keine Hex-Ziffer (0–9, a–f).`;
      case 'digit':
        return `„${mistake.found}“ an Stelle ${mistake.at} ist keine Ziffer (0–9).`;
      case 'oddDigits':
        return `Ein Byte sind zwei Hex-Ziffern, und ${mistake.count} ist ungerade: Eine fehlt oder ist zu viel.`;
      case 'bytes':
        return `Es sollen ${mistake.wanted} Bytes (${mistake.wanted * 2} Hex-Ziffern) sein; hier ${plural(mistake.count, 'ist', 'sind')} ${mistake.count}.`;
      case 'tooLong':
        return `Höchstens ${mistake.most}; hier sind ${mistake.count}.`;
      case 'range':
        return `Es soll eine Zahl von ${mistake.least} bis ${mistake.most} sein.`;
      case 'varintLength':
        return `Das erste Byte sagt, dass der Varint ${mistake.wanted} ${plural(mistake.wanted, 'Byte', 'Bytes')} hat; hier ${plural(mistake.count, 'ist', 'sind')} ${mistake.count}.`;
      case 'varintForm':
        return `${mistake.value} passt in ${mistake.wanted} ${plural(mistake.wanted, 'Byte', 'Bytes')}, die Form mit ${mistake.count} ist also verboten: Jede Zahl hat eine Form, sonst hätte eine Transaktion zwei Hashes.`;
    }
  },
};

export const words = { en, de };
