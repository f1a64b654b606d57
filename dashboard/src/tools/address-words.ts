/** What the tool for addresses says. */
const en = {
  intro: 'From a private key to an address: each step is easy this way, and nobody knows the way back.',
  warning: 'Never type a key here that guards something of value.',
  why: 'The page sends it to nobody and keeps it nowhere, but a key that is typed into pages is no secret for long.',
  privateKey: 'Private key (64 hex digits)',
  hint: 'A number from 1 to the order of the curve less one. The example is 1: the key that everybody knows.',
  noKey: 'This number is no private key: it must be from 1 to the order of secp256k1 less one.',
  make: 'Make one at random',
  publicKey: '1. Public key',
  publicKeyNote: (isEven: boolean) =>
    `The private key times a fixed point of the curve secp256k1. ${isEven ? '02: y is even' : '03: y is odd'}; then the 32 bytes of x.`,
  sha256: 'of the 33 bytes of the public key',
  address: '2. Address',
  addressNote: 'RIPEMD-160 of that SHA-256 (together: HASH160), 20 bytes. Coins are paid to it.',
  look: 'What this node knows of the address',
};

const de: typeof en = {
  intro:
    'Vom privaten Schlüssel zur Adresse: Jeder Schritt ist in dieser Richtung leicht, und niemand kennt den Weg zurück.',
  warning: 'Tippe hier nie einen Schlüssel ein, der etwas von Wert bewacht.',
  why: 'Die Seite sendet ihn niemandem und hebt ihn nirgends auf, aber was man in Seiten tippt, bleibt nicht lange geheim.',
  privateKey: 'Privater Schlüssel (64 Hex-Ziffern)',
  hint: 'Eine Zahl von 1 bis zur Ordnung der Kurve weniger eins. Das Beispiel ist 1: der Schlüssel, den alle kennen.',
  noKey:
    'Diese Zahl ist kein privater Schlüssel: Sie muss von 1 bis zur Ordnung von secp256k1 weniger eins gehen.',
  make: 'Einen zufälligen machen',
  publicKey: '1. Öffentlicher Schlüssel',
  publicKeyNote: (isEven) =>
    `Der private Schlüssel mal ein fester Punkt der Kurve secp256k1. ${isEven ? '02: y ist gerade' : '03: y ist ungerade'}; danach die 32 Bytes von x.`,
  sha256: 'von den 33 Bytes des öffentlichen Schlüssels',
  address: '2. Adresse',
  addressNote: 'RIPEMD-160 von diesem SHA-256 (zusammen: HASH160), 20 Bytes. An sie werden Coins gezahlt.',
  look: 'Was dieser Node von der Adresse weiß',
};

export const addressWords = { en, de };
