/** What the view of bytes says. */
const en = {
  rows: (from: string) => `Bytes from ${from}`,
  range: (range: string, byte: string, hex: string) => `${range} · byte ${byte} = 0x${hex}`,
  bytes: 'Bytes',
  stored: 'Stored',
  turned: 'Turned around',
  means: 'Means',
  as: 'As',
  order: {
    little:
      'Little-endian: the least byte stands first. Read the bytes from right to left, and you have the number in hex.',
    big: 'Big-endian: the greatest byte stands first, as we write numbers.',
    inOrder: 'These bytes stand in order, as they are shown.',
    single: 'One byte: there is no order to mind.',
  },
  page: (page: string, count: string) => `Page ${page} of ${count}`,
  before: 'Bytes before',
  after: 'Bytes after',
};

const de: typeof en = {
  rows: (from) => `Bytes ab ${from}`,
  range: (range, byte, hex) => `${range} · Byte ${byte} = 0x${hex}`,
  bytes: 'Bytes',
  stored: 'Gespeichert',
  turned: 'Umgedreht',
  means: 'Bedeutet',
  as: 'Als',
  order: {
    little:
      'Little-endian: Das niedrigste Byte steht vorn. Lies die Bytes von rechts nach links, dann hast du die Zahl in Hex.',
    big: 'Big-endian: Das höchste Byte steht vorn, wie wir Zahlen schreiben.',
    inOrder: 'Diese Bytes stehen der Reihe nach, wie sie gezeigt werden.',
    single: 'Ein Byte: Auf die Reihenfolge kommt es nicht an.',
  },
  page: (page, count) => `Seite ${page} von ${count}`,
  before: 'Bytes davor',
  after: 'Bytes danach',
};

export const words = { en, de };
