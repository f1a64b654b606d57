/** What the list of lessons says about each: a title, and one sentence. */
const en = {
  hash: { title: 'Hash', about: 'A fingerprint of any text: easy to make, impossible to wish for.' },
  'nonce-and-target': {
    title: 'Nonce and target',
    about: 'What mining is: try numbers until the hash is small enough.',
  },
  'block-and-chain': {
    title: 'Block and chain',
    about: 'Tamper with a copy of your chain, and see which rule notices.',
  },
  'keys-and-signatures': {
    title: 'Keys and signatures',
    about: 'Who owns a coin, and how that is proved without telling the secret.',
  },
  'coins-and-change': {
    title: 'Coins and change',
    about: 'A payment spends whole coins and gives change back.',
  },
  'merkle-proof': { title: 'Merkle proof', about: 'Prove with a few hashes that a payment is in a block.' },
  'mempool-and-fees': { title: 'Mempool and fees', about: 'Where payments wait, and why some wait less.' },
  'double-spend': { title: 'Double spend', about: 'Try to spend one coin twice, and see who decides.' },
  'fork-and-reorg': {
    title: 'Fork and reorg',
    about: 'Cut a network in two, and see which side takes its blocks back.',
  },
  'majority-attack': {
    title: '51 % attack',
    about: 'Be the attacker: take a payment back, and learn what it costs.',
  },
  retarget: {
    title: 'Retarget',
    about: 'How a network keeps its pace, whoever mines: compute your own target again.',
  },
};

const de: typeof en = {
  hash: { title: 'Hash', about: 'Ein Fingerabdruck jedes Textes: leicht gemacht, nie nach Wunsch.' },
  'nonce-and-target': {
    title: 'Nonce und Ziel',
    about: 'Was Schürfen ist: Zahlen probieren, bis der Hash klein genug ist.',
  },
  'block-and-chain': {
    title: 'Block und Kette',
    about: 'Fälsche eine Kopie deiner Kette und sieh, welche Regel es merkt.',
  },
  'keys-and-signatures': {
    title: 'Schlüssel und Signaturen',
    about: 'Wem ein Coin gehört und wie man es beweist, ohne das Geheimnis zu sagen.',
  },
  'coins-and-change': {
    title: 'Coins und Wechselgeld',
    about: 'Eine Zahlung gibt ganze Coins aus und Wechselgeld zurück.',
  },
  'merkle-proof': {
    title: 'Merkle-Beweis',
    about: 'Beweise mit ein paar Hashes, dass eine Zahlung in einem Block ist.',
  },
  'mempool-and-fees': {
    title: 'Mempool und Gebühren',
    about: 'Wo Zahlungen warten, und warum manche kürzer warten.',
  },
  'double-spend': {
    title: 'Double Spend',
    about: 'Versuch, einen Coin zweimal auszugeben, und sieh, wer entscheidet.',
  },
  'fork-and-reorg': {
    title: 'Gabelung und Reorg',
    about: 'Schneide ein Netz entzwei und sieh, welche Seite ihre Blöcke zurücknimmt.',
  },
  'majority-attack': {
    title: '51-%-Angriff',
    about: 'Sei der Angreifer: Hol eine Zahlung zurück und lern, was das kostet.',
  },
  retarget: {
    title: 'Neues Ziel',
    about: 'Wie ein Netz im Takt bleibt, wer auch immer schürft: Rechne dein eigenes Ziel nach.',
  },
};

export const lessonWords = { en, de };

export type LessonId = keyof typeof en;
