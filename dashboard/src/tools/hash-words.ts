/** What the tool for hashes says. */
const en = {
  intro: 'A hash is a fingerprint of bytes: easy to compute, and nobody knows a way back.',
  kind: 'The input is',
  kinds: { text: 'text', hex: 'bytes in hex' },
  input: 'Input',
  bytes: (count: string) => `Bytes (${count})`,
  cut: 'the first 500 of them',
  sha256: 'Bitcoin’s hash, once.',
  sha256d: 'SHA-256 of the SHA-256. Block hashes, txids and merkle trees are made with it.',
  hash160: 'RIPEMD-160 of the SHA-256, 20 bytes. Of a public key, it is the address.',
  tryIt: 'Change one letter and look at the hashes: nothing of the old ones is left.',
  changed: (bits: number) =>
    `Of the 256 bits of the SHA-256d, ${bits} changed with your last change. About half do, whatever you change.`,
};

const de: typeof en = {
  intro: 'Ein Hash ist ein Fingerabdruck von Bytes: leicht zu rechnen, und niemand kennt einen Weg zurück.',
  kind: 'Die Eingabe ist',
  kinds: { text: 'Text', hex: 'Bytes in Hex' },
  input: 'Eingabe',
  bytes: (count) => `Bytes (${count})`,
  cut: 'die ersten 500 davon',
  sha256: 'Bitcoins Hash, einmal.',
  sha256d: 'SHA-256 vom SHA-256. Damit werden Blockhashes, Txids und Merkle-Bäume gemacht.',
  hash160: 'RIPEMD-160 vom SHA-256, 20 Bytes. Von einem öffentlichen Schlüssel ist es die Adresse.',
  tryIt: 'Ändere einen Buchstaben und sieh die Hashes an: Von den alten bleibt nichts.',
  changed: (bits) =>
    `Von den 256 Bits des SHA-256d haben sich mit deiner letzten Änderung ${bits} geändert. Es ist immer etwa die Hälfte.`,
};

export const hashWords = { en, de };
