/** What the form for an address says: it is loaded when it is wanted. */
const en = {
  title: 'Who gets the reward?',
  why: 'The first transaction of a block pays its miner. Say to which address.',
  label: 'Address (40 hex digits)',
  use: 'Use this address',
  make: 'Make one for me',
  wrong: 'An address has 40 hex digits (0–9, a–f).',
  made: 'A new key, made in this page',
  once: 'Write the private key down now: it is shown only once and kept nowhere, unless you keep it in the wallet, encrypted. Whoever has it has the coins; without it they are lost.',
  privateKey: 'Private key',
  address: 'Address',
  saved: 'I have saved it',
  keep: 'Keep it in the wallet…',
  cancel: 'Cancel',
};

const de: typeof en = {
  title: 'Wer bekommt die Belohnung?',
  why: 'Die erste Transaktion eines Blocks bezahlt den, der ihn geschürft hat. An welche Adresse?',
  label: 'Adresse (40 Hex-Ziffern)',
  use: 'Diese Adresse nehmen',
  make: 'Mach mir eine',
  wrong: 'Eine Adresse hat 40 Hex-Ziffern (0–9, a–f).',
  made: 'Ein neuer Schlüssel, in dieser Seite gemacht',
  once: 'Schreib den privaten Schlüssel jetzt auf: Er wird nur einmal gezeigt und nirgends aufgehoben, außer du hebst ihn verschlüsselt in der Wallet auf. Wer ihn hat, hat die Coins; ohne ihn sind sie verloren.',
  privateKey: 'Privater Schlüssel',
  address: 'Adresse',
  saved: 'Ich habe ihn gesichert',
  keep: 'In der Wallet aufheben…',
  cancel: 'Abbrechen',
};

export const words = { en, de };
