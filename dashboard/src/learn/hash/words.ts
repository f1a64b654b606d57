/** What the lesson about hashes says. */
const en = {
  change: {
    title: 'Change one letter',
    text: [
      'A {hash function|A recipe that turns any bytes into a number of fixed length. The same bytes give the same number, on every machine.} makes a {hash|Here: 32 bytes, written as 64 hex digits (0–9, a–f).} of any text. Bitcoin uses SHA-256, twice: {SHA-256d|SHA-256 of the SHA-256 of the bytes.}.',
      'Type a text. Then change one letter and see how many of the 256 bits turn over.',
    ],
  },
  label: 'Your text',
  result: 'Its hash (SHA-256d)',
  before: 'The hash before',
  flipped: (count: string) => `${count} of 256 bits turned over`,
  bits: 'Each square is a bit; filled ones turned over.',
  noChange: 'Type something, then change a letter in it; to type on is not enough.',
  find: {
    title: 'Wish for a digit',
    text: [
      'No path leads back from a hash to its text. Whoever wants a certain hash can only try texts.',
      'Find a text whose hash begins with the digit below. One in sixteen does, so try until you have luck.',
    ],
  },
  wanted: (digit: string) => `Wanted: a hash that begins with ${digit}`,
  tried: (count: string) => `texts tried: ${count}`,
  other: (digit: string) => `your hash begins with ${digit}. Change the text.`,
  empty: 'type a text first.',
  happened: [
    'About half of the bits turn over with any change: nobody can see from the hash how near they are. It took about sixteen tries to get one digit; each further digit takes sixteen times as many.',
    'That is all the magic in mining: a block counts when its hash begins with enough zeros. Your own blocks show it.',
  ],
};

const de: typeof en = {
  change: {
    title: 'Ändere einen Buchstaben',
    text: [
      'Eine {Hashfunktion|Ein Rezept, das aus beliebigen Bytes eine Zahl fester Länge macht. Gleiche Bytes geben die gleiche Zahl, auf jeder Maschine.} macht einen {Hash|Hier: 32 Bytes, als 64 Hex-Ziffern geschrieben (0–9, a–f).} aus jedem Text. Bitcoin nimmt SHA-256, zweimal: {SHA-256d|SHA-256 vom SHA-256 der Bytes.}.',
      'Tippe einen Text. Ändere dann einen Buchstaben und sieh, wie viele der 256 Bits umkippen.',
    ],
  },
  label: 'Dein Text',
  result: 'Sein Hash (SHA-256d)',
  before: 'Der Hash davor',
  flipped: (count) => `${count} von 256 Bits sind umgekippt`,
  bits: 'Jedes Quadrat ist ein Bit; die gefüllten sind umgekippt.',
  noChange: 'Tippe etwas und ändere dann einen Buchstaben darin; weitertippen reicht nicht.',
  find: {
    title: 'Wünsch dir eine Ziffer',
    text: [
      'Kein Weg führt vom Hash zurück zum Text. Wer einen bestimmten Hash will, kann nur Texte probieren.',
      'Finde einen Text, dessen Hash mit der Ziffer unten beginnt. Einer von sechzehn tut es: Probiere, bis du Glück hast.',
    ],
  },
  wanted: (digit) => `Gesucht: ein Hash, der mit ${digit} beginnt`,
  tried: (count) => `Texte probiert: ${count}`,
  other: (digit) => `Dein Hash beginnt mit ${digit}. Ändere den Text.`,
  empty: 'Tippe zuerst einen Text.',
  happened: [
    'Bei jeder Änderung kippt etwa die Hälfte der Bits: Am Hash sieht niemand, wie nah er dran ist. Für eine Ziffer brauchte es etwa sechzehn Versuche; jede weitere kostet sechzehnmal so viele.',
    'Mehr Magie ist nicht im Schürfen: Ein Block zählt, wenn sein Hash mit genug Nullen beginnt. Deine eigenen Blöcke zeigen es.',
  ],
};

export const words = { en, de };
