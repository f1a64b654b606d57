/** What the tool for targets says. */
const en = {
  intro:
    'A block’s hash must not be greater than the target. Every hash is a new number by chance, so a smaller target takes more tries.',
  known: 'What you know',
  ways: { target: 'Target in hex', odds: 'One in so many hashes', bits: 'Zero bits in front' },
  rate: 'Hashes in a second',
  rateHint: 'How fast you search; that of this node while it mines.',
  present: 'The target of the next block here',
  oneIn: (hashes: string) => `1 in ${hashes}`,
  rows: {
    target: 'Target',
    odds: 'Hashes that are small enough',
    bits: 'Zero bits in front',
    time: 'Until a block, on average',
  },
  notes: {
    target: 'As it stands in a header: 32 bytes, the greatest first.',
    odds: 'So many tries it takes on average. The sum over a chain is its work.',
    bits: (digits: number) => `At least so many zeros begin the hash: ${digits} hex digits.`,
    time: 'A search has no memory: after half of it, it takes as long again. In 5 of 100 cases it takes three times as long.',
  },
};

const de: typeof en = {
  intro:
    'Der Hash eines Blocks darf nicht größer sein als das Ziel. Jeder Hash ist eine neue zufällige Zahl, ein kleineres Ziel braucht also mehr Versuche.',
  known: 'Was du weißt',
  ways: { target: 'Ziel in Hex', odds: 'Einer von so vielen Hashes', bits: 'Null-Bits am Anfang' },
  rate: 'Hashes pro Sekunde',
  rateHint: 'Wie schnell du suchst; die dieses Nodes, während er schürft.',
  present: 'Das Ziel des nächsten Blocks hier',
  oneIn: (hashes) => `1 von ${hashes}`,
  rows: {
    target: 'Ziel',
    odds: 'Hashes, die klein genug sind',
    bits: 'Null-Bits am Anfang',
    time: 'Bis zu einem Block, im Mittel',
  },
  notes: {
    target: 'Wie es in einem Header steht: 32 Bytes, das größte zuerst.',
    odds: 'So viele Versuche braucht es im Mittel. Die Summe über eine Kette ist ihre Arbeit.',
    bits: (digits) => `Mit mindestens so vielen Nullen beginnt der Hash: ${digits} Hex-Ziffern.`,
    time: 'Eine Suche hat kein Gedächtnis: Nach der Hälfte dauert sie noch einmal so lange. In 5 von 100 Fällen dauert sie dreimal so lange.',
  },
};

export const targetWords = { en, de };
